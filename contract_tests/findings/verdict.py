"""What an outcome means: which causes count, what a baseline says, and the exit code."""

from __future__ import annotations

from datetime import UTC, datetime

from contract_tests.findings import baseline
from contract_tests.findings.causes import Cause
from contract_tests.findings.finding import Grade
from contract_tests.run.options import Options
from contract_tests.run.outcome import Outcome

CONFORMS, FINDINGS, COULD_NOT_RUN = 0, 1, 2
_GRAVITY = (Grade.BREACH, Grade.DRIFT, Grade.ASSUMPTION)


def counting(outcome: Outcome, fail_on: Grade) -> list[Cause]:
    """Return the causes that are reason to fail: as grave as that, flaky ones among them."""
    grave = _GRAVITY[: _GRAVITY.index(fail_on) + 1]
    return [cause for cause in outcome.causes if cause.shown.grade in grave]


def compare(outcome: Outcome, options: Options, known: baseline.Baseline, *, whole: bool) -> None:
    """Hold the outcome against a baseline, and write the new one if that is asked for."""
    if options.baseline is None:
        return
    causes, today = counting(outcome, options.fail_on), datetime.now(UTC).date()
    whole = whole and not outcome.cut_off
    if options.updates_baseline:
        firm = [cause for cause in causes if not cause.flaky]
        known = baseline.updated(known, firm, today, whole=whole)
        baseline.write(known, options.baseline)
    outcome.comparison = baseline.compared(known, causes, today=today, whole=whole)
    if not whole and known.accepted:
        outcome.notes.append("Only a whole run can tell what of the baseline has vanished.")


def tells_too_little(outcome: Outcome) -> bool:
    """Say whether a run ended before half of its rules had had their turn.

    A rule may have one step or sixty: steps would tell little.
    """
    reason = outcome.cut_off
    planned = {one.rule for one in outcome.attempts}
    had_turn = {one.rule for one in outcome.attempts if one.reason != reason}
    return bool(reason) and 2 * len(had_turn) < len(planned)


def exit_code(outcome: Outcome, options: Options) -> int:
    """Return 0 where the server conforms, 1 where it does not, 2 where nothing could be tried."""
    firm = [cause.id for cause in counting(outcome, options.fail_on) if not cause.flaky]
    if outcome.comparison is not None:
        firm = [*outcome.comparison.new, *outcome.comparison.vanished]
    if firm:
        return FINDINGS
    if outcome.errors or not outcome.tried or tells_too_little(outcome):
        return COULD_NOT_RUN
    return CONFORMS
