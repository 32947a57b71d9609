"""How many packets a second the simulated internet carries in this process."""

from __future__ import annotations

import asyncio
import time

from probes import PingPlan, SimulatedNetwork

_TARGETS, _COUNT = 100, 500


def packets_per_s() -> float:
    """Ping a hundred hosts of a made-up internet: requests built, carried, answered, read."""
    return asyncio.run(_measured())


async def _measured() -> float:
    network = SimulatedNetwork(1)
    plans = [PingPlan(f"host{n}.example", _COUNT, 0.0) for n in range(_TARGETS)]
    await network.measure(plans[0])
    began = time.process_time()
    sent = sum([(await network.measure(plan)).sent for plan in plans])
    return sent / (time.process_time() - began)
