"""Pinging without an end in sight: a result after every probe, over all probes so far."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count, islice

from probes.errors import PlanInvalid
from probes.network import Network
from probes.ping import PingPlan
from probes.results import PingResult

WINDOW = 1000


async def watch(
    network: Network, plan: PingPlan, rounds: int | None = None
) -> AsyncIterator[PingResult]:
    """Probe once a round, for ever or `rounds` times; a result covers the last 1000 probes.

    The plan says all but the count: rounds begin its interval apart.
    """
    if rounds is not None and rounds < 1:
        raise PlanInvalid(f"A ping needs at least one probe, not {rounds}.")
    single, window = replace(plan, count=1), deque[float | None](maxlen=WINDOW)
    clock = asyncio.get_running_loop().time
    for turn in islice(count(), rounds):
        began = clock()
        latest = await network.measure(single)
        window.extend(latest.rtts_ms)
        yield PingResult.of(latest.target, latest.address, tuple(window), latest.send_error)
        if turn + 1 != rounds:
            await asyncio.sleep(max(0.0, began + plan.interval_s - clock()))
