"""What the end of a client's process says: a finding where it never came, a code for the shell."""

from __future__ import annotations

import signal

from contract_tests.client.child import Ended
from contract_tests.findings.causes import grouped
from contract_tests.findings.finding import Finding
from contract_tests.run.outcome import Attempt, Outcome, Verdict
from contract_tests.run.telling import COULD_NOT_RUN, FINDINGS

RULE = "client_ends"


def ends(outcome: Outcome, ended: Ended, limit_s: float, command: str) -> None:
    """Add to an outcome whether the client came to its end; nothing where no limit was set."""
    if not limit_s:
        return
    if not ended.hung:
        outcome.attempts.append(Attempt(RULE, RULE, Verdict.PASSED))
        return
    finding = hung(limit_s, command)
    outcome.findings.append(finding)
    outcome.causes += grouped([finding])
    outcome.attempts.append(Attempt(RULE, RULE, Verdict.FOUND, (finding,)))


def hung(limit_s: float, command: str) -> Finding:
    """Return the finding about a client that had to be stopped."""
    return Finding(
        rule=RULE,
        operation=command,
        place="",
        message="The client hung: it was stopped at the time limit.",
        received=f"still running after {limit_s:g} s",
        expected="an end, with an exit code",
    )


def ended_notes(ended: Ended, limit_s: float) -> list[str]:
    """Say how the client's own process ended, where it did not end by itself."""
    if ended.hung:
        return [f"The client was stopped after {limit_s:g} s."]
    if ended.code < 0:
        return [f"The client was ended by {_signal(-ended.code)}."]
    return []


def code_of(whose: str, ours: int, ended: Ended, requests: int, stopped_by: int) -> int:
    """Return the exit code: 128 and a signal's number where one ended it, as shells have it.

    `worst` is 1 for findings, else the child's code, else ours.
    """
    child = 128 - ended.code if ended.code < 0 else ended.code
    if stopped_by and ours != FINDINGS:
        return 128 + stopped_by
    if whose == "ours":
        return ours if requests or ours == FINDINGS else COULD_NOT_RUN
    if whose == "child":
        return child
    return ours if ours == FINDINGS else child or ours


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
