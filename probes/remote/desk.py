"""Where answers are looked for: one question to the database for all who wait at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from saq.job import Job

GLANCE_S = 0.2
"""How long questions are gathered before one is asked for all of them."""

Fetch = Callable[[Sequence[str]], Awaitable[list[Job | None]]]


class Desk:
    """Looks at the letters of one queue."""

    def __init__(self, fetch: Fetch) -> None:
        """Ask `fetch` for letters by their keys."""
        self._fetch = fetch
        self._asked: dict[str, asyncio.Future[Job | None]] = {}
        self._round: asyncio.Task[None] | None = None

    async def look(self, key: str) -> Job | None:
        """Return the letter as it soon will be, None if there is none; raises what asking does."""
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[Job | None] = loop.create_future()
        self._asked[key] = asked
        if self._round is None:
            self._round = loop.create_task(self._go_round())
        return await asked

    async def _go_round(self) -> None:
        await asyncio.sleep(GLANCE_S)
        asked, self._asked, self._round = self._asked, {}, None
        keys = [key for key, answer in asked.items() if not answer.done()]
        try:
            found = dict(zip(keys, await self._fetch(keys), strict=True))
        except Exception as error:  # noqa: BLE001 - each of those who asked is told
            for answer in _open(asked):
                answer.set_exception(error)
        else:
            for key in keys:
                if not asked[key].done():
                    asked[key].set_result(found[key])


def _open(asked: dict[str, asyncio.Future[Job | None]]) -> list[asyncio.Future[Job | None]]:
    return [answer for answer in asked.values() if not answer.done()]
