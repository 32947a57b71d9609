"""What came of judging a client: said at the terminal, written as reports, told as a code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from contract_tests import reports
from contract_tests.findings import baseline as accepted
from contract_tests.findings.finding import Finding, Grade
from contract_tests.reports.gather import reported
from contract_tests.reports.github import announce
from contract_tests.reports.merge import merged
from contract_tests.reports.terminal import show
from contract_tests.run.outcome import Outcome

CONFORMS, FINDINGS, COULD_NOT_RUN = 0, 1, 2
_GRAVITY = (Grade.BREACH, Grade.DRIFT, Grade.ASSUMPTION)
Told = tuple[Outcome, Callable[[Finding], str]]


class BadTelling(Exception):
    """Reports or a baseline that cannot be; the message says why."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How a run is to be told: `reports` are kinds and files."""

    reports: tuple[tuple[str, str], ...] = ()
    fail_on: Grade = Grade.DRIFT
    baseline: Path | None = None
    updates_baseline: bool = False
    known: accepted.Baseline = field(default_factory=accepted.Baseline)


def telling(
    reports_asked: Sequence[str], fail_on: str, path: Path | None, *, updates_baseline: bool
) -> Telling:
    """Return what the options mean; BadTelling if they do not go together."""
    if updates_baseline and path is None:
        raise BadTelling("--update-baseline needs --baseline FILE")
    asked = [text.partition("=") for text in reports_asked]
    for kind, _, file in asked:
        if kind not in reports.kinds() or not file:
            kinds = ", ".join(reports.kinds())
            raise BadTelling(f"--report {kind}={file}: KIND=FILE, where KIND is one of {kinds}")
    try:
        known = accepted.read(path) if path else accepted.Baseline()
    except accepted.BadBaseline as error:
        raise BadTelling(str(error)) from None
    files = tuple((kind, file) for kind, _, file in asked)
    return Telling(files, Grade(fail_on), path, updates_baseline, known)


def tell(
    outcomes: Sequence[Told],
    how: Telling,
    *,
    whole: bool = True,
    is_aside: bool = False,
) -> int:
    """Say what was found, write the reports, and return the exit code: 0, 1 or 2.

    There is an outcome a vendor; `whole` says that what was not seen has vanished. `is_aside`
    leaves standard output to somebody else.
    """
    for outcome, _ in outcomes:
        _compare(outcome, how, whole=whole)
    report = merged([reported(outcome, sentence) for outcome, sentence in outcomes])
    show(report, Console(highlight=False, stderr=is_aside))
    announce(report, partial(click.echo, err=is_aside))
    is_told = not report.errors
    for kind, path in how.reports:
        try:
            reports.write_report(report, kind, path)
        except OSError as error:
            click.echo(f"contract-tests: the report {kind}: {error}", err=True)
            is_told = False
    if any(_is_news(outcome, how) for outcome, _ in outcomes):
        return FINDINGS
    is_tried = any(outcome.tried for outcome, _ in outcomes)
    return CONFORMS if is_told and is_tried else COULD_NOT_RUN


def _counting(outcome: Outcome, how: Telling) -> list[Any]:
    grave = _GRAVITY[: _GRAVITY.index(how.fail_on) + 1]
    return [cause for cause in outcome.causes if cause.shown.grade in grave]


def _compare(outcome: Outcome, how: Telling, *, whole: bool) -> None:
    if how.baseline is None:
        return
    causes, today, known = _counting(outcome, how), datetime.now(UTC).date(), how.known
    if how.updates_baseline:
        firm = [cause for cause in causes if not cause.flaky]
        known = accepted.updated(known, firm, today, whole=whole)
        accepted.write(known, how.baseline)
    outcome.comparison = accepted.compared(known, causes, today=today, whole=whole)


def _is_news(outcome: Outcome, how: Telling) -> bool:
    if outcome.comparison is not None:
        return bool(outcome.comparison.new or outcome.comparison.vanished)
    return any(not cause.flaky for cause in _counting(outcome, how))
