"""The id in a body is the id that was asked for, and a list shows what reading one shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.addresses import Aim, other_addresses, wrong_address
from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import at_place, contradicting
from contract_tests.world.world import NotTried, World

NAME = "ids_agree"
_MOST_READ, _MOST_SINGLE = 8, 3
# Refused, not there at all, or too often asked: says nothing about the item.
_SAYS_NOTHING = frozenset({0, 401, 403, 405, 429})


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Read the first, the last and others of a list, and compare."""
    page = shelf.page()
    items = shelf.all()
    ids = [shelf.id_of(item) for item in items]
    if not items:
        raise NotTried(f"there is no {shelf.resource.name}")
    yield from _unique(shelf, page, ids)
    yield from _own_address(world, shelf, page)
    yield from _references(shelf, page, items)
    chosen = [items[i] for i in spread(world, shelf.resource.name, len(items), _MOST_READ)]
    for item in chosen:
        if shelf.id_of(item) is not None:
            yield from _View(shelf, item, page).findings()
    for batch in shelf.resource.batches:
        for item in [chosen[i] for i in spread(world, "single", len(chosen), _MOST_SINGLE)]:
            act = Act(batch.single, batch.single_at, source=batch.source)
            yield from _single(world, shelf, act, batch.id, shelf.id_of(item))


def spread(world: World, name: str, length: int, most: int) -> list[int]:
    """Return places in a list in order: all, or the first, the last and others by chance."""
    if length <= most:
        return list(range(length))
    between = world.random(NAME, name).sample(range(1, length - 1), most - 2)
    return [0, *sorted(between), length - 1]


@dataclass(frozen=True, slots=True)
class _View:
    """One item as a list shows it, to be compared with what reading it shows."""

    shelf: Shelf
    item: Any
    page: Exchange

    def findings(self) -> Iterator[Finding]:
        """Yield where the two do not agree."""
        item_id = self.shelf.id_of(self.item)
        yield from self._address(self.item, self.page)
        if self.shelf.resource.read is None:
            return
        read = self.shelf.read(item_id)
        if read.status in _SAYS_NOTHING or read.status >= 500:
            return
        if not read.ok:
            yield from self._unreadable(read)
            return
        single = self.shelf.shown(read)
        found = self.shelf.id_of(single)
        if found is not None and found != item_id:
            yield self._cause(read).finding(
                self.shelf.resource.id,
                "What was asked for by its id is shown with another one.",
                shown(found),
                shown(item_id),
            )
            return
        yield from self._contradictions(read, single)
        yield from self._address(single, read)

    def _unreadable(self, read: Exchange) -> Iterator[Finding]:
        """Yield nothing if it went away in the meantime."""
        if self._listed_again() is not None:
            yield self._cause(read).finding(
                "read", "What is listed cannot be read.", str(read.status), "the item"
            )

    def _contradictions(self, read: Exchange, single: Any) -> Iterator[Finding]:
        places = list(contradicting(self.item, single, self.shelf.resource.moving))
        if not places:
            return
        # Somebody else may have changed it between the two requests.
        listed = self._listed_again()
        read = self.shelf.read(self.shelf.id_of(self.item))
        single = self.shelf.shown(read)
        for place in contradicting(listed, single, self.shelf.resource.moving):
            if place in places and listed is not None and read.ok:
                finding = self._cause(read).finding(
                    place,
                    f"A list and reading one do not show the same at {place or 'all'}.",
                    shown(at_place(single, place)),
                    f"{shown(at_place(listed, place))}, as in the list",
                )
                yield replace(finding, is_comparison=True)

    def _address(self, item: Any, seen: Exchange) -> Iterator[Finding]:
        resource = self.shelf.resource
        if not resource.address or resource.read is None:
            return
        address = pointer.read(item, resource.address, None)
        aim = Aim(
            resource.address,
            resource.read.operation,
            {resource.read.at: self.shelf.id_of(self.item)},
        )
        yield from wrong_address(self._cause(seen), self.shelf.world, address, aim)

    def _listed_again(self) -> Any:
        wanted = self.shelf.id_of(self.item)
        return next((i for i in self.shelf.all() if self.shelf.id_of(i) == wanted), None)

    def _cause(self, seen: Exchange) -> Cause:
        act = self.shelf.resource.read or Act(self.page.operation_id)
        return Cause(NAME, self.shelf.world.label(act.operation), (seen,), act.source)


def _unique(shelf: Shelf, page: Exchange, ids: list[Any]) -> Iterator[Finding]:
    seen = [str(i) for i in ids if i is not None]
    twice = next((i for i in seen if seen.count(i) > 1), None)
    if twice is not None:
        yield _listed(shelf, page).finding(
            shelf.resource.id, "An id is in a list twice.", f"{twice} twice", "every id once"
        )


def _own_address(world: World, shelf: Shelf, page: Exchange) -> Iterator[Finding]:
    listing = shelf.resource.list
    if listing is not None and listing.address:
        address = pointer.read(page.body(), listing.address, None)
        aim = Aim(listing.address, listing.operation, page.values)
        yield from wrong_address(_listed(shelf, page), world, address, aim)


def _references(shelf: Shelf, page: Exchange, items: list[Any]) -> Iterator[Finding]:
    """Yield references inside of items whose address is that of another one."""
    id_leaf, address_leaf = shelf.resource.id.lstrip("/"), shelf.resource.address.lstrip("/")
    if not id_leaf or not address_leaf:
        return
    for place, known, address in other_addresses(items, id_leaf, address_leaf):
        yield _listed(shelf, page).finding(
            f"{place}/{address_leaf}",
            "A reference has the address of another one.",
            shown(address),
            f"an address that ends in {shown(known)}",
        )


def _single(world: World, shelf: Shelf, act: Act, place: str, item_id: Any) -> Iterator[Finding]:
    if not act.operation or item_id is None:
        return
    answer = shelf.act(act, item_id)
    found = pointer.read(answer.body(), place, None)
    if answer.ok and found is not None and found != item_id:
        yield Cause(NAME, world.label(act.operation), (answer,), act.source).finding(
            place,
            "What was asked for by its id is shown with another one.",
            shown(found),
            shown(item_id),
        )


def _listed(shelf: Shelf, page: Exchange) -> Cause:
    source = shelf.resource.list.source if shelf.resource.list else ""
    return Cause(NAME, shelf.world.label(page.operation_id), (page,), source)


RULE = Rule(
    name=NAME,
    sentence="The id in a body is the one asked for, and lists show what reading one shows.",
    effect=Effect.READS,
    subjects=resources("list"),
    check=check,
)
