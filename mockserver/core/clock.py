"""The one source of time: the system's clock, or one that is moved by hand."""

from __future__ import annotations

import asyncio
import heapq
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits for a time to come."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""

    async def sleep(self, delay_s: float) -> None:
        """Return once `delay_s` seconds of this clock have passed."""


class SystemClock:
    """The machine's own time."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return time.time_ns() // 1_000_000

    async def sleep(self, delay_s: float) -> None:
        """Return once `delay_s` seconds have passed."""
        await asyncio.sleep(delay_s)


class ManualClock:
    """A clock that stands still until `advance` moves it; sleepers wake in order of their time."""

    def __init__(self, start_ms: int = 1_767_225_600_000) -> None:
        """Begin at `start_ms`, by default 2026-01-01T00:00:00Z."""
        self._now_ms = start_ms
        self._order = 0
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return self._now_ms

    async def sleep(self, delay_s: float) -> None:
        """Return once the clock has been advanced by `delay_s` seconds."""
        wake = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._sleepers, (self._now_ms + round(delay_s * 1000), self._order, wake))
        await wake

    async def advance(self, by_s: float) -> None:
        """Move on by `by_s` seconds, waking each sleeper at its own moment."""
        end_ms = self._now_ms + round(by_s * 1000)
        await self._let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end_ms:
            at_ms, _, wake = heapq.heappop(self._sleepers)
            self._now_ms = max(self._now_ms, at_ms)
            if not wake.done():
                wake.set_result(None)
            await self._let_others_run()
        self._now_ms = end_ms

    async def _let_others_run(self) -> None:
        # A woken task may need several turns of the loop before it sleeps again.
        for _ in range(20):
            await asyncio.sleep(0)


def rfc3339(at_ms: int) -> str:
    """Word a time as RFC 3339 in UTC with milliseconds, e.g. `2026-01-01T00:00:00.000Z`."""
    # isoformat is ten times faster than strftime, and answers are full of times.
    moment = datetime.fromtimestamp(at_ms // 1000, UTC).isoformat()[:19]
    return f"{moment}.{at_ms % 1000:03d}Z"


def rfc3339_seconds(at_ms: int) -> str:
    """Word a time as RFC 3339 in UTC without a fraction, e.g. `2026-01-01T00:00:00Z`."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).isoformat()[:19] + "Z"


def utc_datetime(at_ms: int) -> str:
    """Word a time as `YYYY-MM-DD HH:MM:SS` in UTC, the form that ThousandEyes v6 uses."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).isoformat(" ")[:19]
