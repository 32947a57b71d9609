"""Pinging without an end in sight: a result after every probe, over all probes so far."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import replace

from probes.errors import PlanInvalid
from probes.network import Network
from probes.ping import PingPlan
from probes.results import PingResult

WINDOW = 1000


async def watch(
    network: Network, plan: PingPlan, rounds: int | None = None, window: int = WINDOW
) -> AsyncIterator[PingResult]:
    """Probe once a round, for ever or `rounds` times; a result covers the last `window` probes.

    The plan says all but the count: rounds begin its interval apart, however long an answer
    stays out, so that an outage is sampled like any other time. Results come in that order.
    """
    if rounds is not None and rounds < 1:
        raise PlanInvalid(f"A ping needs at least one probe, not {rounds}.")
    # Bounded, so that nobody sends without end to somebody who has stopped looking.
    under_way: asyncio.Queue[asyncio.Task[PingResult] | None] = asyncio.Queue(WINDOW)
    sender = asyncio.create_task(_send(network, replace(plan, count=1), rounds, under_way))
    seen, not_sent = deque[float | None](maxlen=window), 0
    try:
        while task := await under_way.get():
            latest = await task
            seen.extend(latest.rtts_ms)
            not_sent += latest.not_sent
            sent = (tuple(seen), latest.send_error, not_sent)
            yield PingResult.of(latest.target, latest.address, *sent)
    finally:
        await _stop(sender, under_way)


async def _send(
    network: Network,
    plan: PingPlan,
    rounds: int | None,
    under_way: asyncio.Queue[asyncio.Task[PingResult] | None],
) -> None:
    clock = asyncio.get_running_loop().time
    due, turn = clock(), 0
    while rounds is None or turn < rounds:
        await under_way.put(asyncio.create_task(network.measure(plan)))
        turn += 1
        due = max(due + plan.interval_s, clock() - plan.interval_s)
        if turn != rounds:
            await asyncio.sleep(max(0.0, due - clock()))
    await under_way.put(None)


async def _stop(
    sender: asyncio.Task[None], under_way: asyncio.Queue[asyncio.Task[PingResult] | None]
) -> None:
    tasks = [sender, *(under_way.get_nowait() for _ in range(under_way.qsize()))]
    for task in filter(None, tasks):
        task.cancel()
    await asyncio.gather(*filter(None, tasks), return_exceptions=True)
