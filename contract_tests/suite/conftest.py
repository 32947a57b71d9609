"""One stand-in for the whole suite, an account for each test, and a seed that is printed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator

import pytest

import specs
from contract_tests.target import StandIn, stand_in

SEED = "CONTRACT_TESTS_SEED"
EXAMPLES = "CONTRACT_TESTS_EXAMPLES"
VENDORS = "CONTRACT_TESTS_VENDORS"


def pytest_configure() -> None:
    """Choose a seed once; workers of pytest-xdist inherit it."""
    os.environ.setdefault(SEED, str(secrets.randbelow(2**32)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how to repeat this run; the header would be lost with -q."""
    terminalreporter.write_line(f"contract tests: repeat with {SEED}={os.environ[SEED]}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that takes a vendor once for each."""
    if "vendor" in metafunc.fixturenames:
        metafunc.parametrize("vendor", _chosen())


def _chosen() -> tuple[str, ...]:
    names = os.environ.get(VENDORS)
    return tuple(names.split(",")) if names else specs.vendors()


@pytest.fixture(scope="session")
def house() -> Iterator[StandIn]:
    """Serve a stand-in; at the end every answer must have fitted our own contract."""
    with stand_in(vendor=_chosen()) as running:
        yield running
    assert not running.app.breaches, list(running.app.breaches)[:10]


@pytest.fixture
def seed() -> int:
    """Return the seed of this run."""
    return int(os.environ[SEED])


@pytest.fixture
def max_examples() -> int:
    """Return how many examples each operation is given in each phase."""
    return int(os.environ.get(EXAMPLES, "25"))
