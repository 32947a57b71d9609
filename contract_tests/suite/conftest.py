"""One stand-in for the whole suite, an account for each test, and a seed that is printed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import requests

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
def houses() -> Iterator[Callable[[str], StandIn]]:
    """Serve a stand-in a vendor, once it is asked for; every answer must fit our own contract."""
    running: dict[str, StandIn] = {}
    with ExitStack() as stack:

        def served(vendor: str) -> StandIn:
            if vendor not in running:
                running[vendor] = stack.enter_context(stand_in(vendor=(vendor,)))
            return running[vendor]

        yield served
    for one in running.values():
        assert not one.app.breaches, list(one.app.breaches)[:10]


@pytest.fixture
def house(houses: Callable[[str], StandIn], vendor: str) -> Iterator[StandIn]:
    """Return the vendor's stand-in, and leave nothing behind that time would have to pass for."""
    running = houses(vendor)
    yield running
    requests.post(f"{running.url}/__mock/reset", timeout=30).raise_for_status()


@pytest.fixture
def seed() -> int:
    """Return the seed of this run."""
    return int(os.environ[SEED])


@pytest.fixture
def max_examples() -> int:
    """Return how many examples each operation is given in each phase."""
    return int(os.environ.get(EXAMPLES, "25"))
