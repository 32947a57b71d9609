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


def test_an_outage_is_sampled_at_the_same_pace() -> None:
    """No answer comes until five probes are under way: nobody waits for the first."""

    class Silent:
        def __init__(self) -> None:
            self.begun, self.all_begun = 0, asyncio.Event()

        async def measure(self, plan: PingPlan) -> PingResult:
            self.begun += 1
            if self.begun == 5:
                self.all_begun.set()
            await self.all_begun.wait()
            return PingResult.of(plan.target, "127.0.0.1", [None])

    async def within() -> list[PingResult]:
        plan = PingPlan("a", 1, 0.001, 30.0)
        return [result async for result in watch(Silent(), plan, 5)]  # type: ignore[arg-type]

    results = asyncio.run(asyncio.wait_for(within(), 30))
    assert [result.sent for result in results] == [1, 2, 3, 4, 5]


def test_who_stops_looking_leaves_nothing_behind() -> None:
    async def within() -> int:
        network = SimulatedNetwork(1)
        rounds = watch(network, PingPlan("a", 1, 0.0, 1.0))
        async for _ in rounds:
            break
        await rounds.aclose()  # type: ignore[attr-defined]
        return len(asyncio.all_tasks())

    assert asyncio.run(within()) == 1


def test_what_could_not_be_sent_is_counted_over_all_rounds() -> None:
    class Unsent:
        async def measure(self, plan: PingPlan) -> PingResult:
            return PingResult.of(plan.target, "127.0.0.1", [], "Network is unreachable", 1)

    async def within() -> list[PingResult]:
        return [result async for result in watch(Unsent(), PingPlan("a", 1, 0.0, 1.0), 3)]  # type: ignore[arg-type]

    last = asyncio.run(within())[-1]
    assert (last.sent, last.not_sent, last.packet_loss) == (0, 3, None)
