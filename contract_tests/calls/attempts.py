"""Operations filled in so that they would really do something to one item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.roles.model import Act, Batch, Creation, Listing, Resource, Update
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World


@dataclass(frozen=True, slots=True)
class Attempt:
    """An operation and the arguments with which it would succeed; `act` is its role, if any."""

    operation: str
    arguments: Mapping[str, Any]
    act: Act | None = None


OTHERS = "all other operations"


def groups(world: World) -> Iterable[tuple[str, Shelf | None]]:
    """Select every resource, and None for the operations that belong to none."""
    shelves = [(resource.name, Shelf(world, resource)) for resource in world.roles.resources]
    return [*shelves, (OTHERS, None)]


def without_role(world: World) -> list[str]:
    """Return the operations that belong to no resource."""
    known = {act.operation for resource in world.roles.resources for act in acts(resource)}
    return [name for name in world.operations if name not in known]


def others(world: World) -> list[Attempt]:
    """Return attempts at what belongs to no resource, with samples; only at the user's own."""
    may_write = world.permits.writing and world.permits.existing
    names = without_role(world)
    return [Attempt(name, {}) for name in names if may_write or not writes(world, name)]


def permitted(shelf: Shelf) -> tuple[Any, list[Attempt]]:
    """Return one item of a shelf and what may be attempted on it; NotTried if there is none.

    Only what reads, where the run may change none.
    """
    item, is_ours = victim(shelf)
    world = shelf.world
    return item, [
        attempt
        for attempt in attempts(world, shelf, item)
        if is_ours or not writes(world, attempt.operation)
    ]


def reading(shelf: Shelf) -> tuple[Any, list[Attempt]]:
    """Return what reads one existing item of a shelf, and the item; None where it is empty.

    NotTried where the list cannot be had.
    """
    page = shelf.page() if shelf.resource.list else None
    if page is not None and not page.ok:
        raise NotTried(f"{page.operation_id} answered {page.status}")
    items = shelf.items_on(page) if page else []
    item = items[0] if items else None
    found = attempts(shelf.world, shelf, item)
    return item, [attempt for attempt in found if not writes(shelf.world, attempt.operation)]


def writing(shelf: Shelf) -> list[Attempt]:
    """Return what would change one item of a shelf that may be changed, and how to read it.

    NotTried if none may be changed.
    """
    _, found = permitted(shelf)
    if not any(writes(shelf.world, attempt.operation) for attempt in found):
        raise NotTried(f"nothing may be done to {shelf.resource.name}")
    # What was made for this is read as well: there may have been none before.
    read = shelf.resource.read
    return [a for a in found if writes(shelf.world, a.operation) or a.act is read]


def acts(resource: Resource) -> Iterator[Act]:
    """Yield every act on a resource: those that read first, deletion last."""
    found = (resource.list, resource.read, *resource.batches, resource.create, resource.update)
    yield from (act for act in found if act is not None)
    for batch in resource.batches:
        if batch.single:
            yield Act(batch.single, batch.single_at, source=batch.source)
    yield from resource.actions
    if resource.delete is not None:
        yield resource.delete


def attempts(world: World, shelf: Shelf, item: Any) -> Iterator[Attempt]:
    """Yield each operation of the shelf once, aimed at `item` (as its list shows it)."""
    seen: set[str] = set()
    for act in acts(shelf.resource):
        if act.operation in seen or not world.has(act.operation):
            continue
        arguments = aimed(shelf, act, item)
        if arguments is not None:
            seen.add(act.operation)
            yield Attempt(act.operation, arguments, act)


def narrowed(shelf: Shelf, item: Any) -> dict[str, Any]:
    """Return arguments that narrow a list to where `item` is, as far as the roles tell."""
    listing = shelf.resource.list
    given: dict[str, Any] = {}
    for narrowing in listing.filters if listing else ():
        value = pointer.read(item, narrowing.field, None) if narrowing.kind == "equals" else None
        if isinstance(value, str | int):
            given[narrowing.parameter] = value
    if listing and listing.pages and listing.pages.size:
        given[listing.pages.size] = 1
    is_cursor = bool(listing and listing.pages and listing.pages.cursor_kind == "id")
    if is_cursor and listing and listing.pages and listing.pages.cursor and item is not None:
        given[listing.pages.cursor] = shelf.id_of(item)
    return given


def aimed(shelf: Shelf, act: Act, item: Any) -> dict[str, Any] | None:
    """Return the arguments that aim an act at `item`; None where something for it is missing."""
    parent = shelf.resource.parent
    owner_id = pointer.read(item, parent.field, None) if parent else None
    given = {**act.arguments, **_newly(shelf, act)}
    if act.parent:
        given[act.parent] = owner_id
    if act.at and not isinstance(act, Creation | Listing):
        whole = getattr(act, "scope", "one") != "one"
        item_id = owner_id if whole else shelf.id_of(item)
        given[act.at] = [item_id] if isinstance(act, Batch) and item_id is not None else item_id
    return None if None in given.values() else given


def writes(world: World, operation_id: str) -> bool:
    """Say whether an operation may change something."""
    method = world.operations[operation_id].method.upper()
    return method not in {"GET", "HEAD"} and operation_id not in world.reading_posts


def victim(shelf: Shelf) -> tuple[Any, bool]:
    """Return an item as its list shows it, and whether this run may do something to it.

    NotTried if there is none.
    """
    try:
        item_id = shelf.some()[0]
    except NotTried:
        return _existing(shelf), False
    items = shelf.all() if shelf.resource.list else [shelf.shown(shelf.read(item_id))]
    return next((item for item in items if shelf.id_of(item) == item_id), None), True


def _existing(shelf: Shelf) -> Any:
    items = shelf.items_on(shelf.page())
    if not items:
        raise NotTried(f"there is no {shelf.resource.name}")
    return items[0]


def _newly(shelf: Shelf, act: Act) -> dict[str, str]:
    if not isinstance(act, Creation | Update):
        return {}
    chance = shelf.world.random("attempt", act.operation)
    return {
        place: pattern.format(word=f"ct-{chance.getrandbits(32):08x}", n=chance.randrange(1, 255))
        for place, pattern in act.varied.items()
    }
