"""Lists as a client reads them: page after page, and what each page says of the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from requests.utils import parse_header_links

from contract_tests.calls import pointer
from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.roles.model import Listing, Pages

_COUNTING = frozenset({"offset", "number"})


@dataclass(frozen=True)
class Page:
    """One page that a client was given; `listing` is how its list is cut."""

    heard: Heard
    listing: Listing
    pages: Pages
    id: str

    @cached_property
    def query(self) -> Mapping[str, str]:
        """What was asked for."""
        return _query(self.heard.exchange.request.target)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the items on it, as texts."""
        items = pointer.read(self._body, self.listing.items, None)
        held = items if isinstance(items, list) else []
        return tuple(str(pointer.read(item, self.id, "")) for item in held)

    @cached_property
    def next(self) -> str | None:
        """The address or token of the next page as the page names it; None if it names none."""
        response = self.heard.exchange.response
        if self.pages.next == "Link":
            links = parse_header_links((response.header("Link") or "") if response else "")
            return next((link["url"] for link in links if link.get("rel") == "next"), None)
        named = pointer.read(self._body, self.pages.next, None) if self.pages.next else None
        return named if isinstance(named, str) and named else None

    @cached_property
    def next_query(self) -> Mapping[str, str]:
        """What the address of the next page asks for; nothing where it is no address."""
        return _query(self.next) if self.next and self.pages.cursor_kind != "token" else {}

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after it by its own words."""
        return self.next is None if self.pages.next else not self.ids

    @property
    def is_continued(self) -> bool:
        """Whether it was asked for as one that comes after another."""
        if not self.pages.cursor:
            return False
        first = {"offset": "0", "number": str(self.pages.first_page)}
        asked = self.query.get(self.pages.cursor, "")
        return asked not in {"", first.get(self.pages.cursor_kind, "")}

    @property
    def is_counted(self) -> bool:
        """Whether a client may work out the next page without this one."""
        return self.pages.cursor_kind in _COUNTING

    @cached_property
    def _body(self) -> Any:
        return self.heard.exchange.body()


def walks(course: Course) -> Iterator[list[Page]]:
    """Yield, for every list and asker, the pages that were given, in their order."""
    kinds = _kinds(course)
    for group in course.together(lambda one: (one.asker, _path(one))):
        kind = kinds.get(course.name_of(group[0]))
        read = [one for one in group if one.exchange.ok and _is_whole(one)]
        if kind is not None and len(read) > 1:
            listing, pages, item_id = kind
            yield [Page(one, listing, pages, item_id) for one in read]


def leads_on(course: Course, heard: Heard) -> bool:
    """Say whether an answer is a page of several: walks are judged by a rule of their own."""
    kind = _kinds(course).get(course.name_of(heard)) if heard.exchange.ok else None
    page = Page(heard, *kind) if kind else None
    return page is not None and (page.is_continued or not page.is_last)


def is_paged(course: Course, heard: Heard) -> bool:
    """Say whether a request asks for a list that is cut into pages."""
    return course.name_of(heard) in _kinds(course) and heard.exchange.ok


def _kinds(course: Course) -> Mapping[str, tuple[Listing, Pages, str]]:
    return {
        each.list.operation: (each.list, each.list.pages, each.id)
        for each in course.roles.resources
        if each.list is not None and each.list.pages is not None and each.list.pages.leads_on
    }


def _is_whole(heard: Heard) -> bool:
    return not heard.given_up and not heard.exchange.failure and not heard.answer_cut


def _path(heard: Heard) -> tuple[str, str]:
    request = heard.exchange.request
    return request.method, request.target.partition("?")[0]


def _query(address: str) -> Mapping[str, str]:
    try:
        return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))
    except ValueError:
        return {}
