"""Tests of a suite know nothing of one another: what two of them ask is no loop, and no repeat."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from wrapped_clients import run, run_python, script

from contract_tests.client.wrapped import Run

_READS = """
import requests

def read(**more):
    return requests.get(U + "/app/sessions?limit=2", headers={**H, **more}).status_code
"""
_SUITE = (
    _READS
    + """
import pytest

@pytest.mark.parametrize("number", range(10))
def test_reads(number):
    assert read() == 200

@pytest.mark.parametrize("number", range(5))
def test_is_refused(number):
    assert read(Authorization="Bearer not-a-key-at-all") == 401
"""
)


def _found(told: Run) -> set[str]:
    return {finding.rule for outcome, _ in told.told for finding in outcome.findings}


@pytest.mark.slow
def test_a_suite_that_asks_the_same_in_every_test_is_not_accused(tmp_path: Path) -> None:
    suite = script(tmp_path, _SUITE, "test_suite.py")
    assert (
        _found(run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", suite)) == set()
    )


def test_functions_that_ask_the_same_are_not_accused(tmp_path: Path) -> None:
    several = "".join(f"def part{n}(): read()\n" for n in range(10))
    assert _found(run_python(tmp_path, f"{_READS}\n{several}" + _calls(10))) == set()


def _calls(count: int) -> str:
    return "".join(f"part{n}()\n" for n in range(count))


def test_one_that_reads_the_same_page_in_a_loop_is_accused(tmp_path: Path) -> None:
    assert _found(run_python(tmp_path, _READS + "for _ in range(10): read()")) == {"pages_end"}


def test_one_that_tries_again_on_the_next_line_is_accused(tmp_path: Path) -> None:
    refused = 'read(Authorization="Bearer not-a-key-at-all")\n'
    found = _found(run_python(tmp_path, f"{_READS}\n{3 * refused}"))
    assert found == {"refusals_are_final"}
