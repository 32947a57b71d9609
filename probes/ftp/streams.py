"""Streams that know when their first and last byte came."""

import asyncio
import socket
from contextlib import suppress
from ssl import SSLContext
from time import perf_counter
from typing import Any

from probes.connection import abort

LONGEST_LINE = 4096
BLOCK_BYTES = 1 << 16


class StampedReader(asyncio.StreamReader):
    """Stamps bytes as they come from the event loop, however late somebody reads them.

    Stamps are seconds of `perf_counter`. Without TLS they are what the socket gave; with TLS
    what was decrypted. The last byte is the one that makes `stop_at` bytes, if that many come.
    """

    def __init__(self, limit: int, stop_at: int | None = None) -> None:
        super().__init__(limit, asyncio.get_running_loop())
        self._stop_at = stop_at
        self.first_s: float | None = None
        self.last_s: float | None = None
        self.ended_s: float | None = None
        self.fed = 0

    def feed_data(self, data: Any) -> None:
        """Note the time, then do what a reader does."""
        now_s = perf_counter()
        self.first_s = self.first_s or now_s
        if self._stop_at is None or self.fed < self._stop_at:
            self.last_s = now_s
        self.fed += len(data)
        super().feed_data(data)

    def feed_eof(self) -> None:
        """Note the time, then do what a reader does."""
        self.ended_s = self.ended_s or perf_counter()
        super().feed_eof()


async def streams_over(
    opened: socket.socket, limit: int, stop_at: int | None = None
) -> tuple[StampedReader, asyncio.StreamWriter]:
    """Turn a connected socket into a pair of streams."""
    loop = asyncio.get_running_loop()
    reader = StampedReader(limit, stop_at)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    try:
        transport, _ = await loop.create_connection(lambda: protocol, sock=opened)
    except BaseException:
        opened.close()
        raise
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def encrypt(writer: asyncio.StreamWriter, context: SSLContext, name: str) -> None:
    """Go on in TLS; `name` is what the certificate must be for."""
    await writer.start_tls(context, server_hostname=name)


async def hang_up(*writers: asyncio.StreamWriter | None) -> None:
    """Close within a second, whatever the peer does about it."""
    open_ones = [writer for writer in writers if writer]
    try:
        for writer in open_ones:
            writer.close()
            with suppress(OSError, EOFError):
                await asyncio.wait_for(writer.wait_closed(), 1)
    finally:
        for writer in open_ones:
            abort(writer.transport)
