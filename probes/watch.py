"""Pinging without an end in sight: a result after every probe, over all probes so far."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from itertools import count, islice

from probes.network import Network
from probes.ping import PingPlan
from probes.plan import EchoPlan
from probes.results import PingResult

WINDOW = 1000


async def watch(
    network: Network,
    target: str,
    *,
    rounds: int | None,
    interval_s: float,
    timeout_s: float,
) -> AsyncIterator[PingResult]:
    """Probe once a round, for ever or `rounds` times; a result covers the last 1000 probes."""
    EchoPlan(1 if rounds is None else rounds, interval_s, timeout_s)
    window: deque[float | None] = deque(maxlen=WINDOW)
    clock = asyncio.get_running_loop().time
    for turn in islice(count(), rounds):
        began = clock()
        latest = await network.measure(PingPlan(target, 1, interval_s, timeout_s))
        window.extend(latest.rtts_ms)
        yield PingResult.of(latest.target, latest.address, tuple(window), latest.send_error)
        if turn + 1 != rounds:
            await asyncio.sleep(max(0.0, began + interval_s - clock()))
