"""A filter of a list finds exactly the items that match; several find those that match all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Filter
from contract_tests.wire.exchange import Exchange
from contract_tests.world.filtering import Query, alone, shortened, together, unheard
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "filters_match"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Ask for values that existing items have, one by one and together, and for unheard ones."""
    items = shelf.all()
    if not items:
        raise NotTried(f"there is no {shelf.resource.name} to filter")
    yield from judged(world, shelf, items, _queries(world, equals(shelf), items))
    for one in equals(shelf):
        if one.ignores_case:
            yield from _Case(world, shelf).other_case(one, items)


def judged(
    world: World, shelf: Shelf, items: Sequence[Any], queries: Iterable[Query]
) -> Iterator[Finding]:
    """Yield what is wrong with the answers to these queries, in a list that holds these items."""
    case = _Case(world, shelf)
    for query in queries:
        yield from case.judged(query, items)


def equals(shelf: Shelf) -> list[Filter]:
    """Return the filters that find what equals their value."""
    listing = shelf.resource.list
    return [one for one in listing.filters if one.kind == "equals"] if listing else []


def filtered(world: World) -> list[tuple[str, Shelf]]:
    """Select the resources whose list has such filters."""
    shelves = [(resource.name, Shelf(world, resource)) for resource in world.roles.resources]
    return [(name, shelf) for name, shelf in shelves if equals(shelf)]


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    shelf: Shelf

    def judged(self, query: Query, items: Sequence[Any]) -> Iterator[Finding]:
        """Yield what is wrong with one answer; a list that has moved on is read again."""
        page, found = self._asked(query)
        if page.ok and self._is_right(query, items, found):
            return
        if not page.ok and (not query.must(items) or page.status in {0, 429}):
            return
        now = self.shelf.all()
        page, found = self._asked(query)
        if page.ok and self._is_right(query, now, found):
            return
        yield self._finding(query, page, now, found)

    def other_case(self, wanted: Filter, items: Sequence[Any]) -> Iterator[Finding]:
        """Yield a finding if the value in other letters does not find the same."""
        queries = [q for q in alone(wanted, items) if str(q.asked[0].value).swapcase().isascii()]
        for query in queries[:1]:
            one = query.asked[0]
            swapped = str(one.value).swapcase()
            if swapped == one.value:
                return
            other = Query((replace(one, value=swapped),))
            page, found = self._asked(other)
            if page.ok and not self._is_right(query, items, found):
                finding = self._finding(other, page, items, found)
                yield replace(finding, source="decision", statement="", grade=Grade.ASSUMPTION)

    def _asked(self, query: Query) -> tuple[Exchange, set[str]]:
        """Return the first page, and the ids of everything that is found."""
        page = self.shelf.page(query.arguments)
        if not page.ok:
            return page, set()
        found, last, pages = self.shelf.items_on(page), page, 1
        while pages < 20:
            after = self.shelf.after(last, query.arguments)
            if after is None or not after.ok:
                break
            found, last, pages = found + self.shelf.items_on(after), after, pages + 1
        return page, set(self._ids(found))

    def _is_right(self, query: Query, items: Sequence[Any], found: set[str]) -> bool:
        must, may = self._ids(query.must(items)), self._ids(query.may(items))
        return set(must) <= found <= set(may)

    def _ids(self, items: Iterable[Any]) -> list[str]:
        return [str(self.shelf.id_of(item)) for item in items]

    def _finding(
        self, query: Query, page: Exchange, items: Sequence[Any], found: set[str]
    ) -> Finding:
        label = self.world.label(page.operation_id)
        is_alone, first = len(query.asked) == 1, query.asked[0].filter
        names = first.parameter if is_alone else "several together"
        lost = [i for i in self._ids(query.must(items)) if i not in found]
        extra = [item for item in items if str(self.shelf.id_of(item)) in found]
        extra = [item for item in extra if item not in query.may(items)]
        return Finding(
            rule=NAME,
            operation=label,
            place=f"{names} {'without a match' if lost or not page.ok else 'with others'}",
            message=f"{label} with {_words(query)} does not find what matches, and only that.",
            received=str(page.status)
            if not page.ok
            else _received(query, lost, extra, found, found - set(self._ids(items))),
            expected=f"{len(query.must(items))} of {len(items)} items: those that match",
            exchanges=(page,),
            statement=f"{label} ?{first.parameter}" if is_alone else label,
            source=first.source,
        )


def _words(query: Query) -> str:
    return " and ".join(f"{name}={value}" for name, value in query.arguments.items())


def _received(
    query: Query, lost: list[str], extra: list[Any], found: set[str], new: set[str]
) -> str:
    if lost:
        return f"{len(found)} items, without {lost[0]}"
    if not extra:
        return f"{len(found)} items, {len(new)} of which the whole list does not hold"
    shown = {
        one.filter.field: pointer.read(extra[0], one.filter.field, None) for one in query.asked
    }
    return f"{len(found)} items, also one with {shown}"


def _queries(world: World, filters: list[Filter], items: Sequence[Any]) -> Iterator[Query]:
    word = f"ct-{world.random('filters').getrandbits(32):08x}"
    for one in filters:
        yield from alone(one, items)
        yield from filter(None, (unheard(one, items, word), shortened(one, items)))
    yield from combined(filters, items)


def combined(filters: list[Filter], items: Sequence[Any]) -> Iterator[Query]:
    """Yield queries by two and by three filters."""
    for count in (2, 3):
        for some in combinations(filters[:4], count):
            yield from together(some, items)


RULE = Rule(
    name=NAME,
    sentence="A filter finds exactly the items that match; several find those that match all.",
    effect=Effect.READS,
    subjects=filtered,
    check=check,
)
