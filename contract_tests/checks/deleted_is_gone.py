"""What was deleted is gone everywhere, nothing else is, and deleting it again finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from math import ceil
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.denied import denied
from contract_tests.checks.kin import give_children, is_kin
from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Act, Batch, Deletion, Filter
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import Snapshot, taken
from contract_tests.world.world import NotTried, World

NAME = "deleted_is_gone"
STILL = "still there"
_PAGES = 3


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Delete one; then read it, look for it in every list, and delete it again."""
    deletion = shelf.resource.delete
    if deletion is None:
        raise NotTried(f"nothing deletes {shelf.resource.name}")
    item_id = _between(shelf)
    shelf.touch(item_id)
    give_children(shelf, item_id)
    before = taken(world, shelf)
    item = before.item(shelf.resource.name, item_id)
    found_by = [f for f in _narrowing(shelf) if _is_found(shelf, f, item)]
    gone = shelf.act(deletion, item_id)
    cause = Cause(NAME, world.label(deletion.operation), (gone,), deletion.source)
    if gone.status == 404:
        yield cause.finding("found", "One that is there cannot be deleted.", "404", "a success")
    if not gone.ok:
        raise NotTried(f"{deletion.operation} answered {gone.status}")
    case = _Case(world, shelf, deletion, item_id, cause)
    after = taken(world, shelf)
    strange = [c for c in before.changes(after) if not is_kin(c, shelf, item_id, item)]
    yield from cause.changed("A deletion changed more than it should.", strange, after)
    is_still = False
    filtered = (f for narrowing in found_by for f in case.filtered(narrowing, item))
    for finding in chain(case.everywhere(), filtered):
        is_still = is_still or finding.place == STILL
        yield finding
    if not is_still:
        yield from denied(world, NAME, gone)
    yield from case.as_cursor()
    yield from case.again(after, STILL if is_still else "again")


def _between(shelf: Shelf) -> Any:
    """Return one with others before and after it: that its neighbours go as well is seen."""
    if shelf.resource.create:
        return shelf.some(3)[1]
    try:
        return shelf.some(2)[0]
    except NotTried:
        return shelf.some()[0]


def _narrowing(shelf: Shelf) -> list[Filter]:
    filters = shelf.resource.list.filters if shelf.resource.list else ()
    return [f for f in filters if f.kind == "equals" and f.field and not f.values]


def _is_found(shelf: Shelf, narrowing: Filter, item: Any) -> bool:
    value = pointer.read(item, narrowing.field, None)
    if not isinstance(value, str | int) or value == "":
        return False
    return _shows(shelf, {narrowing.parameter: value}, shelf.id_of(item)) > 0


def _shows(shelf: Shelf, arguments: dict[str, Any], item_id: Any) -> int:
    """Return how often a list shows one; 0 where there is no such list."""
    try:
        return [shelf.id_of(item) for item in shelf.all(arguments)].count(item_id)
    except NotTried:
        return 0


@dataclass(frozen=True, slots=True)
class _Case:
    """One that was deleted, and the answer to that."""

    world: World
    shelf: Shelf
    deletion: Deletion
    item_id: Any
    cause: Cause

    def everywhere(self) -> Iterator[Finding]:
        """Yield what still shows it."""
        if self.shelf.resource.read:
            yield from self._reading(self.shelf.read(self.item_id))
        listing = self.shelf.resource.list
        if listing is not None and not self.deletion.gone.listed:
            yield from self._listing({}, "list")
            if listing.pages and listing.pages.size and listing.pages.leads_on:
                size = max(1, ceil(len(self.shelf.all()) / _PAGES))
                yield from self._listing({listing.pages.size: size}, "list, page by page")
        for widened in listing.filters if listing else ():
            if widened.kind == "reveals":
                yield from self._revealed(widened)
        for batch in self.shelf.resource.batches:
            yield from self._batch(batch)

    def filtered(self, narrowing: Filter, item: Any) -> Iterator[Finding]:
        """Yield what speaks against it: a filter that found it does so no more."""
        if not self.deletion.gone.listed:
            value = pointer.read(item, narrowing.field, None)
            yield from self._listing(
                {narrowing.parameter: value}, f"list with {narrowing.parameter}"
            )

    def as_cursor(self) -> Iterator[Finding]:
        """Yield what speaks against it: what pages go on from may be gone meanwhile."""
        listing = self.shelf.resource.list
        pages = listing.pages if listing else None
        if pages is None or not pages.cursor or pages.cursor_kind != "id":
            return
        page = self.shelf.page({pages.cursor: self.item_id})
        if page.status >= 500:
            yield replace(self.cause, source="RFC 9110, 15.6").finding(
                f"{pages.cursor} of a deleted one",
                "A page that goes on from a deleted one makes the server fail.",
                str(page.status),
                "a page, or an error of the client's (4xx)",
                page,
            )

    def again(self, after: Snapshot, place: str) -> Iterator[Finding]:
        """Yield what speaks against it: deleting it again finds nothing, and changes nothing.

        `place` is what the cause is called: what was not deleted can be deleted again.
        """
        gone = self.deletion.gone
        again = self.shelf.act(self.deletion, self.item_id)
        # Not before: a run that may touch only what it made could not delete it again.
        self.world.ledger.removed(self.shelf.resource.name, self.item_id)
        cause = replace(self.cause, exchanges=(*self.cause.exchanges, again))
        if gone.statuses and again.status not in gone.statuses:
            wanted = " or ".join(map(str, gone.statuses))
            yield replace(cause, source=gone.source).finding(
                place,
                "Deleting it again is not the documented error.",
                str(again.status),
                wanted,
            )
        later = taken(self.world, self.shelf)
        yield from cause.changed("Deleting again changed something.", after.changes(later), later)

    def _reading(self, read: Exchange) -> Iterator[Finding]:
        if not read.ok:
            return
        gone = self.deletion.gone
        if gone.shows is None:
            yield self._still("reading", str(read.status), "nothing to be found", read)
        for place, value in (gone.shows or {}).items():
            found = pointer.read(self.shelf.shown(read), place, None)
            if found != value:
                yield self._still(place, shown(found), shown(value), read)

    def _listing(self, arguments: dict[str, Any], place: str) -> Iterator[Finding]:
        if _shows(self.shelf, arguments, self.item_id):
            page = self.shelf.page(arguments)
            yield self._still(place, "an entry for it", "none", page)

    def _revealed(self, widened: Filter) -> Iterator[Finding]:
        shows, gone = widened.shows, self.deletion.gone
        arguments = {widened.parameter: widened.value}
        if not gone.shows or not shows.items() <= gone.shows.items():
            yield from self._listing(arguments, f"list with {widened.parameter}")
            return
        page = self.shelf.page(arguments)
        if not page.ok:
            return
        items = self.shelf.all(arguments)
        label = self.world.label(page.operation_id)
        cause = Cause(NAME, label, (*self.cause.exchanges, page), widened.source)
        own = [item for item in items if self.shelf.id_of(item) == self.item_id]
        yield from _marked(cause, widened, own)
        yield from self._kept(cause, widened, items)

    def _kept(self, cause: Cause, widened: Filter, items: list[Any]) -> Iterator[Finding]:
        """Yield a finding if a list that shows more shows less."""
        ids = [self.shelf.id_of(item) for item in items]
        missing = [i for i in map(self.shelf.id_of, self.shelf.all()) if i not in ids]
        if missing:
            yield cause.finding(
                f"{widened.parameter} others",
                f"With {widened.parameter} the list has lost others.",
                f"a list without {missing[0]!r}",
                "everything that is in the plain list",
            )

    def _batch(self, batch: Batch) -> Iterator[Finding]:
        # One that can still be read may have a status as well, for all that is documented.
        gone = self.deletion.gone
        source = batch.source if gone.shows is None else gone.source
        asked = self.world.call(batch.operation, {**batch.arguments, batch.at: [self.item_id]})
        entries = pointer.read(asked.body(), batch.items, None)
        told = entries if isinstance(entries, list) else []
        ids = [pointer.read(entry, batch.id, None) for entry in told]
        if asked.ok and self.item_id in ids:
            yield self._told(batch.operation, asked, source)
        if batch.single and batch.single_at:
            single = self.shelf.act(Act(batch.single, batch.single_at), self.item_id)
            if single.ok:
                yield self._told(batch.single, single, source)

    def _told(self, operation_id: str, seen: Exchange, source: str) -> Finding:
        label, exchanges = self.world.label(operation_id), (*self.cause.exchanges, seen)
        return Cause(NAME, label, exchanges, source).finding(
            "answer", "There is still an answer about a deleted one.", "one", "none"
        )

    def _still(self, place: str, received: str, expected: str, seen: Exchange) -> Finding:
        message = f"What {self.cause.label} ended is still there: {place}."
        # One fault shows in many places: they have one cause.
        return self.cause.finding(STILL, message, received, expected, seen)


def _marked(cause: Cause, widened: Filter, own: list[Any]) -> Iterator[Finding]:
    """Yield what is wrong with the entries of a deleted one in a list that shows such."""
    if len(own) != 1:
        yield cause.finding(
            widened.parameter,
            f"A deleted one is not listed once with {widened.parameter}.",
            f"{len(own)} times",
            "once",
        )
    for item in own:
        for place, value in widened.shows.items():
            if pointer.read(item, place, None) != value:
                yield cause.finding(
                    place,
                    f"A deleted one listed with {widened.parameter} does not say so at {place}.",
                    shown(pointer.read(item, place, None)),
                    shown(value),
                )


RULE = Rule(
    name=NAME,
    sentence="What was deleted is gone everywhere, and deleting it again finds nothing.",
    effect=Effect.DELETES,
    subjects=resources("delete"),
    check=check,
)
