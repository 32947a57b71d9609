"""Who calls a responder: how many may at a time, and that they are still there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from probes.connection import abort
from probes.responder.messages import MessageInvalid, read_wait_ms


class Attendance:
    """Counts sessions, and the callers who have yet to say what they want.

    A connection that says nothing takes no session from anybody: where there are too many of
    them, the one that has been silent for longest is dropped.
    """

    def __init__(self, most: int, most_per_address: int) -> None:
        self._most, self._most_per_address = most, most_per_address
        self._sessions: Counter[str] = Counter()
        self._silent: dict[asyncio.StreamWriter, str] = {}

    @contextmanager
    def session(self, peer: str) -> Iterator[None]:
        """Take one of the sessions, or raise MessageInvalid that says how many there are."""
        here, most = self._sessions[peer], self._most_per_address
        if here >= most:
            raise MessageInvalid(f"busy: {here} sessions of your address, {most} at most")
        if (total := self._sessions.total()) >= self._most:
            raise MessageInvalid(f"busy: {total} sessions, {self._most} at most")
        self._sessions[peer] += 1
        try:
            yield
        finally:
            self._sessions -= Counter([peer])

    @contextmanager
    def silence(self, writer: asyncio.StreamWriter, peer: str) -> Iterator[None]:
        """Wait within for a caller's first word; the connection is reset if others need room."""
        self._make_room(peer)
        self._silent[writer] = peer
        try:
            yield
        finally:
            self._silent.pop(writer, None)

    def _make_room(self, peer: str) -> None:
        of_peer = [writer for writer, whose in self._silent.items() if whose == peer]
        if len(of_peer) >= self._most_per_address:
            self._drop(of_peer[0])
        elif len(self._silent) >= self._most:
            self._drop(next(iter(self._silent)))

    def _drop(self, writer: asyncio.StreamWriter) -> None:
        del self._silent[writer]
        abort(writer.transport)


async def attended(
    reader: asyncio.StreamReader, asked: asyncio.Future[int], work: Coroutine[Any, Any, None]
) -> None:
    """Work while the caller listens; `asked` will be the `wait_ms` of the wish for a report.

    Raises ConnectionResetError when the caller hangs up, MessageInvalid for odd words.
    """
    hearing = asyncio.create_task(_hear(reader, asked))
    working = asyncio.create_task(work)
    both = hearing, working
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        await (working if working.done() else hearing)
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)


async def _hear(reader: asyncio.StreamReader, asked: asyncio.Future[int]) -> None:
    if word := await reader.readline():
        asked.set_result(read_wait_ms(word))
        if await reader.read(1):
            raise MessageInvalid("nothing was due after the wish for a report")
    raise ConnectionResetError
