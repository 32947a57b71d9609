"""The command `contract-tests`, run as a person would."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def contract_tests(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "contract_tests", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_specs_has_nothing_to_say_against_our_contracts() -> None:
    done = contract_tests("specs", "ngrok", "wisphub")
    assert (done.returncode, done.stdout) == (0, "0 findings in ngrok, wisphub\n")


@pytest.mark.parametrize("command", [("specs", "nobody"), ("suite", "--vendor", "nobody")])
def test_an_unknown_vendor_is_one_line_and_exit_code_2(command: tuple[str, ...]) -> None:
    done = contract_tests(*command)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "no vendor named 'nobody': there are ngrok" in done.stderr


def test_help_shows_examples() -> None:
    assert "contract-tests suite --vendor ngrok --seed 7" in contract_tests("--help").stdout


@pytest.mark.slow
def test_suite_runs_one_vendor_with_the_seed_that_is_given() -> None:
    done = contract_tests(
        "suite", "--vendor", "ngrok", "--seed", "7", "--examples", "3", "--", "-vv"
    )
    assert done.returncode == 0, done.stdout
    assert "CONTRACT_TESTS_SEED=7" in done.stdout
    assert "[ngrok-stateful]" in done.stdout
    assert "[wisphub" not in done.stdout
