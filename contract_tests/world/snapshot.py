"""What a server holds, taken down at one moment, and how two moments differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.pointer import MISSING
from contract_tests.roles.model import Resource, Roles
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

_MOST_PAGES = 10
_Keys = Callable[[set[str], set[str]], set[str]]


@dataclass(frozen=True, slots=True)
class Change:
    """One place of one item, before and after; MISSING where it is not there.

    An item that came or went has the empty place; `item` is the whole one.
    """

    resource: str
    id: str
    place: str
    before: Any
    after: Any
    item: Any

    def __str__(self) -> str:
        """Name the place."""
        return f"{self.resource} {self.id}{self.place and f' at {self.place}'}"


@dataclass(frozen=True, slots=True)
class Shown:
    """The items of one list by their ids as text, whether they are all, and the first page."""

    items: Mapping[str, Any]
    complete: bool
    page: Exchange


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All lists of a server at one moment, by resource, with nothing hidden."""

    roles: Roles
    lists: Mapping[str, Shown] = field(default_factory=dict)

    def changes(self, later: Snapshot) -> Iterator[Change]:
        """Yield what is not as it was, but for what may change by itself.

        Lists that could not be had at both moments tell nothing.
        """
        for name, before in self.lists.items():
            after = later.lists.get(name)
            if after is not None:
                yield from _between(self.roles.resource(name), before, after)

    def item(self, resource: str, item_id: Any) -> Any:
        """Return one as its list shows it; None where that does not."""
        shown = self.lists.get(resource)
        return shown.items.get(str(item_id)) if shown else None

    def ids(self, resource: str) -> list[Any]:
        """Return the ids of a resource, as its items have them, in the order of the list."""
        shown = self.lists.get(resource)
        place = self.roles.resource(resource).id
        found = [pointer.read(i, place, None) for i in shown.items.values()] if shown else []
        return [i for i in found if isinstance(i, str | int)]

    def pages(self, resource: str) -> tuple[Exchange, ...]:
        """Return the exchange that shows a resource's list, if there was one."""
        shown = self.lists.get(resource)
        return (shown.page,) if shown else ()


def taken(world: World, own: Shelf | None = None) -> Snapshot:
    """Take down what every list of the server shows.

    Of lists that belong to one owner only that of the shelf `own`.
    """
    lists = {}
    for resource in world.roles.resources:
        if own and own.resource.name == resource.name:
            shelf = own
        elif resource.list is None or resource.list.parent:
            continue
        else:
            shelf = Shelf(world, resource)
        hidden = revealing(resource)
        shown = (hidden and _shown(shelf, hidden)) or _shown(shelf, {})
        if shown is not None:
            lists[resource.name] = shown
    return Snapshot(world.roles, lists)


def revealing(resource: Resource) -> dict[str, Any]:
    """Return the arguments of the list with which nothing is hidden."""
    filters = resource.list.filters if resource.list else ()
    return {f.parameter: f.value for f in filters if f.kind == "reveals"}


def differing(one: Any, other: Any, but: Iterable[str] = ()) -> Iterator[str]:
    """Yield the pointers of places where two values differ, or only one has anything."""
    return _walk(one, other, frozenset(but), "", set.union)


def contradicting(one: Any, other: Any, but: Iterable[str] = ()) -> Iterator[str]:
    """Yield the pointers of places that both values have, and where they differ."""
    return _walk(one, other, frozenset(but), "", set.intersection)


def at_place(value: Any, place: str) -> Any:
    """Return what `differing` means by a place; MISSING where there is nothing."""
    try:
        return pointer.read(value, place)
    except LookupError:
        return MISSING


def _shown(shelf: Shelf, arguments: Mapping[str, Any]) -> Shown | None:
    try:
        first = shelf.page(arguments)
        page: Exchange | None = first
        items, is_cut = list[Any](), False
        for _ in range(_MOST_PAGES):
            if page is None:
                break
            if not page.ok:
                return None
            items += shelf.items_on(page)
            is_cut = shelf.is_cut(page)
            page = shelf.after(page, arguments)
    except NotTried:
        return None
    by_id = {str(shelf.id_of(item)): item for item in items}
    return Shown(by_id, page is None and not is_cut, first)


def _between(resource: Resource, before: Shown, after: Shown) -> Iterator[Change]:
    whole = before.complete and after.complete
    for item_id in dict.fromkeys([*before.items, *after.items]):
        one = before.items.get(item_id, MISSING)
        other = after.items.get(item_id, MISSING)
        if one is MISSING or other is MISSING:
            if whole:
                yield Change(
                    resource.name, item_id, "", one, other, other if one is MISSING else one
                )
            continue
        for place in differing(one, other, resource.moving):
            values = at_place(one, place), at_place(other, place)
            yield Change(resource.name, item_id, place, *values, one)


def _walk(one: Any, other: Any, but: frozenset[str], place: str, keys: _Keys) -> Iterator[str]:
    if place in but or _any_index(place) in but:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(keys(set(one), set(other)), key=[*one, *other].index):
            inner = f"{place}/{key.replace('~', '~0').replace('/', '~1')}"
            yield from _walk(one.get(key, MISSING), other.get(key, MISSING), but, inner, keys)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(one, other, strict=True)):
            yield from _walk(*pair, but, f"{place}/{index}", keys)
    elif one != other:
        yield place


def _any_index(place: str) -> str:
    return "/".join("*" if part.isdigit() else part for part in place.split("/"))
