"""An action changes the state of what it names and nothing else; the way back leads back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Action
from contract_tests.world.acting import NAME, Acting
from contract_tests.world.shelf import Shelf
from contract_tests.world.stage import Troupe, look, new_troupes, present_troupes
from contract_tests.world.world import NotTried, World

_UNHEARD = {str: "ct-unheard", int: 7, bool: None}


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Try every way there and back on one of several, then on all of an owner, then the end."""
    pairs = _pairs(shelf)
    if not pairs:
        raise NotTried(f"no action on {shelf.resource.name} has a way back")
    acting, are_new = _staged(world, shelf, pairs[0][0].changes)
    single = [pair for pair in pairs if pair[0].scope == "one"]
    group = [pair for pair in pairs if pair[0].scope == "owner"]
    at_first = _settle(acting, pairs[0][1])
    for pair in single:
        yield from _one_by_one(acting, *pair)
        yield from _unheard(acting, *pair)
    yield from _mirrored(acting, *pairs[0], at_first)
    # All of an owner: existing items that are not on the stage may be in any state.
    for pair in group if are_new else ():
        yield from _by_owner(acting, *pair)
        yield from _unheard(acting, *pair)
    yield from _by_wrong_owner(acting, single)
    if are_new:
        yield from _ended(acting, shelf.resource.actions, single[:1], group)
    elif at_first is not None:
        _restore(acting, pairs[0][0])


def _staged(world: World, shelf: Shelf, place: str) -> tuple[Acting, bool]:
    try:
        return Acting(world, shelf, new_troupes(shelf), look(shelf)), True
    except NotTried:
        if not world.permits.existing or not world.permits.writing:
            raise
    return Acting(world, shelf, present_troupes(shelf, place), look(shelf)), False


def _settle(acting: Acting, back: Action) -> Any:
    """Take the way back first, if new items are where the way there leads to.

    Return the state that they were in then, or None if they were not.
    """
    if back.scope != "one":
        return None
    (troupe, item_id), *others = acting.everyone()
    before = acting.now
    acting.act(back, troupe, item_id)
    acting.now = look(acting.shelf)
    if str(item_id) not in acting.now.since(before):
        return None
    for other, other_id in others:
        acting.act(back, other, other_id)
    acting.now = look(acting.shelf)
    return before.state(item_id, back.changes)


def _restore(acting: Acting, there: Action) -> None:
    """Leave what was there before in the state in which it was found."""
    for troupe, item_id in acting.everyone():
        acting.act(there, troupe, item_id)


def _mirrored(acting: Acting, there: Action, back: Action, at_first: Any) -> Iterator[Finding]:
    """Yield a finding if the ways are taken for each other, as the words of states tell."""
    stem = there.name[:4].casefold()
    led_there, led_back = (str(acting.words.get(one.name)) for one in (there, back))
    if at_first is None or led_there != str(at_first) or stem in led_there.casefold():
        return
    if stem in led_back.casefold():
        seen = acting.shelf.page()
        yield acting.finding(back, "mirrored", repr(led_back), repr(led_there), seen)


def _one_by_one(acting: Acting, there: Action, back: Action) -> Iterator[Finding]:
    """Move two of one owner and one of the other, each while the others would be moved too."""
    everyone = acting.everyone()
    cast = everyone if len(everyone) <= 2 else [*everyone[:2], everyone[-1]]
    for troupe, item_id in cast:
        yield from acting.moved(there, troupe, [item_id])
    yield from acting.still(there, *cast[0])
    for troupe, item_id in [cast[0], *cast[:0:-1]]:
        yield from acting.moved(back, troupe, [item_id])


def _by_owner(acting: Acting, there: Action, back: Action) -> Iterator[Finding]:
    """Move all of one owner and of the other, there and back."""
    for action in (there, back):
        for troupe in acting.troupes:
            yield from acting.moved(action, troupe, troupe.ids)
        yield from acting.still(action, acting.troupes[0], acting.troupes[0].owner)


def _ended(
    acting: Acting,
    actions: Sequence[Action],
    single: list[tuple[Action, Action]],
    group: list[tuple[Action, Action]],
) -> Iterator[Finding]:
    """End one for good; the others of its owner move on without it."""
    troupe = acting.troupes[0]
    for action in [one for one in actions if one.final and one.scope == "one"]:
        yield from acting.moved(action, troupe, troupe.ids[-1:])
        acting.unsure.add(str(troupe.ids[-1]))
        for there, back in single:
            yield from acting.moved(there, troupe, troupe.ids[:1])
            yield from acting.moved(back, troupe, troupe.ids[:1])
        for there, back in group[:1]:
            yield from acting.moved(there, troupe, troupe.ids[:-1])
            yield from acting.moved(back, troupe, troupe.ids[:-1])
        return


def _unheard(acting: Acting, there: Action, back: Action) -> Iterator[Finding]:
    """Yield a finding if a value that no document names moves anything."""
    place, known = next(iter(there.arguments.items()), ("", None))
    value = _UNHEARD.get(type(known))
    if value is None or known == back.arguments.get(place):
        return
    troupe = acting.troupes[0]
    odd = replace(there, arguments={**there.arguments, place: value})
    answer = acting.act(odd, troupe, troupe.ids[0])
    after = look(acting.shelf)
    changed = after.since(acting.now)
    acting.now = after
    if changed:
        received = f"{answer.status}, and a change of {len(changed)}"
        yield acting.finding(odd, f"{place} unheard", received, "no change", answer)
        acting.act(back, troupe, troupe.ids[0])
        acting.now = look(acting.shelf)


def _by_wrong_owner(acting: Acting, single: list[tuple[Action, Action]]) -> Iterator[Finding]:
    """Yield a finding if an item is moved through an owner that is not its own."""
    ways = [pair for pair in single if pair[0].parent]
    if len(acting.troupes) < 2 or not ways:
        return
    (there, back), (own, other) = ways[0], acting.troupes[:2]
    answer = acting.act(there, Troupe(other.owner, own.ids), own.ids[0])
    after = look(acting.shelf)
    if after.since(acting.now):
        received = f"{answer.status}, and a change"
        finding = acting.finding(there, "wrong owner", received, "no change", answer)
        yield replace(finding, grade=Grade.ASSUMPTION, source="decision")
        acting.act(back, own, own.ids[0])
        after = look(acting.shelf)
    acting.now = after


def _pairs(shelf: Shelf) -> list[tuple[Action, Action]]:
    """Return the ways there, each with its way back: by the same operation, if it can be."""
    actions = shelf.resource.actions
    pairs: list[tuple[Action, Action]] = []
    for there in actions:
        named = [one for one in actions if there.undo and one.name == there.undo]
        same = [one for one in named if one.operation == there.operation]
        seen = [one for pair in pairs for one in pair]
        if named and there.changes and there not in seen:
            pairs.append((there, (same or named)[0]))
    return pairs


RULE = Rule(
    name=NAME,
    sentence="An action changes the state of what it names and nothing else; undoing restores it.",
    effect=Effect.CHANGES,
    subjects=resources("actions", "list"),
    check=check,
)
