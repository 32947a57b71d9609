"""Reports about several vendors as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from contract_tests.reports.record import Report
from contract_tests.run.coverage import Coverage


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
        steps=tuple(chain.from_iterable(report.steps for report in reports)),
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
