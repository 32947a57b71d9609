"""The items of one resource on the server under test: list, create, read, change, delete them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_tests import pointer
from contract_tests.exchange import Exchange
from contract_tests.roles.model import Act, Creation, Listing, Resource
from contract_tests.world import NotTried, World

_MOST_PAGES = 50


@dataclass(frozen=True, slots=True)
class Made:
    """A new item: its id, what was sent for it, and it as the server shows it."""

    id: Any
    sent: Mapping[str, Any]
    item: Any
    exchange: Exchange


@dataclass(slots=True)
class Shelf:
    """One resource of one world."""

    world: World
    resource: Resource

    def id_of(self, item: Any) -> Any:
        """Return an item's id; None if it shows none."""
        return pointer.read(item, self.resource.id, None)

    def page(self, arguments: Mapping[str, Any] | None = None) -> Exchange:
        """Return the first page of the list."""
        listing = self._listing()
        return self.world.call(listing.operation, {**listing.arguments, **(arguments or {})})

    def items_on(self, page: Exchange) -> list[Any]:
        """Return the items that a page holds; none where it is not such a page."""
        items = pointer.read(page.body(), self._listing().items, None)
        return items if isinstance(items, list) else []

    def all(self, arguments: Mapping[str, Any] | None = None) -> list[Any]:
        """Return every item of the list, page after page; NotTried if it cannot be listed."""
        items: list[Any] = []
        page: Exchange | None = self.page(arguments)
        for _ in range(_MOST_PAGES):
            if page is None:
                break
            if not page.ok:
                raise NotTried(f"{self._listing().operation} answered {page.status}")
            items += self.items_on(page)
            page = self.after(page, arguments)
        return items

    def after(self, page: Exchange, arguments: Mapping[str, Any] | None = None) -> Exchange | None:
        """Return the page after this one, or None if it is the last."""
        listing = self._listing()
        pages, items = listing.pages, self.items_on(page)
        if pages is None:
            return None
        if pages.next:
            address = pointer.read(page.body(), pages.next, None)
            return self.follow(address) if isinstance(address, str) and address else None
        if not pages.cursor or not items:
            return None
        given = {**listing.arguments, **(arguments or {}), pages.cursor: self._cursor(page, items)}
        return self.world.call(listing.operation, given)

    def follow(self, address: str) -> Exchange:
        """Call the list with the query of an address that a page has named."""
        query = dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
        return self.world.call(self._listing().operation, query)

    def read(self, item_id: Any) -> Exchange:
        """Read one by its id; NotTried if the contract has no way to."""
        return self.act(self._needed(self.resource.read, "read"), item_id)

    def act(self, act: Act, item_id: Any) -> Exchange:
        """Carry out an act on one."""
        return self.world.call(act.operation, {**act.arguments, act.at: item_id})

    def create(self, arguments: Mapping[str, Any] | None = None) -> Made:
        """Make a new one, with texts that nothing else has; NotTried if that does not succeed."""
        creation = self._needed(self.resource.create, "create")
        before = {self.id_of(i) for i in self.all()} if creation.answer is None else set()
        sent = {**self._newly(creation), **(arguments or {})}
        exchange = self.world.call(creation.operation, {**creation.arguments, **sent})
        if not exchange.ok:
            raise NotTried(f"{creation.operation} answered {exchange.status}")
        item = self._new_item(creation, exchange, before)
        made = Made(self.id_of(item), sent, item, exchange)
        if made.id is None:
            raise NotTried(f"{creation.operation} made nothing that can be found")
        self.world.ledger.created(self.resource.name, made.id)
        return made

    def delete(self, item_id: Any) -> Exchange:
        """Delete one; NotTried if the contract has no way to, or the run may not touch it."""
        deletion = self._needed(self.resource.delete, "delete")
        self.touch(item_id)
        exchange = self.act(deletion, item_id)
        if exchange.ok:
            self.world.ledger.removed(self.resource.name, item_id)
        return exchange

    def touch(self, item_id: Any) -> None:
        """Raise NotTried unless the run may change this one."""
        world = self.world
        if not world.permits.existing and not world.ledger.owns(self.resource.name, item_id):
            raise NotTried("only what this run created may be changed, and this was there before")

    def some(self, count: int = 1) -> list[Any]:
        """Return ids that may be changed or deleted: new ones if they can be made, else existing.

        NotTried if there are not so many.
        """
        if self.resource.create is not None and self.world.permits.writing:
            return [self.create().id for _ in range(count)]
        if not self.world.permits.existing:
            raise NotTried(
                f"no {self.resource.name} can be created, and existing ones are not ours"
            )
        ids = [self.id_of(item) for item in self.all()]
        if len(ids) < count:
            raise NotTried(f"{count} of {self.resource.name} are needed, and there are {len(ids)}")
        # From the end: what is newest or first is what people look at.
        return ids[-count:]

    def _listing(self) -> Listing:
        if self.resource.list is None:
            raise NotTried(f"nothing lists {self.resource.name}")
        return self.resource.list

    def _needed(self, act: Any, verb: str) -> Any:
        if act is None:
            raise NotTried(f"the contract has no way to {verb} {self.resource.name}")
        return act

    def _newly(self, creation: Creation) -> dict[str, Any]:
        world, name = self.world, self.resource.name
        chance = world.random("create", name, world.wire.allowance.sent)
        filled = {
            place: pattern.format(
                word=f"ct-{chance.getrandbits(32):08x}", n=chance.randrange(1, 255)
            )
            for place, pattern in creation.varied.items()
        }
        if creation.parent and self.resource.parent:
            filled[creation.parent] = self.parent_id()
        return filled

    def parent_id(self) -> Any:
        """Return the id of an owner for a new item; NotTried if there is none."""
        parent = self.resource.parent
        if parent is None:
            raise NotTried(f"{self.resource.name} has no owner")
        owners = Shelf(self.world, self.world.roles.resource(parent.to))
        made = [i for kind, i in self.world.ledger.left() if kind == parent.to]
        if made:
            return made[-1]
        if owners.resource.create is not None:
            return owners.create().id
        ids = [owners.id_of(item) for item in owners.all()]
        if not ids:
            raise NotTried(f"there is no {parent.to} to make {self.resource.name} for")
        return ids[0]

    def _new_item(self, creation: Creation, exchange: Exchange, before: set[Any]) -> Any:
        if creation.answer is not None:
            return pointer.read(exchange.body(), creation.answer, None)
        return next((item for item in self.all() if self.id_of(item) not in before), None)

    def _cursor(self, page: Exchange, items: list[Any]) -> Any:
        pages = self._listing().pages
        if pages is None or pages.cursor_kind == "id":
            return self.id_of(items[-1])
        asked = page.values.get(pages.cursor)
        if pages.cursor_kind == "offset":
            return int(asked or 0) + len(items)
        return int(asked or pages.first_page) + 1
