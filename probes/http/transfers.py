"""All HTTP transfers of one network, driven by its event loop through one libcurl multi handle."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pycurl

from probes.errors import EngineClosed


class Transfers:
    """Kept for all exchanges, because the system's trust anchors are read once a multi handle.

    Nothing else is shared: every transfer has its own connection, and no session is resumed.
    """

    def __init__(self) -> None:
        self._multi = pycurl.AsyncCurlMulti()
        # What a challenge left open is closed when the next one leaves its own.
        self._multi.setopt(pycurl.M_MAXCONNECTS, 1)
        self._closed = False

    async def perform(self, handle: pycurl.Curl) -> pycurl.error | None:
        """Carry one transfer out and return what libcurl has against it."""
        if self._closed:
            raise EngineClosed
        try:
            await self._multi.add_handle(handle)
        except pycurl.error as error:
            return error
        except asyncio.CancelledError:
            # Whoever closes the network cancels the transfer, but not the task that waits for it.
            if self._closed:
                raise EngineClosed from None
            raise
        return None

    def close(self) -> None:
        """End what is under way and close the connections."""
        self._closed = True
        # aclose is a coroutine that never waits, so its first step is its last.
        with suppress(StopIteration):
            self._multi.aclose().send(None)
