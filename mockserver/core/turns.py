"""A bound on how much goes on at once, shared fairly among those who ask."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Lets `places` work at once; who waits comes in order, the askers by turns.

    So one who asks ten thousand times delays another one by a single piece of work.
    """

    def __init__(self, places: int) -> None:
        """Begin with all places free."""
        self._free = places
        self._queues: dict[str, deque[asyncio.Future[None]]] = {}

    @property
    def waiting(self) -> int:
        """Return how many wait for a place."""
        return sum(map(len, self._queues.values()))

    @asynccontextmanager
    async def of(self, asker: str) -> AsyncIterator[None]:
        """Hold a place for the length of a block."""
        await self._take(asker)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, asker: str) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._queues.setdefault(asker, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back()  # it came at the very moment
            else:
                self._leave(asker, turn)
            raise

    def _leave(self, asker: str, turn: asyncio.Future[None]) -> None:
        queue = self._queues.get(asker, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._queues.pop(asker, None)

    def _give_back(self) -> None:
        while self._queues:
            asker = next(iter(self._queues))
            queue = self._queues.pop(asker)
            turn = queue.popleft()
            if queue:
                self._queues[asker] = queue  # now the last of the askers
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
