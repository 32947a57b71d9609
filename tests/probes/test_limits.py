"""What one process may do at once and in a second is bounded by its live network."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from probes import Limits, LiveNetwork, PingPlan, TargetPolicy


@dataclass
class Crowd:
    """A plan that counts how many of its kind are under way."""

    most_at_once: ClassVar[int] = 3
    target: str = "x"
    inside: list[int] = field(default_factory=lambda: [0, 0])

    async def live(self, network: Any) -> int:
        del network
        self.inside[0] += 1
        self.inside[1] = max(self.inside)
        await asyncio.sleep(0)
        self.inside[0] -= 1
        return self.inside[1]

    async def simulated(self, network: Any) -> int:
        raise NotImplementedError


def test_no_more_of_a_kind_run_at_a_time_than_the_plan_says() -> None:
    async def within() -> int:
        network, crowd = LiveNetwork(TargetPolicy()), Crowd()
        await asyncio.gather(*(network.measure(crowd) for _ in range(20)))
        return crowd.inside[1]

    assert asyncio.run(within()) == Crowd.most_at_once


def test_a_turn_that_failed_is_given_back() -> None:
    class Failing(Crowd):
        async def live(self, network: Any) -> int:
            del network
            raise OSError

    async def within() -> list[Any]:
        network = LiveNetwork(TargetPolicy())
        plans = [Failing() for _ in range(10)]
        return await asyncio.gather(*map(network.measure, plans), return_exceptions=True)

    assert [type(outcome) for outcome in asyncio.run(within())] == [OSError] * 10


@pytest.mark.parametrize("targets", [1, 10])
def test_all_targets_together_keep_to_the_packets_a_second(targets: int, namespace: Any) -> None:
    """Of 40 probes at 200 a second the first 10 are a burst; the others take 150 ms."""

    def body() -> tuple[float, int]:
        async def within() -> tuple[float, int]:
            network = LiveNetwork(TargetPolicy(), limits=Limits(packets_per_s=200))
            plans = [PingPlan(f"127.0.0.{n + 1}", 40 // targets, 0.0, 5.0) for n in range(targets)]
            began = time.monotonic()
            results = await asyncio.gather(*map(network.measure, plans))
            await network.close()
            return time.monotonic() - began, sum(result.received for result in results)

        return asyncio.run(within())

    elapsed_s, received = namespace().run(body)
    assert received == 40
    assert elapsed_s >= 0.14
