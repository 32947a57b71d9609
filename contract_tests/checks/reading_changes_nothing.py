"""Reading changes nothing: lists and items are the same before and after, and twice in a row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from contract_tests.calls.calls import request_of
from contract_tests.calls.uses import Use, reads, uses
from contract_tests.checks.harm import Harm, Try
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Reading, Resource
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import Snapshot, at_place, differing, taken
from contract_tests.world.world import NotTried, World

NAME = "reading_changes_nothing"
_SOURCE = "RFC 9110, 9.2.1"
_MOST_IN_BATCH = 5


def everything(world: World) -> Iterable[tuple[str, str]]:
    """Select all lists at once, if there are any."""
    return [("every reading operation", "")] if any(r.list for r in world.roles.resources) else []


def check(world: World, _: str) -> Iterator[Finding]:
    """Read everything twice; then call all that reads, and compare."""
    first = taken(world)
    if not any(shown.items for shown in first.lists.values()):
        raise NotTried("there is nothing to be read")
    second = taken(world)
    for resource in world.roles.resources:
        changes = [c for c in first.changes(second) if c.resource == resource.name]
        if changes and resource.list:
            cause = Cause(NAME, world.label(resource.list.operation), source=_SOURCE)
            yield from cause.changed("The same list twice is not the same.", changes, second)
    yield from _twice(world, second)
    message = "Something is not as it was after reading only."
    yield from Harm(world, NAME, message, lambda _: True).findings(
        list(_readings(world, second)), second
    )


def _twice(world: World, known: Snapshot) -> Iterator[Finding]:
    for resource in world.roles.resources:
        shelf = Shelf(world, resource)
        ids = known.ids(resource.name)
        if resource.read is None or not ids:
            continue
        one, other = shelf.read(ids[0]), shelf.read(ids[0])
        if not (one.ok and other.ok):
            continue
        values = shelf.shown(one), shelf.shown(other)
        for place in differing(*values, resource.moving):
            cause = Cause(NAME, world.label(resource.read.operation), (one, other), _SOURCE)
            yield cause.finding(
                f"{resource.name}{place}",
                f"Reading one twice does not show the same at {place or 'all'}.",
                shown(at_place(values[1], place)),
                shown(at_place(values[0], place)),
            )


def _readings(world: World, snapshot: Snapshot) -> Iterator[Try]:
    ids = {r.name: snapshot.ids(r.name) for r in world.roles.resources}
    about_one = [use for use in uses(world.roles) if reads(world, use.act) and ids[use.of]]
    for use in about_one:
        yield from _of_one(world, use, ids[use.of])
    for resource in world.roles.resources:
        yield from _of_all(world, resource, ids[resource.name])
    about = {use.act.operation for use in about_one}
    for name, operation in world.operations.items():
        is_other = name not in about and operation.method.upper() == "GET"
        if is_other and "{" not in operation.template:
            yield _try(world, Act(name), {})


def _of_one(world: World, use: Use, known: list[Any]) -> Iterator[Try]:
    listing = world.roles.resource(use.of).list
    # One alone may be in a state that reading cannot change any more.
    for item_id in dict.fromkeys((known[-1], known[0], known[len(known) // 2])):
        yield _try(world, use.act, {use.act.at: item_id})
        if isinstance(use.act, Reading) and listing and not listing.parent:
            yield _try(world, listing, {})


def _of_all(world: World, resource: Resource, known: list[Any]) -> Iterator[Try]:
    for batch in resource.batches:
        if world.has(batch.operation) and known:
            yield _try(world, batch, {batch.at: known[-_MOST_IN_BATCH:]})
    if resource.list and not resource.list.parent and world.has(resource.list.operation):
        yield _try(world, resource.list, {})
        yield from _others(world, resource.list, {})
    if resource.read and known:
        yield from _others(world, resource.read, {resource.read.at: known[-1]})


def _try(world: World, act: Act, given: dict[str, Any]) -> Try:
    label = world.label(act.operation)
    send = partial(world.call, act.operation, {**act.arguments, **given})
    return Try(label, label, send, _SOURCE)


def _others(world: World, act: Act, given: dict[str, Any]) -> Iterator[Try]:
    values = world.values(act.operation, {**act.arguments, **given})
    request = request_of(world.operations[act.operation], values)
    label = world.label(act.operation)
    for method in ("HEAD", "OPTIONS"):
        send = partial(world.send, replace(request, method=method))
        yield Try(f"{method} of what {label} is about", label, send, _SOURCE)


RULE = Rule(
    name=NAME,
    sentence="Reading changes nothing, and the same twice shows the same.",
    effect=Effect.READS,
    subjects=everything,
    check=check,
    source=_SOURCE,
)
