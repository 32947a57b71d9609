"""Refused requests have no effect: what the server shows before and after a row of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from contract_tests.calls.attempts import Attempt, writes
from contract_tests.calls.pointer import MISSING
from contract_tests.checks.unchanged import Cause
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.snapshot import Change, Snapshot, taken
from contract_tests.world.world import World


@dataclass(frozen=True, slots=True)
class Watch:
    """What stood there before a row of attempts; nothing is taken down if all of them read."""

    rule: str
    world: World
    writing: tuple[str, ...]
    before: Snapshot | None

    @classmethod
    def begun(cls, rule: str, world: World, attempts: Iterable[Attempt]) -> Watch:
        """Take down what there is, if one of the attempts might change it."""
        writing = tuple(a.operation for a in attempts if writes(world, a.operation))
        return cls(rule, world, writing, taken(world) if writing else None)

    def ended(self, asked: Sequence[Exchange], message: str) -> Iterator[Finding]:
        """Yield what has changed since; a request that succeeded has a finding of its own."""
        if any(exchange.ok and exchange.operation_id in self.writing for exchange in asked):
            return
        yield from self.changed(asked, message)

    def changed(self, asked: Sequence[Exchange], message: str) -> Iterator[Finding]:
        """Yield what has changed since, whatever the answers were."""
        if self.before is None:
            return
        after = taken(self.world)
        changes = list(self.before.changes(after))
        if not changes:
            return
        guilty = self._likely(changes[0])
        shown = tuple(exchange for exchange in asked if exchange.operation_id == guilty)[:2]
        cause = Cause(self.rule, self.world.label(guilty), shown)
        yield from cause.changed(message, changes, after)

    def _likely(self, change: Change) -> str:
        """Return the operation that most likely did it."""
        method = "put"
        if MISSING in (change.before, change.after):
            method = "post" if change.before is MISSING else "delete"
        methods = self.world.operations
        return next((n for n in self.writing if methods[n].method == method), self.writing[0])
