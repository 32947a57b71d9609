"""The same request twice gets the documented second answer, and changes nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Repetition
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import taken
from contract_tests.world.world import NotTried, World

NAME = "repeating_is_documented"
_IDEMPOTENT = frozenset({"PUT", "DELETE"})


def repetitions(world: World) -> Iterable[tuple[str, Repetition]]:
    """Select repetitions but those of deletions, which `deleted_is_gone` repeats."""
    deletions = {r.delete.operation for r in world.roles.resources if r.delete}
    for repetition in world.roles.repetitions:
        if world.has(repetition.operation) and repetition.operation not in deletions:
            given = ", ".join(map(str, repetition.arguments.values()))
            label = world.label(repetition.operation)
            yield f"{label} ({given})" if given else label, repetition


def check(world: World, repetition: Repetition) -> Iterator[Finding]:
    """Send it twice with the same id, and compare the lists after each."""
    shelf = Shelf(world, world.roles.resource(repetition.resource))
    item_id = shelf.some()[0]
    shelf.touch(item_id)
    first = shelf.act(repetition, item_id)
    if not first.ok:
        raise NotTried(f"{repetition.operation} answered {first.status}")
    once = taken(world, shelf)
    second = shelf.act(repetition, item_id)
    twice = taken(world, shelf)
    label = world.label(repetition.operation)
    if repetition.statuses and second.status not in repetition.statuses:
        yield Cause(NAME, label, (first, second), repetition.source).finding(
            "again",
            "The second answer to the same request is not the documented one.",
            str(second.status),
            " or ".join(map(str, repetition.statuses)),
        )
    is_idempotent = second.request.method in _IDEMPOTENT
    source = "RFC 9110, 9.2.2" if is_idempotent else repetition.source
    yield from Cause(NAME, label, (first, second), source).changed(
        "The same request a second time has changed more.", once.changes(twice), twice
    )


RULE = Rule(
    name=NAME,
    sentence="The same request twice gets the documented second answer and changes nothing more.",
    effect=Effect.CHANGES,
    subjects=repetitions,
    check=check,
)
