"""Pages put together are the whole list: complete, without repeats, bounded, and they end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.paging import Walk, is_last, pages_of, walk
from contract_tests.world.shelf import Shelf
from contract_tests.world.world import NotTried, World

NAME = "pages_are_complete"
_SIZES = (1, 2, 3, 7)
_NEVER_REFUSED = 10  # where no document tells the largest size
_COMPARED = frozenset({"complete", "end", "repeats", "same page"})
_MOST_PAGES, _FIRST_PAGES, _FEW_PAGES = 50, 4, 6


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Walk with several sizes, and compare with what the largest pages hold."""
    if not pages_of(shelf).leads_on:
        yield from _bounded(world, shelf)
        return
    case = _Case(world, shelf, _whole(shelf))
    findings = list(case.findings())
    if findings and set(_whole(shelf).ids) != set(case.whole.ids):
        raise NotTried("the list changed while it was read")
    yield from findings


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    shelf: Shelf
    whole: Walk

    @property
    def in_order(self) -> bool:
        return bool(self.shelf.resource.list and self.shelf.resource.list.order)

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong with pages of the largest size, of none, and of small ones."""
        pages = pages_of(self.shelf)
        plain = self.shelf.page() if self.whole.refused else None
        if plain is not None and not plain.ok:
            raise NotTried(f"{self.shelf.resource.name} cannot be listed: {plain.status}")
        yield from self.judged(self.whole)
        if self.whole.refused:
            return
        without = walk(self.shelf, None, _MOST_PAGES)
        yield from self.judged(without, pages.largest or None)
        yield from self.default(without)
        if not pages.size:
            return
        count = len(self.whole.ids)
        for size in _sizes(count, pages.largest or _NEVER_REFUSED):
            yield from self.judged(walk(self.shelf, size, _pages(count, size)))
        yield from self.twice()
        yield from self.over(pages.size, pages.largest)

    def judged(self, seen: Walk, most_items: int | None = None) -> Iterator[Finding]:
        """Yield what is wrong with one walk."""
        if seen.refused:
            yield self._finding("refused", seen.refused, str(seen.refused.status), "a page")
            return
        yield from self.bounded(seen, seen.size or most_items)
        ids = seen.ids
        if len(set(map(str, ids))) < len(ids):
            twice = next(i for i in ids if ids.count(i) > 1)
            yield self._finding("repeats", seen.pages[-1], f"{twice} twice", "each item once")
        elif not self._same(seen):
            yield self._incomplete(seen)
        elif not seen.ended and len(seen.pages) > ceil(len(self.whole.ids) / (seen.size or 1)):
            yield self._finding("end", seen.pages[-1], "a next page", "an end")

    def default(self, without: Walk) -> Iterator[Finding]:
        """Yield a finding if a page without a size holds less than the default says."""
        page, size = without.pages[0], default_size(self.world, self.shelf)
        held = len(self.shelf.items_on(page))
        known = len(self.whole.ids)
        if size and page.ok and held < min(size, known) and not is_last(self.shelf, page):
            yield self._finding("default", page, f"{held} of {known} items", f"{size} at once")

    def twice(self) -> Iterator[Finding]:
        """Yield a finding if the same page, asked for twice, is not the same."""
        size = {pages_of(self.shelf).size: 2}
        one, two = self.shelf.page(size), self.shelf.page(size)
        ids = [[self.shelf.id_of(i) for i in self.shelf.items_on(page)] for page in (one, two)]
        if self.in_order and ids[0] != ids[1]:
            yield self._finding("same page", two, str(ids[1])[:200], str(ids[0])[:200])

    def over(self, size: str, largest: int) -> Iterator[Finding]:
        """Yield a finding if a size over the largest gives more than the largest."""
        if not largest or len(self.whole.ids) <= largest:
            return
        page = self.shelf.page({size: largest + 1})
        held = len(self.shelf.items_on(page))
        if page.ok and held > largest:
            yield self._finding("largest", page, f"{held} items", f"at most {largest}")

    def bounded(self, seen: Walk, size: int | None) -> Iterator[Finding]:
        """Yield a finding if a page holds too many, or none where it should hold some."""
        for number, page in enumerate(seen.pages, 1):
            held = len(self.shelf.items_on(page))
            if size is not None and held > size:
                yield self._finding("size", page, f"{held} items", f"at most {size}")
                return
            if not held and (number > 1 or len(seen.pages) > 1 or not seen.ended):
                if self._may_be_empty(number, seen):
                    return
                yield self._finding("empty page", page, "a page without items", "an end before")
                return

    def _may_be_empty(self, number: int, seen: Walk) -> bool:
        """Without an address of the next page, an empty one is the only way to tell the end."""
        return not pages_of(self.shelf).next and number == len(seen.pages)

    def _same(self, seen: Walk) -> bool:
        ids, whole = seen.ids, self.whole.ids
        if seen is self.whole or not self.whole.ended:
            return True
        if self.in_order:
            return ids == (whole if seen.ended else whole[: len(ids)])
        return set(ids) == set(whole) if seen.ended else set(ids) <= set(whole)

    def _incomplete(self, seen: Walk) -> Finding:
        ids, whole = seen.ids, self.whole.ids
        expected: list[Any] = whole if seen.ended else whole[: len(ids)]
        lost = [i for i in expected if i not in ids]
        received = f"without {lost[0]}" if lost else "in another order, or with others"
        return self._finding(
            "complete",
            seen.pages[-1],
            f"{len(ids)} items {received}",
            f"the {len(expected)} items that pages of another size hold",
        )

    def _finding(self, place: str, page: Exchange, received: str, expected: str) -> Finding:
        listing = self.shelf.resource.list
        operation = listing.operation if listing else ""
        return Finding(
            rule=NAME,
            operation=self.world.label(operation),
            place=place,
            message=f"Pages of {self.shelf.resource.name} are not the whole list: {place}.",
            received=received,
            expected=expected,
            exchanges=(page,),
            source=pages_of(self.shelf).source,
            is_comparison=place in _COMPARED,
        )


def default_size(world: World, shelf: Shelf) -> int:
    """Return how many items the contract says that a page holds by default; 0 if it does not."""
    listing = shelf.resource.list
    parameters = world.operations[listing.operation].parameters if listing else ()
    name = pages_of(shelf).size
    found = (p.get("schema", {}).get("default") for p in parameters if p["name"] == name)
    size = next(found, None)
    return size if isinstance(size, int) else 0


def _bounded(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Yield what is wrong with single pages, where nothing tells what comes after them."""
    for size in _SIZES:
        page = shelf.page({pages_of(shelf).size: size})
        if page.ok:
            seen = Walk(shelf, size, [page], ended=True)
            yield from _Case(world, shelf, seen).bounded(seen, size)


def _whole(shelf: Shelf) -> Walk:
    return walk(shelf, pages_of(shelf).largest or None, _MOST_PAGES)


def _sizes(count: int, most: int) -> list[int]:
    """Return sizes to try: small ones, one that ends soon, and some that fit exactly."""
    reaching = ceil(count / (_FEW_PAGES - 1))
    halves = count // 2 if count % 2 == 0 else count // 3 if count % 3 == 0 else 0
    sizes = {*_SIZES, reaching, count, halves, max(count - 1, 1)}
    return sorted(size for size in sizes if 0 < size <= min(most, 100))


def _pages(count: int, size: int) -> int:
    """Return how many pages to walk: to the end and one more, where that is not far."""
    to_the_end = ceil(count / size) + 1
    return to_the_end if to_the_end <= _FEW_PAGES else _FIRST_PAGES


def _paged(world: World) -> list[tuple[str, Shelf]]:
    return [
        (resource.name, Shelf(world, resource))
        for resource in world.roles.resources
        if resource.list and resource.list.pages
    ]


RULE = Rule(
    name=NAME,
    sentence="Pages put together are the whole list: complete, without repeats, and they end.",
    effect=Effect.READS,
    subjects=_paged,
    check=check,
)
