"""What did not stay as it was, as findings: one for each sort of place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contract_tests.calls.pointer import MISSING
from contract_tests.findings.finding import Finding, Grade
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
            found = self.finding(
                place,
                f"{message} ({change})",
                shown(change.after),
                shown(change.before),
                *after.pages(change.resource),
            )
            found = replace(found, is_comparison=True, change=change)
            yield _from_elsewhere(found) if _can_come(change, after) else found

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


def _can_come(change: Change, after: Snapshot) -> bool:
    """Say whether something has come that this API does not make: somebody may have, elsewhere."""
    has_come = change.before is MISSING and not change.place
    return has_come and after.roles.resource(change.resource).create is None


def _from_elsewhere(found: Finding) -> Finding:
    message = f"{found.message} It may have come from elsewhere."
    return replace(found, grade=Grade.ASSUMPTION, message=message)


def _sort(change: Change) -> str:
    if change.before is MISSING and not change.place:
        return " added"
    if change.after is MISSING and not change.place:
        return " removed"
    return "/".join("*" if part.isdigit() else part for part in change.place.split("/"))
