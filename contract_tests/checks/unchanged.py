"""What did not stay as it was, as findings: one for each sort of place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract_tests.calls.pointer import MISSING
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.world.snapshot import Change, Snapshot

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Cause:
    """What was done: the rule that did it, the operation's label, and the exchanges."""

    rule: str
    label: str
    exchanges: tuple[Exchange, ...] = ()
    source: str = ""
    statement: str = ""

    def changed(
        self, message: str, changes: Iterable[Change], after: Snapshot
    ) -> Iterator[Finding]:
        """Yield a finding for each sort of place that is not as it was."""
        seen: set[str] = set()
        for change in changes:
            place = f"{change.resource}{_sort(change)}"
            if place in seen:
                continue
            seen.add(place)
            yield self.finding(
                place,
                f"{message} ({change})",
                shown(change.after),
                shown(change.before),
                *after.pages(change.resource),
            )

    def finding(
        self, place: str, message: str, received: str, expected: str, *seen: Exchange
    ) -> Finding:
        """Return a finding about what was done, with the exchanges that show it."""
        return Finding(
            rule=self.rule,
            operation=self.label,
            place=place,
            message=message,
            received=received,
            expected=expected,
            exchanges=(*self.exchanges, *seen),
            source=self.source,
            statement=self.statement,
        )


def shown(value: object) -> str:
    """Word a value, shortened; what is not there says so."""
    return "nothing" if value is MISSING else repr(value)[:_LONGEST]


def _sort(change: Change) -> str:
    if change.before is MISSING and not change.place:
        return " added"
    if change.after is MISSING and not change.place:
        return " removed"
    return "/".join("*" if part.isdigit() else part for part in change.place.split("/"))
