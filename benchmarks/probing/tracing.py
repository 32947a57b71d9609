"""A thousand continuous traces over nine routers: processor time, and rounds that are late."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from probes import Limits, LiveNetwork, Plan, TargetPolicy
from probes.ticker import TICK_S
from probes.trace import TracePlan
from probes.trace.continuous import RoundPlan, continuous

INTERVAL_S, ROUNDS, ROUTERS = 2.5, 5, 9
_TARGETS = "10.200.0.0/16"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Traces:
    """What the rounds after the first took, in which paths are explored."""

    probes: int
    cpu_share: float
    user_share: float
    late: int
    worst_late_ms: float
    rounds: int


class Punctual:
    """A network that notes how late rounds begin."""

    def __init__(self, network: LiveNetwork) -> None:
        self._network = network
        self.late_s: list[float] = []
        self.probes = 0

    async def measure(self, plan: Plan[R]) -> R:
        """Pass it on."""
        outcome: Any = await self._network.measure(plan)
        if isinstance(plan, RoundPlan) and plan.due_s:
            course = outcome[1]
            self.late_s.append(course.began_s - plan.due_s)
            self.probes += len(course.shots())
        return outcome

    async def close(self) -> None:
        """Close the network behind."""
        await self._network.close()


def run(targets: int) -> Traces:
    """Build the routers, and trace all targets behind them from the near end."""
    # The laboratory belongs to the tests; as a package it would be shipped.
    sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "support"))
    from netlab import Lab  # type: ignore[import-not-found]  # noqa: PLC0415

    with Lab(routers=ROUTERS) as lab:
        lab.server.exec(f"ip route add local {_TARGETS} dev lo")
        for node, onward in zip([lab.client, *lab.routers], lab.hops(), strict=True):
            node.exec(f"ip route add {_TARGETS} via {onward}")
        found: Traces = lab.client.run(lambda: asyncio.run(_traces(targets)), patience_s=120)
        return found


async def _traces(number: int) -> Traces:
    live = LiveNetwork(TargetPolicy.allowing(_TARGETS), limits=Limits(packets_per_s=100_000))
    network = Punctual(live)
    explored = [asyncio.get_running_loop().create_future() for _ in range(number)]
    tasks = [asyncio.create_task(_trace(network, n, explored[n])) for n in range(number)]
    await asyncio.wait([asyncio.gather(*explored), *tasks], return_when=asyncio.FIRST_COMPLETED)
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    await asyncio.gather(*tasks)
    after, elapsed_s = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter() - began
    await network.close()
    user_s, system_s = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    late = [late_s for late_s in network.late_s if late_s > TICK_S]
    return Traces(
        network.probes,
        (user_s + system_s) / elapsed_s,
        user_s / elapsed_s,
        len(late),
        max(network.late_s) * 1000,
        len(network.late_s),
    )


async def _trace(network: Punctual, number: int, explored: asyncio.Future[None]) -> None:
    # Not all at the same moment: sessions begin when people begin them.
    await asyncio.sleep(INTERVAL_S * 2 * number / 1000)
    plan = TracePlan(f"10.200.{number // 250}.{number % 250 + 1}", probes_per_hop=1)
    async for _ in continuous(network, plan, INTERVAL_S, rounds=ROUNDS):
        if not explored.done():
            explored.set_result(None)
