"""Who is due when: buckets of one tick each, so that the next one is found without a search."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Timetable(Generic[K]):
    """Keys by the tick at which they are due; a time between two ticks belongs to the later."""

    def __init__(self, tick_ms: int) -> None:
        """Let ticks be `tick_ms` apart."""
        self._tick_ms = tick_ms
        self._ticks: list[int] = []
        self._buckets: dict[int, dict[K, None]] = {}
        self._tick_of: dict[K, int] = {}

    def put(self, key: K, due_ms: int) -> None:
        """Make `key` due at that time and at no other."""
        self.drop(key)
        tick = -(-due_ms // self._tick_ms)
        if tick not in self._buckets:
            self._buckets[tick] = {}
            heapq.heappush(self._ticks, tick)
        self._buckets[tick][key] = None
        self._tick_of[key] = tick

    def drop(self, key: K) -> None:
        """Make `key` not due at all; nothing happens if it never was."""
        tick = self._tick_of.pop(key, None)
        if tick is not None:
            del self._buckets[tick][key]

    @property
    def first_ms(self) -> int | None:
        """Return the next tick at which anybody is due, None if nobody is."""
        while self._ticks and not self._buckets[self._ticks[0]]:
            del self._buckets[heapq.heappop(self._ticks)]
        return self._ticks[0] * self._tick_ms if self._ticks else None

    def take(self, now_ms: int) -> Iterator[tuple[int, list[K]]]:
        """Yield each tick up to now with those due at it, who are not due any more then."""
        while (first_ms := self.first_ms) is not None and first_ms <= now_ms:
            keys = list(self._buckets.pop(heapq.heappop(self._ticks)))
            for key in keys:
                del self._tick_of[key]
            yield first_ms, keys
