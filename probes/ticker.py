"""A list of things to do at given times, done in batches at most every few milliseconds."""

import asyncio
import heapq
from collections.abc import Callable
from itertools import count

Action = Callable[[], None]

TICK_S = 0.005
LARGEST_BATCH = 256


class Ticker:
    """Runs actions when due; one wake-up a tick serves all of them.

    A wake-up for every single probe costs ten times the processor time of sending it.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._heap: list[tuple[float, int, Action]] = []
        self._order = count()
        # Kept beside the handle, because a handle of uvloop's does not tell its time.
        self._wake: asyncio.TimerHandle | None = None
        self._wake_at = 0.0
        self._not_before = 0.0
        self._ticking = False

    def now(self) -> float:
        """Seconds on the event loop's clock."""
        return self._loop.time()

    def at(self, when: float, action: Action) -> None:
        """Do this at that time, or up to a tick later."""
        heapq.heappush(self._heap, (when, next(self._order), action))
        if not self._ticking:
            self._arm()

    def close(self) -> None:
        """Forget everything that was still to be done."""
        self._heap.clear()
        if self._wake:
            self._wake.cancel()
            self._wake = None

    def _arm(self) -> None:
        if not self._heap:
            return
        when = max(self._heap[0][0], self._not_before)
        if self._wake and self._wake_at <= when:
            return
        if self._wake:
            self._wake.cancel()
        self._wake, self._wake_at = self._loop.call_at(when, self._tick), when

    def _tick(self) -> None:
        self._wake = None
        began = self.now()
        self._not_before = began + TICK_S
        self._ticking = True
        try:
            self._act(began)
        finally:
            self._ticking = False
            self._arm()

    def _act(self, began: float) -> None:
        # The limit leaves the loop time to read answers before the receive buffer is full.
        for _ in range(LARGEST_BATCH):
            if not self._heap or self._heap[0][0] > began:
                break
            _, _, action = heapq.heappop(self._heap)
            action()
        else:
            self._not_before = began
