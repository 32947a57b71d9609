"""The items of one resource on the server under test: list, create, read, change, delete them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests.utils import parse_header_links

from contract_tests.calls import pointer
from contract_tests.calls.calls import request_of
from contract_tests.roles.model import Act, Creation, Listing, Resource
from contract_tests.wire.exchange import Exchange
from contract_tests.world.ledger import WORD
from contract_tests.world.made import Made, MadeNothing
from contract_tests.world.world import NotTried, World

__all__ = ("Made", "MadeNothing", "Shelf")

_MOST_PAGES = 50
_LEAST_PAGE = 10  # what a page holds at least, if there is so much and no size is asked for


@dataclass(slots=True)
class Shelf:
    """One resource of one world."""

    world: World
    resource: Resource
    owner: Any = None

    def id_of(self, item: Any) -> Any:
        """Return an item's id; None if it shows none."""
        return pointer.read(item, self.resource.id, None)

    def page(self, arguments: Mapping[str, Any] | None = None) -> Exchange:
        """Return the first page of the list."""
        listing = self._listing()
        return self.world.call(listing.operation, self._given(listing, arguments))

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
            held = self.items_on(page)
            if items and all(item in items for item in held):
                break  # Nothing new: there may be no end to such pages.
            items += held
            if self.is_cut(page):
                raise NotTried(f"there may be more of {self.resource.name} than one page shows")
            page = self.after(page, arguments)
        return items

    def is_cut(self, page: Exchange) -> bool:
        """Say whether a page is full, and nothing is known to lead on from it."""
        pages = self._listing().pages
        if pages is None or pages.leads_on:
            return False
        size = page.values.get(pages.size) or _LEAST_PAGE
        return len(self.items_on(page)) >= int(size)

    def after(self, page: Exchange, arguments: Mapping[str, Any] | None = None) -> Exchange | None:
        """Return the page after this one, or None if it is the last."""
        listing = self._listing()
        pages, items = listing.pages, self.items_on(page)
        if pages is None:
            return None
        if pages.next and pages.cursor_kind != "token":
            address = self.next_address(page)
            return self.follow(address) if address else None
        cursor = self._cursor(page, items) if pages.cursor and items else None
        if cursor is None:
            return None
        given = {**self._given(listing, arguments), pages.cursor: cursor}
        return self.world.call(listing.operation, given)

    def next_address(self, page: Exchange) -> str | None:
        """Return the address (or the token) of the next page that a page names, None if none."""
        pages = self._listing().pages
        if pages is None or page.response is None:
            return None
        if pages.next == "Link":
            links = parse_header_links(page.response.header("Link") or "")
            return next((link["url"] for link in links if link.get("rel") == "next"), None)
        address = pointer.read(page.body(), pages.next, None) if pages.next else None
        return address if isinstance(address, str) and address else None

    def follow(self, address: str) -> Exchange:
        """Call the list with the query of an address that a page has named, as it stands there."""
        try:
            listing, query = self._listing(), urlsplit(address).query
        except ValueError:
            raise NotTried(f"the next page has no address: {address[:80]!r}") from None
        given = dict(parse_qsl(query, keep_blank_values=True))
        values = self.world.values(listing.operation, self._given(listing, given))
        request = request_of(self.world.operations[listing.operation], values)
        target = urlsplit(request.target).path + (f"?{query}" if query else "")
        return self.world.send(replace(request, target=target), listing.operation, values)

    def read(self, item_id: Any) -> Exchange:
        """Read one by its id; NotTried if the contract has no way to."""
        return self.act(self._needed(self.resource.read, "read"), item_id)

    def act(self, act: Act, item_id: Any) -> Exchange:
        """Carry out an act on one."""
        return self.world.call(act.operation, {**self._given(act), act.at: item_id})

    def shown(self, read: Exchange) -> Any:
        """Return the item that the answer of a reading shows; None where it shows none."""
        place = self.resource.read.answer if self.resource.read else ""
        return pointer.read(read.body(), place, None)

    def owner_id(self) -> Any:
        """Return the id of the one owner whose items these are; NotTried if there is none."""
        if self.owner is None:
            permits = self.world.permits
            known = self._known_owners() if permits.existing or not permits.writing else []
            self.owner = known[0] if known else self.parent_id()
            self._tell_whose(self.owner)
        return self.owner

    def _tell_whose(self, owner: Any) -> None:
        one = self.resource
        for act in (one.list, one.read, one.create, one.update, one.delete):
            if act and act.parent:
                self.world.owned[act.operation] = {act.parent: owner}

    def _known_owners(self) -> list[Any]:
        parent = self.resource.parent
        owners = parent and Shelf(self.world, self.world.roles.resource(parent.to))
        if not owners or owners.resource.list is None:
            return []
        return [owners.id_of(item) for item in owners.items_on(owners.page())]

    def create(self, arguments: Mapping[str, Any] | None = None) -> Made:
        """Make a new one, with texts that nothing else has; NotTried if that does not succeed."""
        creation = self._needed(self.resource.create, "create")
        before = [self.id_of(i) for i in self.all()] if creation.answer is None else []
        sent = {**self.newly(creation, given=arguments or {}), **(arguments or {})}
        exchange = self.world.call(creation.operation, {**creation.arguments, **sent})
        if not exchange.ok:
            raise NotTried(f"{creation.operation} answered {exchange.status}")
        item = self._new_item(creation, exchange, before, WORD.findall(str(sent)))
        made = Made(self.id_of(item), sent, item, exchange)
        if made.id is None:
            raise MadeNothing(creation.operation, exchange)
        self.world.ledger.created(self.resource.name, made.id)
        self.world.made.append((self.resource.name, made))
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

    def _given(self, act: Act, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        owner = {act.parent: self.owner_id()} if act.parent else {}
        return {**act.arguments, **owner, **(arguments or {})}

    def _is_nested(self) -> bool:
        return bool(self.resource.list and self.resource.list.parent)

    def _listing(self) -> Listing:
        if self.resource.list is None:
            raise NotTried(f"nothing lists {self.resource.name}")
        return self.resource.list

    def _needed(self, act: Any, verb: str) -> Any:
        if act is None:
            raise NotTried(f"the contract has no way to {verb} {self.resource.name}")
        return act

    def newly(
        self, creation: Creation, number: int = 0, given: Mapping[str, Any] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Return what is varied in a new one; another `number` gives other texts.

        No owner is looked for where `given` names one.
        """
        world, name = self.world, self.resource.name
        sent = world.wire.allowance.sent
        first = world.random("create", name, sent).randrange(254)
        word = f"ct-{world.random('create', name, sent, number).getrandbits(32):08x}"
        filled = {
            place: pattern.format(word=word, n=(first + number) % 254 + 1)
            for place, pattern in creation.varied.items()
        }
        if creation.parent and creation.parent not in given and self.resource.parent:
            filled[creation.parent] = self.owner_id() if self._is_nested() else self.parent_id()
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

    def owners(self, count: int) -> list[Any]:
        """Return ids of `count` owners: made by this run, else existing; NotTried if too few."""
        parent = self.resource.parent
        if parent is None:
            raise NotTried(f"{self.resource.name} has no owner")
        owners = Shelf(self.world, self.world.roles.resource(parent.to))
        made = [i for kind, i in self.world.ledger.left() if kind == parent.to][:count]
        try:
            return [*made, *owners.some(count - len(made))] if len(made) < count else made
        except NotTried:
            if not self.world.permits.existing:
                raise
        ids = [owners.id_of(item) for item in owners.all()]
        if len(ids) < count:
            raise NotTried(f"{count} of {parent.to} are needed, and there are {len(ids)}")
        return ids[-count:]

    def _new_item(
        self, creation: Creation, exchange: Exchange, before: list[Any], words: list[str]
    ) -> Any:
        if creation.answer is not None:
            item = pointer.read(exchange.body(), creation.answer, None)
            with suppress(NotTried):
                self.world.awaited(self.resource.name, lambda: self._is_seen(item))
            return item
        self.world.awaited(self.resource.name, lambda: bool(self._new(before)))
        new = self._new(before)
        # Somebody else may have made one in the same moment.
        ours = (item for item in new if any(word in str(item) for word in words))
        return next(ours, new[0] if new else None)

    def _new(self, before: list[Any]) -> list[Any]:
        return [item for item in self.all() if self.id_of(item) not in before]

    def _is_seen(self, item: Any) -> bool:
        """Say whether a new one is listed; no request is spent on it where they are counted."""
        is_counted = self.world.wire.allowance.limits.max_requests is not None
        if self.resource.list is None or self.id_of(item) is None or is_counted:
            return True
        hidden = {f.parameter: f.value for f in self.resource.list.filters if f.kind == "reveals"}
        return self.id_of(item) in [self.id_of(one) for one in self.all(hidden)]

    def _cursor(self, page: Exchange, items: list[Any]) -> Any:
        pages = self._listing().pages
        if pages is None or pages.cursor_kind == "id":
            return self.id_of(items[-1])
        if pages.cursor_kind == "token":
            return self.next_address(page)
        asked = page.values.get(pages.cursor)
        if pages.cursor_kind == "offset":
            return int(asked or 0) + len(items)
        return int(asked or pages.first_page) + 1
