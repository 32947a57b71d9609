"""One HTTP/1.1 connection to the upstream: h11 decides, asyncio's streams carry."""

from __future__ import annotations

import asyncio
from typing import Any

import h11

_CHUNK = 2**16
_LONGEST_HEAD = 2**18


class Connection:
    """Sends a request and reads its answer; used again if both ended well.

    `used` counts the exchanges that it has carried; `idle_since_s` is a time of the loop's clock.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take an open connection."""
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self.used = 0
        self.idle_since_s = 0.0

    async def send(self, *events: Any) -> None:
        """Send events of h11, and wait while the other side does not read."""
        self._writer.write(b"".join(self._http.send(event) or b"" for event in events))
        await self._writer.drain()

    async def event(self, timeout_s: float) -> Any:
        """Return the next event; TimeoutError if nothing comes for so long."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            async with asyncio.timeout(timeout_s):
                content = await self._reader.read(_CHUNK)
            self._http.receive_data(content)
        return event

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended it, as far as is known."""
        return not (self._writer.is_closing() or self._reader.at_eof())

    def is_ready_again(self) -> bool:
        """Say whether another exchange may follow, and prepare for it."""
        states = {self._http.our_state, self._http.their_state}
        if states != {h11.DONE} or not self.is_open:
            return False
        self._http.start_next_cycle()
        self.used += 1
        return True

    def close(self) -> None:
        """End it at once: whoever waits for something from it learns that."""
        self._writer.transport.abort()
