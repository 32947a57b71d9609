"""Findings grouped by cause: what a person reads is one entry a fault, not one a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.exchange import Exchange


@dataclass(slots=True)
class Cause:
    """Findings of one cause. `flaky` is set where it did not show itself again."""

    findings: list[Finding]
    flaky: bool = False

    @property
    def id(self) -> str:
        """A name that is the same in every run: rule, statement and place."""
        return " | ".join(self.findings[0].cause)

    @property
    def shown(self) -> Finding:
        """The one that a person should see: of the gravest that with the smallest request."""
        return min(self.findings, key=_reading)

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations where it was seen, in the order of their first finding."""
        return tuple(dict.fromkeys(finding.operation for finding in self.findings))

    @property
    def exchange(self) -> Exchange | None:
        """The exchange that shows it."""
        return self.shown.exchanges[-1] if self.shown.exchanges else None


def _reading(finding: Finding) -> tuple[int, bool, int]:
    """Return what is wanted least: a mild grade, nothing to repeat it with, much to read."""
    size = sum(exchange.request.size for exchange in finding.exchanges)
    return list(Grade).index(finding.grade), not finding.exchanges, size


def grouped(findings: Iterable[Finding]) -> list[Cause]:
    """Group findings by cause, in the order in which the causes were first seen."""
    causes: dict[tuple[str, str, str], Cause] = {}
    for finding in findings:
        causes.setdefault(finding.cause, Cause([])).findings.append(finding)
    return list(causes.values())
