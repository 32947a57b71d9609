"""What has happened shows when: nothing is deleted or measured without a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.batch_equals_singles import some
from contract_tests.checks.rule import Effect, Rule
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Batch, Dated
from contract_tests.wire.exchange import Exchange
from contract_tests.world.moments import moment
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import revealing
from contract_tests.world.world import NotTried, World

NAME, NEW = "moments_are_told", "deletions_are_dated"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Look at everything that a list shows, hidden ones too, and at what batches tell."""
    if shelf.resource.dated:
        arguments = revealing(shelf.resource)
        page = shelf.page(arguments)
        yield from undated(world, NAME, shelf.resource.dated, shelf.items_on(page), page)
    for batch in shelf.resource.batches:
        if batch.dated:
            yield from _batch(world, shelf, batch)


def _batch(world: World, shelf: Shelf, batch: Batch) -> Iterator[Finding]:
    ids = some(shelf)
    if not ids:
        raise NotTried(f"there is no {shelf.resource.name} that can be asked for")
    page = world.call(batch.operation, {batch.at: ids})
    entries = pointer.read(page.body(), batch.items, None) if page.ok else []
    told = entries if isinstance(entries, list) else []
    yield from undated(world, NAME, batch.dated, told, page)
    if batch.single:
        single = world.call(batch.single, {batch.single_at: ids[0]})
        yield from undated(world, NAME, batch.dated, [single.body()] if single.ok else [], single)


def check_new(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Delete a new one, and look at what is still shown of it."""
    if shelf.resource.create is None:
        raise NotTried(f"nothing creates {shelf.resource.name}")
    item_id = shelf.create().id
    gone = shelf.delete(item_id)
    if not gone.ok:
        raise NotTried(f"deleting a {shelf.resource.name} answered {gone.status}")
    looks: list[tuple[Any, Exchange]] = []
    if shelf.resource.read:
        read = shelf.read(item_id)
        looks = [(shelf.shown(read), read)] if read.ok else []
    if revealing(shelf.resource):
        page = shelf.page(revealing(shelf.resource))
        looks += [(i, page) for i in shelf.items_on(page) if shelf.id_of(i) == item_id]
    for item, seen in looks:
        yield from undated(world, NEW, shelf.resource.dated, [item], seen)
        yield from _before_it_was(world, shelf, item, seen)


def _before_it_was(world: World, shelf: Shelf, item: Any, seen: Exchange) -> Iterator[Finding]:
    """Yield a finding if what is told of a new one happened before the beginning."""
    beginning = moment(pointer.read(item, next(iter(shelf.resource.in_order), ""), None))
    for one in shelf.resource.dated:
        then = moment(pointer.read(item, one.at, None))
        if beginning and then and then.ns + then.unit_ns <= beginning.ns:
            cause = Cause(NEW, world.label(seen.operation_id), (seen,), one.source)
            received = shown(pointer.read(item, one.at, None))
            yield cause.finding(f"{one.at} order", "It ended before it began.", received, "later")


def undated(
    world: World, rule: str, dated: Iterable[Dated], items: Iterable[Any], seen: Exchange
) -> Iterator[Finding]:
    """Yield a finding for the first item that tells a thing without its time."""
    for one in dated:
        holder, _, value = one.value.rpartition("/")
        at = one.at.removeprefix(holder)
        held = (h for item in items for h in pointer.found(item, holder))
        wrong = next((h for h in held if _is_wrong(h, f"/{value}", at)), None)
        if wrong is not None:
            cause = Cause(rule, world.label(seen.operation_id), (seen,), one.source)
            yield cause.finding(
                one.at,
                f"{one.value} is told, and no time at {one.at}.",
                f"{shown(pointer.read(wrong, f'/{value}', None))} at no time",
                "the time of it",
            )


def _is_wrong(holder: Any, value: str, at: str) -> bool:
    """Say whether a value stands without a time; a field that is left out is no such case."""
    told, when = pointer.read(holder, value, None), pointer.read(holder, at, 0)
    return bool(told) and (when is None or when == "")


RULE = Rule(
    name=NAME,
    sentence="What has happened shows when: nothing is deleted or measured without a time.",
    effect=Effect.READS,
    subjects=lambda world: [
        (resource.name, Shelf(world, resource))
        for resource in world.roles.resources
        if resource.list and (resource.dated or any(b.dated for b in resource.batches))
    ],
    check=check,
)
NEW_RULE = Rule(
    name=NEW,
    sentence="One that is deleted shows when, and that is not before it was made.",
    effect=Effect.DELETES,
    subjects=lambda world: [
        (resource.name, Shelf(world, resource))
        for resource in world.roles.resources
        if resource.delete and resource.dated
    ],
    check=check_new,
)
