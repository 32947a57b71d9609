"""Carries out actions on a stage, and tells what they changed that they should not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.affirmed import is_denied
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Action
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.stage import Look, Troupe, look
from contract_tests.world.world import NotTried, World

NAME = "actions_change_their_target"


@dataclass(slots=True)
class Acting:
    """`now` is what the list showed last; `words` are the states that actions led to.

    What becomes of the items in `unsure` is told by no document.
    """

    world: World
    shelf: Shelf
    troupes: list[Troupe]
    now: Look
    words: dict[str, Any] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    read: set[tuple[str, str]] = field(default_factory=set)

    def moved(self, action: Action, troupe: Troupe, ids: Sequence[Any]) -> Iterator[Finding]:
        """Act, and yield what is wrong with what changed since; it is looked at twice."""
        answer = self.act(action, troupe, ids[0])
        if not answer.ok:
            if answer.status in {403, 409, 429} or answer.status >= 500 or not answer.status:
                raise NotTried(f"{action.operation} answered {answer.status}")
            yield self.finding(action, "refused", str(answer.status), "success", answer)
            return
        before, self.now = self.now, look(self.shelf)
        if self._wrong(action, ids, before):
            self.world.settle()
            self.now = look(self.shelf)
        wrong = self._wrong(action, ids, before)
        if wrong is not None:
            yield self._worded(action, wrong, answer)
            return
        if is_denied(self.world.contract, answer):
            yield self.finding(action, "answer", "false, though it was done", "true", answer)
        if self.shelf.resource.read and (action.operation, action.name) not in self.read:
            self.read.add((action.operation, action.name))
            yield from self._as_read(action, ids[0])

    def still(self, action: Action, troupe: Troupe, item_id: Any) -> Iterator[Finding]:
        """Yield a finding if an action moves anything when it is repeated: it is no switch."""
        answer = self.act(action, troupe, item_id)
        before, self.now = self.now, look(self.shelf)
        changed = self.now.since(before)
        if changed:
            received = f"a change of {next(iter(changed))}"
            yield self.finding(action, "again", received, "no further change", answer)

    def act(self, action: Action, troupe: Troupe, item_id: Any) -> Exchange:
        """Send an action on an item, or on all of its owner."""
        shelf = Shelf(self.world, self.shelf.resource, troupe.owner)
        return shelf.act(action, troupe.owner if action.scope == "owner" else item_id)

    def everyone(self) -> list[tuple[Troupe, Any]]:
        """Return every item with those it belongs to."""
        return [(troupe, item_id) for troupe in self.troupes for item_id in troupe.ids]

    def _wrong(self, action: Action, ids: Sequence[Any], before: Look) -> _Wrong | None:
        """Return the first thing that is wrong between two looks."""
        changed = self.now.since(before)
        named = [str(item_id) for item_id in ids]
        for item_id in changed:
            if item_id not in named:
                return _Wrong("others", item_id, f"a change of {item_id}", "no other change")
        for item_id in named:
            if action.final and item_id not in self.now.items:
                return self._left(action, item_id, before)
            was, state = (seen.state(item_id, action.changes) for seen in (before, self.now))
            wanted = self._wanted(action)
            if item_id not in changed or state == was:
                return _Wrong("target", item_id, f"{state!r}, as before", "another state")
            if changed[item_id] != (_first(action.changes),):
                fields = ", ".join(changed[item_id])
                return _Wrong("fields", item_id, fields, f"a change of {action.changes} only")
            if wanted and state not in wanted:
                return _Wrong("state", item_id, repr(state), " or ".join(map(repr, wanted)))
            self._learn(action, was, state)
        return None

    def _left(self, action: Action, item_id: str, before: Look) -> _Wrong:
        """Return how wrong it is that what was ended is not listed any more."""
        was = before.state(item_id, action.changes)
        if self.shelf.resource.read:
            read = self.shelf.read(item_id)
            if read.ok and pointer.read(self.shelf.shown(read), action.changes, None) == was:
                return _Wrong(
                    "target", item_id, f"{was!r}, as before, in no list", "another state"
                )
        return _Wrong("gone", item_id, f"no {item_id}", "still listed, in another state")

    def _wanted(self, action: Action) -> list[Any]:
        """Return the states that an action may lead to; none where nothing is known yet."""
        if action.to is not None:
            return [action.to]
        if action.name in self.words:
            return [self.words[action.name]]
        # All of them at once are moved to no other states than one alone.
        return list(self.words.values()) if action.scope == "owner" else []

    def _learn(self, action: Action, was: Any, state: Any) -> None:
        """Remember the words of a server: an action leads to the same one each time."""
        self.words.setdefault(action.name, state)
        if action.undo:
            self.words.setdefault(action.undo, was)

    def _as_read(self, action: Action, item_id: Any) -> Iterator[Finding]:
        read = self.shelf.read(item_id)
        shown = pointer.read(self.shelf.shown(read), action.changes, None)
        listed = self.now.state(item_id, action.changes)
        if read.ok and shown != listed:
            yield self.finding(action, "read", repr(shown), f"{listed!r}, as listed", read)

    def _worded(self, action: Action, wrong: _Wrong, answer: Exchange) -> Finding:
        finding = self.finding(action, wrong.place, wrong.received, wrong.expected, answer)
        if wrong.item_id in self.unsure:
            return replace(finding, place="ended", grade=Grade.ASSUMPTION, source="decision")
        if wrong.place == "gone":
            # That what has ended can still be seen, no document says.
            return replace(finding, grade=Grade.ASSUMPTION, source="decision")
        return replace(finding, is_comparison=wrong.place == "others")

    def finding(
        self, action: Action, place: str, received: str, expected: str, seen: Exchange
    ) -> Finding:
        """Return a finding about an action."""
        label = self.world.label(action.operation)
        return Finding(
            rule=NAME,
            operation=label,
            place=f"{action.name} {place}",
            message=f"{action.name} by {label} does not change what it names, and only that.",
            received=received,
            expected=expected,
            exchanges=(seen,),
            statement=label,
            source=action.source,
        )


@dataclass(frozen=True, slots=True)
class _Wrong:
    place: str
    item_id: str
    received: str
    expected: str


def _first(place: str) -> str:
    return "/" + place.split("/")[1]
