"""Work that may block, in a thread of its own, and packets sent on time by such a thread."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import TypeVar

T = TypeVar("T")

TICK_NS = 1_000_000
_LONGEST_NAP_NS = 50_000_000


async def apart(work: Callable[[Event], T]) -> T:
    """Run the work in a new thread and wait for it; it is told to stop when we are cancelled.

    Not the loop's own pool, which is small: a stream would wait for another to end.
    """
    loop = asyncio.get_running_loop()
    over: asyncio.Future[T] = loop.create_future()
    stop = Event()
    Thread(target=_carry_out, args=(work, stop, loop, over), daemon=True).start()
    try:
        return await over
    finally:
        stop.set()


def _carry_out(
    work: Callable[[Event], T],
    stop: Event,
    loop: asyncio.AbstractEventLoop,
    over: asyncio.Future[T],
) -> None:
    def settle() -> None:
        if over.done():
            return
        if error is None:
            over.set_result(outcome)
        else:
            over.set_exception(error)

    error = None
    try:
        outcome = work(stop)
    except Exception as failed:  # noqa: BLE001 - whatever it was, who waits is to get it
        error = failed
    # The loop may be closed by now.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(settle)


def send_on_time(count: int, interval_ns: int, send: Callable[[int], None], stop: Event) -> None:
    """Call `send` with 0, 1, 2 …, an interval apart, by the steady clock and without drift.

    Intervals below 1 ms are kept on average: what is due goes out once a millisecond, since to
    wake up for every packet would cost more than to send it.
    """
    began_ns = time.monotonic_ns()
    tick_ns = TICK_NS if interval_ns < TICK_NS else 1
    for number in range(count):
        due_ns = began_ns + -(-number * interval_ns // tick_ns) * tick_ns
        while (left_ns := due_ns - time.monotonic_ns()) > 0:
            time.sleep(min(left_ns, _LONGEST_NAP_NS) / 1e9)
            if stop.is_set():
                return
        send(number)
        if stop.is_set():
            return
