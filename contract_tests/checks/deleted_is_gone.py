"""What was deleted is gone everywhere, and deleting it again finds nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests import pointer
from contract_tests.checks.rule import Effect, Rule, resources
from contract_tests.exchange import Exchange
from contract_tests.finding import Finding
from contract_tests.roles.model import Deletion
from contract_tests.shelf import Shelf
from contract_tests.world import NotTried, World

NAME = "deleted_is_gone"


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Delete one; then read it, list it and delete it again."""
    deletion = shelf.resource.delete
    if deletion is None:
        raise NotTried(f"nothing deletes {shelf.resource.name}")
    item_id = shelf.some()[0]
    gone = shelf.delete(item_id)
    if not gone.ok:
        raise NotTried(f"{deletion.operation} answered {gone.status}")
    case = _Case(world.label(deletion.operation), deletion, gone)
    if shelf.resource.read:
        yield from case.reading(shelf.read(item_id))
    if shelf.resource.list:
        yield from case.listing(shelf, item_id)
    yield from case.again(shelf.act(deletion, item_id))


@dataclass(frozen=True, slots=True)
class _Case:
    """One that was deleted, and the answer to that."""

    label: str
    deletion: Deletion
    gone: Exchange

    def reading(self, read: Exchange) -> Iterator[Finding]:
        """Yield what speaks against it: reading finds nothing, or says that it is deleted."""
        if not read.ok:
            return
        if self.deletion.gone.shows is None:
            yield self._finding("reading", "nothing to be found", read)
        for place, value in (self.deletion.gone.shows or {}).items():
            if pointer.read(read.body(), place, None) != value:
                yield self._finding(place, f"{place} is {value}", read)

    def listing(self, shelf: Shelf, item_id: object) -> Iterator[Finding]:
        """Yield what speaks against it: the plain list is without it."""
        if self.deletion.gone.listed:
            return
        if item_id in [shelf.id_of(item) for item in shelf.all()]:
            yield self._finding("list", "a list without it", shelf.page())

    def again(self, again: Exchange) -> Iterator[Finding]:
        """Yield what speaks against it: deleting it again finds nothing."""
        gone = self.deletion.gone
        if again.status not in gone.statuses:
            wanted = " or ".join(map(str, gone.statuses))
            yield self._finding("again", wanted, again, gone.source)

    def _finding(self, place: str, expected: str, seen: Exchange, source: str = "") -> Finding:
        return Finding(
            rule=NAME,
            operation=self.label,
            place=place,
            message=f"What {self.label} ended is still there: {place}.",
            received=str(seen.status),
            expected=expected,
            exchanges=(self.gone, seen),
            source=source or self.deletion.source,
        )


RULE = Rule(
    name=NAME,
    sentence="What was deleted is gone everywhere, and deleting it again finds nothing.",
    effect=Effect.DELETES,
    subjects=resources("delete"),
    check=check,
)
