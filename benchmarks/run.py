"""The run: both servers side by side, block by block in turn, so that noise hits both alike."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import servers
from benchmarks.cases import Case, Request, Vendor
from benchmarks.load import Load, Sample, press
from benchmarks.servers import NAMES, OURS, BenchError, Server

Say = Callable[[str], None]
Samples = dict[str, list[Sample]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    load: Load
    rounds: int
    starts: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured of one vendor, by server.

    `first_start_ms` is with an empty cache directory, `start_ms` are the later ones; `memory_mb`
    is after all the load.
    """

    vendor: str
    cases: dict[str, Samples]
    first_start_ms: dict[str, float]
    start_ms: dict[str, list[float]]
    memory_mb: dict[str, float]


def measure(vendor: Vendor, plan: Plan, say: Say) -> Outcome:
    """Return what was measured of both servers with the contract of `vendor`."""
    with tempfile.TemporaryDirectory(prefix="bench-") as cache:
        environment = {**os.environ, "XDG_CACHE_HOME": cache}
        say(f"{vendor.name}: starting each server {1 + plan.starts} times")
        first, later = _starts(vendor, plan.starts, environment)
        with _both(vendor, environment) as pair:
            cases = _cases(vendor, pair)
            samples = _rounds(pair, cases, plan, say)
            memory = {server.name: server.memory_mb() for server in pair}
    return Outcome(vendor.name, samples, first, later, memory)


def _starts(
    vendor: Vendor, times: int, environment: dict[str, str]
) -> tuple[dict[str, float], dict[str, list[float]]]:
    taken: dict[str, list[float]] = {name: [] for name in NAMES}
    for _ in range(1 + times):
        for name in NAMES:
            server = servers.start(name, vendor.name, vendor.first, environment)
            server.stop()
            taken[name].append(server.start_ms)
    first = {name: starts[0] for name, starts in taken.items()}
    return first, {name: starts[1:] for name, starts in taken.items()}


@contextmanager
def _both(vendor: Vendor, environment: dict[str, str]) -> Iterator[tuple[Server, ...]]:
    with ExitStack() as stack:
        pair = []
        for name in NAMES:
            server = servers.start(name, vendor.name, vendor.first, environment)
            stack.callback(server.stop)
            pair.append(server)
        yield tuple(pair)


def _cases(vendor: Vendor, pair: tuple[Server, ...]) -> tuple[Case, ...]:
    ours = next(server for server in pair if server.name == OURS)

    def ask(request: Request) -> Any:
        return json.loads(ours.ask(request)[1])

    cases = vendor.cases(ask)
    for case in cases:
        for server in pair:
            _expect(server, case)
    return cases


def _expect(server: Server, case: Case) -> None:
    status, _ = server.ask(case.request)
    if status != case.status:
        raise BenchError(f"{server.name}, {case.name}: expected {case.status}, received {status}")


def _rounds(
    pair: tuple[Server, ...], cases: tuple[Case, ...], plan: Plan, say: Say
) -> dict[str, Samples]:
    samples: dict[str, Samples] = {case.name: {name: [] for name in NAMES} for case in cases}
    # The first round warms up: compilers, caches and pools. It is not kept.
    for number in range(1 + plan.rounds):
        say(f"round {number} of {plan.rounds}" if number else "warming up")
        # A B, then B A: neither is always the one that comes second.
        order = pair if number % 2 else pair[::-1]
        for case in cases:
            for server in order:
                sample = press(server, case, plan.load)
                if number:
                    samples[case.name][server.name].append(sample)
    return samples
