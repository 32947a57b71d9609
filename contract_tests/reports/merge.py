"""Reports about several vendors as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from contract_tests.reports.record import Report, Step
from contract_tests.run.coverage import Coverage
from contract_tests.run.outcome import Verdict


def merged(reports: Sequence[Report]) -> Report:
    """Return one report that tells what all of them tell; an empty one where there is none."""
    if len(reports) < 2:
        return reports[0] if reports else Report()
    coverages = [report.coverage.operations for report in reports if report.coverage]
    return replace(
        reports[0],
        contract=", ".join(report.contract for report in reports),
        requests=sum(report.requests for report in reports),
        elapsed_s=max(report.elapsed_s for report in reports),
        entries=tuple(chain.from_iterable(report.entries for report in reports)),
        vanished=tuple(dict.fromkeys(chain.from_iterable(r.vanished for r in reports))),
        steps=tuple(_steps(reports)),
        notes=tuple(dict.fromkeys(chain.from_iterable(r.notes for r in reports))),
        left_over=tuple(chain.from_iterable(report.left_over for report in reports)),
        coverage=Coverage(tuple(chain.from_iterable(coverages))) if coverages else None,
        exchanges=tuple(
            sorted(
                chain.from_iterable(report.exchanges for report in reports),
                key=lambda exchange: exchange.at,
            )
        ),
    )


def _steps(reports: Sequence[Report]) -> Iterator[Step]:
    """Yield the steps of all, each with whose it is; those not tried for one reason as one."""
    untried: dict[tuple[str, str], list[str]] = {}
    shown: dict[tuple[str, str], Step] = {}
    for report in reports:
        for step in report.steps:
            if step.verdict != Verdict.NOT_TRIED:
                yield replace(step, name=f"{step.name} ({report.contract})")
                continue
            untried.setdefault((step.name, step.reason), []).append(report.contract)
            shown.setdefault((step.name, step.reason), step)
    for key, step in shown.items():
        yield replace(step, name=f"{step.name} ({', '.join(untried[key])})")
