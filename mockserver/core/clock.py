"""The one source of time: the system's clock, one moved by hand, one that does both."""

from __future__ import annotations

import asyncio
import heapq
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

_LONGEST_WAIT_S = 86_400.0  # event loops refuse alarms of years


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
        await let_others_run()
        while self._sleepers and self._sleepers[0][0] <= end_ms:
            at_ms, _, wake = heapq.heappop(self._sleepers)
            self._now_ms = max(self._now_ms, at_ms)
            if not wake.done():
                wake.set_result(None)
            await let_others_run()
        self._now_ms = end_ms


class MovableClock:
    """A clock that runs with real time, and can be frozen, set, moved ahead and sped up.

    To be moved and slept on within one event loop; told the time from any thread. Sleepers wake in
    the order of their time, each at its own moment, whether time came to it or was moved there.
    """

    def __init__(
        self, start_ms: int | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin to run at `start_ms`, by default now; `monotonic` tells real seconds."""
        self._monotonic = monotonic
        begins_ms = time.time_ns() // 1_000_000 if start_ms is None else start_ms
        # The time that it was when the pace was last changed, and when that was in real seconds.
        self._since = _Since(float(begins_ms), monotonic(), 1.0)
        self._order = 0
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._alarm: asyncio.TimerHandle | None = None

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        since = self._since  # one look: another thread may move it meanwhile
        return int(since.at_ms + (self._monotonic() - since.real_s) * since.speed * 1000)

    @property
    def speed(self) -> float:
        """How many seconds of this clock pass in a real one; 0 while it is frozen."""
        return self._since.speed

    async def sleep(self, delay_s: float) -> None:
        """Return once `delay_s` seconds of this clock have passed."""
        wake = asyncio.get_running_loop().create_future()
        self._order += 1
        heapq.heappush(self._sleepers, (self.now_ms() + round(delay_s * 1000), self._order, wake))
        self._set_alarm()
        await wake

    def run(self, speed: float = 1.0) -> None:
        """Go on from now, `speed` times as fast as real time; ValueError below 0."""
        if not 0 <= speed < math.inf:
            raise ValueError(f"a clock runs at a speed of 0 or more: received {speed}")
        self._since = _Since(float(self.now_ms()), self._monotonic(), speed)
        self._set_alarm()

    def freeze(self) -> None:
        """Stand still."""
        self.run(0.0)

    def set(self, at_ms: int) -> None:
        """Make it `at_ms` from now on, and wake all whose time has come."""
        self._since = _Since(float(at_ms), self._monotonic(), self._since.speed)
        self._ring()

    async def advance(self, by_s: float) -> None:
        """Move ahead by `by_s` seconds, waking each sleeper at its own moment, then go on."""
        if by_s < 0:
            raise ValueError(f"a clock advances by 0 s or more: received {by_s}")
        speed, end_ms = self._since.speed, self.now_ms() + round(by_s * 1000)
        # Meanwhile it stands still at each moment, so that who wakes then is told that very time.
        self.freeze()
        try:
            await let_others_run()
            while self._sleepers and self._sleepers[0][0] <= end_ms:
                self.set(max(self.now_ms(), self._sleepers[0][0]))
                await let_others_run()
            self.set(max(self.now_ms(), end_ms))
        finally:
            self.run(speed)

    def _wake_due(self) -> None:
        now_ms = self.now_ms()
        while self._sleepers and self._sleepers[0][0] <= now_ms:
            _, _, wake = heapq.heappop(self._sleepers)
            if not wake.done():
                wake.set_result(None)

    def _ring(self) -> None:
        self._wake_due()
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if not self._sleepers or not self._since.speed:
            return
        # A millisecond late rather than early: then it is due.
        wait_s = (self._sleepers[0][0] - self.now_ms() + 1) / 1000 / self._since.speed
        loop = self._sleepers[0][2].get_loop()
        self._alarm = loop.call_later(min(max(0.0, wait_s), _LONGEST_WAIT_S), self._ring)


@dataclass(frozen=True, slots=True)
class _Since:
    """A moment of a clock, the real second of it, and how fast the clock runs from there."""

    at_ms: float
    real_s: float
    speed: float


async def let_others_run() -> None:
    """Give way until tasks that were woken sleep again: they may need several turns for it."""
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
