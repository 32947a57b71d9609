"""Watching: a result a round, over a window of the probes so far."""

import asyncio
import time
from itertools import pairwise

import pytest

from probes import PathProfile, PingPlan, PingResult, PlanInvalid, SimulatedNetwork, watch
from probes.watch import WINDOW


def watched(rounds: int | None, take: int, interval_s: float = 0.0) -> list[PingResult]:
    async def within() -> list[PingResult]:
        network = SimulatedNetwork(1, profiles={"a": PathProfile(5.0, 1.0, 0.2)})
        seen: list[PingResult] = []
        rounds_seen = watch(network, PingPlan("a", 1, interval_s, 1.0), rounds)
        async for result in rounds_seen:
            seen.append(result)
            if len(seen) == take:
                break
        return seen

    return asyncio.run(within())


def test_every_round_adds_one_probe() -> None:
    results = watched(5, 10)
    assert [result.sent for result in results] == [1, 2, 3, 4, 5]
    assert all(later.rtts_ms[:-1] == earlier.rtts_ms for earlier, later in pairwise(results))


def test_without_a_number_of_rounds_it_goes_on() -> None:
    assert len(watched(None, 300)) == 300


def test_the_window_forgets_the_oldest() -> None:
    before, after = watched(None, WINDOW + 1)[-2:]
    assert before.sent == after.sent == WINDOW
    assert before.rtts_ms[1:] == after.rtts_ms[:-1]


def test_rounds_begin_an_interval_apart() -> None:
    began = time.monotonic()
    watched(4, 4, interval_s=0.01)
    assert time.monotonic() - began >= 0.03


def test_zero_rounds_are_no_plan() -> None:
    with pytest.raises(PlanInvalid):
        watched(0, 1)
