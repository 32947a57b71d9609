"""A page leads to the one after it: by an address of this API, and by the cursor alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_tests.checks.addresses import is_at_home
from contract_tests.checks.pages_are_complete import RULE as PAGES
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Pages
from contract_tests.wire.exchange import Exchange
from contract_tests.world.paging import pages_of, walk
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "next_page_follows"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Look at the address that a first page names, then ask by cursors for what it leads to."""
    pages = pages_of(shelf)
    if not pages.leads_on:
        raise NotTried(f"how to come to the next page of {shelf.resource.name} is not told")
    whole = walk(shelf, pages.largest or None, 3)
    if whole.refused or len(whole.ids) < 2:
        raise NotTried(f"two of {shelf.resource.name} are needed")
    case = _Case(world, shelf, pages, whole.ids, len(whole.ids) - 1 if whole.ended else 0)
    if pages.size and pages.next and pages.cursor_kind != "token":
        yield from case.addresses()
    if pages.cursor and pages.cursor_kind != "token" and case.in_order:
        yield from case.cursors()


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    shelf: Shelf
    pages: Pages
    ids: list[Any]
    last: int

    @property
    def in_order(self) -> bool:
        return bool(self.shelf.resource.list and self.shelf.resource.list.order)

    def addresses(self) -> Iterator[Finding]:
        """Yield what is wrong with the address that a page of one item names."""
        page = self.shelf.page({self.pages.size: 1})
        if not page.ok:
            return
        address = self.shelf.next_address(page)
        if address is None:
            yield self._finding("next", page, "no next page", "the address of the second of them")
            return
        yield from self._of_this_api(page, address)
        sizes = dict(parse_qsl(urlsplit(address).query)).get(self.pages.size)
        if sizes is not None and sizes != "1":
            yield self._finding("size", page, address, f"{self.pages.size}=1, as it was asked")

    def cursors(self) -> Iterator[Finding]:
        """Yield where a page asked for by a cursor is not what follows that place."""
        for index in sorted({0, (len(self.ids) - 1) // 2, self.last}):
            cursor = self._cursor(index)
            if cursor is None:
                continue
            size = {self.pages.size: 2} if self.pages.size else {}
            page = self.shelf.page({self.pages.cursor: cursor, **size})
            yield from self._held(page, self.ids[index + 1 :])

    def _cursor(self, index: int) -> Any:
        if self.pages.cursor_kind == "offset":
            return index + 1
        return self.ids[index] if self.pages.cursor_kind == "id" else None

    def _held(self, page: Exchange, expected: list[Any]) -> Iterator[Finding]:
        if page.status == 429 or page.status >= 500:
            return
        held = [self.shelf.id_of(item) for item in self.shelf.items_on(page)]
        if not page.ok and expected:
            yield self._finding("cursor", page, str(page.status), f"a page with {expected[0]}")
        elif page.ok and (held != expected[: len(held)] or (expected and not held)):
            wanted = expected[: max(len(held), 1)] or "nothing after the last item"
            yield self._finding("cursor", page, str(held)[:200], str(wanted)[:200])

    def _of_this_api(self, page: Exchange, address: str) -> Iterator[Finding]:
        operation = urlsplit(page.request.target).path.rstrip("/")
        if not urlsplit(address).path.rstrip("/").endswith(operation):
            yield self._finding("path", page, address, f"an address of {operation}")
        elif not is_at_home(self.world, address):
            yield self._finding("host", page, address, f"an address at {self.world.wire.url}")

    def _finding(self, place: str, page: Exchange, received: str, expected: str) -> Finding:
        operation = self.world.label(page.operation_id)
        return Finding(
            rule=NAME,
            operation=operation,
            place=f"{self.pages.next or self.pages.cursor} {place}",
            message=f"A page of {operation} does not lead to the one after it: {place}.",
            received=received,
            expected=expected,
            exchanges=(page,),
            source=self.pages.source,
        )


RULE = Rule(
    name=NAME,
    sentence="A page leads to the one after it: by an address of this API, and by the cursor.",
    effect=Effect.READS,
    subjects=PAGES.subjects,
    check=check,
)
