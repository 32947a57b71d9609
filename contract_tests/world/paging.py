"""Walks through the pages of a list: what each page held, and whether there was an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from contract_tests.roles.model import Pages
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried


@dataclass(slots=True)
class Walk:
    """The pages that were seen, first to last; `ended` where the last one named no next one."""

    shelf: Shelf
    size: int | None
    pages: list[Exchange] = field(default_factory=list)
    ended: bool = False

    @property
    def items(self) -> list[Any]:
        """What the pages held, put together."""
        return [item for page in self.pages for item in self.shelf.items_on(page)]

    @property
    def ids(self) -> list[Any]:
        """The ids of it."""
        return [self.shelf.id_of(item) for item in self.items]

    @property
    def refused(self) -> Exchange | None:
        """The page that was not given, if one was not."""
        return next((page for page in self.pages if not page.ok), None)


def pages_of(shelf: Shelf) -> Pages:
    """Return how a resource's list is cut into pages; NotTried if it is not."""
    listing = shelf.resource.list
    if listing is None or listing.pages is None:
        raise NotTried(f"{shelf.resource.name} is not listed in pages")
    return listing.pages


def walk(shelf: Shelf, size: int | None, most: int) -> Walk:
    """Ask for pages of `size` items, or without a size, until the end or `most` pages."""
    pages = pages_of(shelf)
    given = {pages.size: size} if size is not None and pages.size else {}
    seen = Walk(shelf, size if given else None)
    page: Exchange | None = shelf.page(given)
    known: set[str] = set()
    while page is not None:
        seen.pages.append(page)
        if not page.ok:
            _only_if_it_says_so(page)
            return seen
        fresh = {str(shelf.id_of(item)) for item in shelf.items_on(page)} - known
        known |= fresh
        # A page without anything new may be the first of endlessly many.
        if len(seen.pages) == most or (not fresh and len(seen.pages) > 1):
            seen.ended = is_last(shelf, page)
            return seen
        page = shelf.after(page, given)
    seen.ended = True
    return seen


def is_last(shelf: Shelf, page: Exchange) -> bool:
    """Say whether a page is the last by its own words; a page without items is, too."""
    pages = pages_of(shelf)
    if pages.next:
        return shelf.next_address(page) is None
    return not shelf.items_on(page)


def _only_if_it_says_so(page: Exchange) -> None:
    if page.status == 429 or page.status >= 500 or page.status == 0:
        raise NotTried(f"a page was answered {page.status}")
