"""What is documented to need a state is refused, and not done, where that state is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Deletion, Need
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import at_place, differing
from contract_tests.world.world import NotTried, World

NAME = "needs_are_met"
Case = tuple[Shelf, Deletion, Need]


def _needing(world: World) -> Iterable[tuple[str, Case]]:
    for resource in world.roles.resources:
        if resource.delete and resource.read:
            for need in resource.delete.needs:
                asked = ", ".join(f"{place} {value}" for place, value in need.arguments.items())
                yield f"{resource.name}, {asked}", (Shelf(world, resource), resource.delete, need)


def check(world: World, subject: Case) -> Iterator[Finding]:
    """Ask it of a new one that is not in the state for it, and read that one again."""
    shelf, deletion, need = subject
    if shelf.resource.create is None:
        raise NotTried(f"nothing creates {shelf.resource.name}")
    item_id = shelf.create().id
    read = shelf.read(item_id)
    before = shelf.shown(read)
    if not read.ok or not _is_unfit(before, need):
        raise NotTried(f"a new {shelf.resource.name} is in the state that this needs")
    act = replace(deletion, arguments={**deletion.arguments, **need.arguments})
    done = shelf.act(act, item_id)
    after = shelf.read(item_id)
    cause = Cause(NAME, world.label(deletion.operation), (read, done, after), need.source)
    yield from _judged(cause, shelf, before, done, after)


def _judged(
    cause: Cause, shelf: Shelf, before: Any, done: Exchange, after: Exchange
) -> Iterator[Finding]:
    item = shelf.shown(after)
    moving = shelf.resource.moving
    changes = list(differing(before, item, moving)) if after.ok else [""]
    if after.ok and done.ok and not changes:
        finding = cause.finding("answer", "What cannot be done is not refused.", "success", "4xx")
        # It did nothing: how that is said, documents tell of few operations.
        yield replace(finding, grade=Grade.ASSUMPTION, source="decision")
    elif changes and (after.ok or after.status in {404, 410}):
        place = changes[0]
        received = shown(at_place(item, place)) if after.ok else str(after.status)
        yield cause.finding(
            "done",
            f"What is documented to need another state was done ({done.status}).",
            f"{place or 'reading'}: {received}",
            "a refusal, and no change",
        )


def _is_unfit(item: Any, need: Need) -> bool:
    return all(pointer.read(item, place, None) == value for place, value in need.where.items())


RULE = Rule(
    name=NAME,
    sentence="What is documented to need a state is refused, and not done, where that is not.",
    effect=Effect.DELETES,
    subjects=_needing,
    check=check,
)
