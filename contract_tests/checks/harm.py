"""Requests that should change nothing: sent all together, and one by one if something did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from contract_tests.checks.unchanged import Cause
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.snapshot import Change, Snapshot, taken
from contract_tests.world.world import World


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
            named = (n for n, exchange in enumerate(exchanges) if _names(exchange, item_id))
            which = next(named, 0)
            cause = Cause(self.rule, tries[which].label, (exchanges[which],), tries[which].source)
            own = [change for change in changes if change.id == item_id]
            labels = {t.label for t, e in zip(tries, exchanges, strict=True) if _names(e, item_id)}
            message = f"{self.message} It was named by {', '.join(sorted(labels)) or 'nothing'}."
            yield from cause.changed(message, own, after)

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
