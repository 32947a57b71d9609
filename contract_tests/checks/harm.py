"""Requests that should change nothing: sent all together, and one by one if something did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.unchanged import Cause
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import Change, Snapshot, at_place, taken
from contract_tests.world.world import World

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Try:
    """A request to be sent: what it is about, the operation's label, and a source."""

    what: str
    label: str
    send: Callable[[], Exchange]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Harm:
    """A rule about requests that change nothing, if `is_bound` says that of the answer."""

    world: World
    rule: str
    message: str
    is_bound: Callable[[Exchange], bool]

    def findings(self, tries: Sequence[Try], before: Snapshot | None = None) -> Iterator[Finding]:
        """Send everything; then, if anything has changed, find out by what."""
        exchanges, after, changes = self._together(tries, before)
        bound = [t for t, e in zip(tries, exchanges, strict=True) if self.is_bound(e)]
        if not changes or not bound:
            return
        if len(bound) < len(tries) and not self._together(bound)[2]:
            return
        found = [finding for each in bound for finding in self._alone(each)]
        if not found and len(bound) == len(tries):
            # What can be done only once is not seen again.
            found = list(self._suspected(tries, exchanges, changes, after))
        yield from found

    def _together(
        self, tries: Sequence[Try], before: Snapshot | None = None
    ) -> tuple[list[Exchange], Snapshot, list[Change]]:
        before = before or taken(self.world)
        exchanges = [each.send() for each in tries]
        after = taken(self.world)
        return exchanges, after, list(before.changes(after))

    def _suspected(
        self,
        tries: Sequence[Try],
        exchanges: list[Exchange],
        changes: list[Change],
        after: Snapshot,
    ) -> Iterator[Finding]:
        """Yield what changed, item by item, with the first request that named the item."""
        for item_id in dict.fromkeys(change.id for change in changes):
            which = self._guilty(exchanges, next(c for c in changes if c.id == item_id))
            cause = Cause(self.rule, tries[which].label, (exchanges[which],), tries[which].source)
            own = [change for change in changes if change.id == item_id]
            labels = {t.label for t, e in zip(tries, exchanges, strict=True) if _names(e, item_id)}
            named_by = f" It was named by {', '.join(sorted(labels))}." if labels else ""
            message = f"{self.message}{named_by}"
            yield from cause.changed(message, own, after)

    def _guilty(self, exchanges: list[Exchange], change: Change) -> int:
        """Return which request most likely did it: after it was last as before, and named it."""
        shown = [self._shown(exchange, change) for exchange in exchanges]
        wrong = next((n for n, value in enumerate(shown) if value == [change.after]), len(shown))
        right = [n for n, value in enumerate(shown[:wrong]) if value == [change.before]]
        begin, end = (right[-1] if right else 0), min(wrong + 1, len(exchanges))
        known = [change.id, *self._owner(change)]
        suspects = [n for n in range(begin, end) if any(_names(exchanges[n], i) for i in known)]
        return next(
            iter(sorted(suspects, key=lambda n: exchanges[n].request.method in _SAFE)), begin
        )

    def _owner(self, change: Change) -> list[str]:
        parent = self.world.roles.resource(change.resource).parent
        owner = parent and pointer.read(change.item, parent.field, None)
        return [str(owner)] if owner is not None else []

    def _shown(self, exchange: Exchange, change: Change) -> list[Any]:
        """Return what an answer shows at the place of a change, alone; nothing if it does not."""
        shelf = Shelf(self.world, self.world.roles.resource(change.resource))
        reading, listing = shelf.resource.read, shelf.resource.list
        items: list[Any] = []
        if listing and exchange.operation_id == listing.operation:
            items = shelf.items_on(exchange)
        elif reading and exchange.operation_id == reading.operation and exchange.ok:
            items = [shelf.shown(exchange)]
        own = [item for item in items if str(shelf.id_of(item)) == change.id]
        return [at_place(item, change.place) for item in own[:1]] if change.place else []

    def _alone(self, each: Try) -> Iterator[Finding]:
        before = taken(self.world)
        exchange = each.send()
        after = taken(self.world)
        if self.is_bound(exchange):
            cause = Cause(self.rule, each.label, (exchange,), each.source)
            message = f"{self.message} {each.what}:"
            yield from cause.changed(message, before.changes(after), after)


def _names(exchange: Exchange, item_id: str) -> bool:
    return item_id in map(str, exchange.values.values())
