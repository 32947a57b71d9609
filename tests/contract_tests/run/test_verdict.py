"""A run that was cut off before half of its rules had their turn is no success."""

from __future__ import annotations

from dataclasses import replace

import pytest
from outcomes import exchange

from contract_tests.findings.causes import grouped
from contract_tests.findings.finding import Finding
from contract_tests.findings.verdict import exit_code
from contract_tests.run.options import Options
from contract_tests.run.outcome import Attempt, Outcome, Verdict

CUT = "the limit of 60 s was reached (--time-limit)"


def outcome(tried: int, left_out: int, reason: str = CUT) -> Outcome:
    done = [Attempt(f"done {n}", f"rule {n}", Verdict.PASSED) for n in range(tried)]
    kept = [
        Attempt(f"left {n}", f"other rule {n}", Verdict.NOT_TRIED, reason=reason)
        for n in range(left_out)
    ]
    names = [one.name for one in done]
    return Outcome(tried=names, attempts=[*done, *kept], cut_off=CUT)


@pytest.mark.parametrize(("tried", "left_out", "code"), [(10, 43, 2), (30, 23, 0), (5, 5, 0)])
def test_half_of_the_rules_must_have_had_their_turn(tried: int, left_out: int, code: int) -> None:
    assert exit_code(outcome(tried, left_out), Options(url="http://127.0.0.1:1")) == code


def test_a_rule_with_many_steps_counts_once() -> None:
    one = outcome(5, 40)
    one.attempts = [replace(each, rule=each.rule[:8]) for each in one.attempts]
    assert exit_code(one, Options(url="http://127.0.0.1:1")) == 0


def test_what_is_left_out_for_a_reason_of_its_own_had_its_turn() -> None:
    only_reads = outcome(5, 40, "this run only reads")
    assert exit_code(only_reads, Options(url="http://127.0.0.1:1")) == 0


def test_findings_count_however_little_was_tried() -> None:
    short = outcome(1, 50)
    found = Finding("a rule", "GET /", "", "", "", "", (exchange(),))
    short.causes = grouped([found])
    assert exit_code(short, Options(url="http://127.0.0.1:1")) == 1
