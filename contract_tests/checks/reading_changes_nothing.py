"""Reading changes nothing: lists and items are the same before and after, and twice in a row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.calls import request_of
from contract_tests.calls.pointer import MISSING
from contract_tests.calls.uses import Use, reads, uses
from contract_tests.checks.harm import Harm, Try
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Reading, Resource
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import Change, Snapshot, at_place, differing, taken
from contract_tests.world.world import NotTried, World

NAME = "reading_changes_nothing"
_SOURCE = "RFC 9110, 9.2.1"
_MESSAGE = "Something is not as it was after reading only."
_MOST_IN_BATCH = 5
_MORE_READINGS = 2
_NOT_FOUND = (404, 410)


def everything(world: World) -> Iterable[tuple[str, str]]:
    """Select all lists at once, if there are any."""
    return [("every reading operation", "")] if any(r.list for r in world.roles.resources) else []


def check(world: World, _: str) -> Iterator[Finding]:
    """Read everything twice; then, on a server of one's own, call all that reads, and compare."""
    first = taken(world)
    if not any(shown.items for shown in first.lists.values()):
        raise NotTried("there is nothing to be read")
    second = taken(world)
    for resource in world.roles.resources:
        changes = [c for c in first.changes(second) if c.resource == resource.name]
        if changes and resource.list:
            cause = Cause(NAME, world.label(resource.list.operation), source=_SOURCE)
            yield from cause.changed("The same list twice is not the same.", changes, second)
    before = second
    for resource in world.roles.resources:
        if resource.read is not None and before.ids(resource.name):
            known = before
            yield from _each_again(world, resource, before.ids(resource.name))
            before = taken(world)
            cause = Cause(NAME, world.label(resource.read.operation), source=_SOURCE)
            yield from cause.changed(_MESSAGE, known.changes(before), before)
    if world.permits.existing:
        yield from Harm(world, NAME, _MESSAGE, lambda _: True).findings(
            list(_readings(world, before)), before
        )


def _each_again(world: World, resource: Resource, ids: Sequence[Any]) -> Iterator[Finding]:
    # Where others may write meanwhile, one that differs tells as little as several.
    for item_id in _several(ids) if world.permits.existing else ids[:1]:
        yield from _again(Shelf(world, resource), item_id)


def _several(ids: Sequence[Any]) -> list[Any]:
    """Return ids from everywhere in a list: what is done to one need not be done to others."""
    places = (0, 1, len(ids) // 2, len(ids) - 2, len(ids) - 1)
    return list(dict.fromkeys(ids[place] for place in places if 0 <= place < len(ids)))


def _again(shelf: Shelf, item_id: Any) -> Iterator[Finding]:
    """Read one again and again, and yield what is not as it was the time before."""
    reading, own, before = shelf.resource.read, shelf.resource, shelf.read(item_id)
    for _ in range(_MORE_READINGS):
        after = shelf.read(item_id)
        if reading is None or not before.ok:
            return
        cause = Cause(NAME, shelf.world.label(reading.operation), (before, after), _SOURCE)
        values = shelf.shown(before), shelf.shown(after)
        if after.status in _NOT_FOUND:
            change = Change(own.name, str(item_id), "", values[0], MISSING, values[0])
            message = "What was read is gone, and nothing but reading was done."
            found = cause.finding(own.name, message, str(after.status), "what was read before")
            yield replace(found, change=change)
        places = list(differing(*values, own.moving)) if after.ok else []
        for place in places:
            yield cause.finding(
                f"{own.name}{place}",
                f"Reading one twice does not show the same at {place or 'all'}.",
                shown(at_place(values[1], place)),
                shown(at_place(values[0], place)),
            )
        if places or not after.ok:
            return
        before = after


def _readings(world: World, snapshot: Snapshot) -> Iterator[Try]:
    ids = {r.name: snapshot.ids(r.name) for r in world.roles.resources}
    about_one = [use for use in uses(world.roles) if reads(world, use.act) and ids[use.of]]
    for use in about_one:
        yield from _of_one(world, use, ids[use.of])
    for resource in world.roles.resources:
        yield from _of_all(world, resource, ids[resource.name], snapshot)
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


def _narrowed(shelf: Shelf, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Yield values for each filter of a list: that which most have, the last, the first.

    One alone may find only what reading cannot change any more.
    """
    own = shelf.resource
    items = [snapshot.item(own.name, item_id) for item_id in snapshot.ids(own.name)]
    for narrowing in own.list.filters if own.list else ():
        if narrowing.kind != "equals" or narrowing.values:
            continue
        found = (pointer.read(item, narrowing.field, None) for item in items)
        values = [value for value in found if isinstance(value, str) and value]
        usual = [value for value, _ in Counter(values).most_common(1)]
        for value in dict.fromkeys((*usual, *values[-1:], *values[:1])):
            yield {narrowing.parameter: value}


def _of_all(
    world: World, resource: Resource, known: list[Any], snapshot: Snapshot
) -> Iterator[Try]:
    for batch in resource.batches:
        if world.has(batch.operation) and known:
            yield _try(world, batch, {batch.at: known[-_MOST_IN_BATCH:]})
    if resource.list and not resource.list.parent and world.has(resource.list.operation):
        yield _try(world, resource.list, {})
        for asked in _narrowed(Shelf(world, resource), snapshot):
            yield _try(world, resource.list, asked)
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
