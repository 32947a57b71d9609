"""The data connection's part: a download, a listing or an upload."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from probes.connection import abort
from probes.ftp.client import PinnedClient
from probes.ftp.plan import FtpPlan, FtpRequest
from probes.ftp.streams import BLOCK_BYTES, StampedReader, hang_up

MOST_LISTED = 1000
LONGEST_LISTED = 500
MOST_KEPT_BYTES = 1 << 18

_PATTERN = bytes(range(256))


def content(size: int) -> Iterator[bytes]:
    """Give what an upload sends, in blocks: 0 to 255 over and over."""
    block = _PATTERN * (BLOCK_BYTES // len(_PATTERN))
    for offset in range(0, size, BLOCK_BYTES):
        yield block[: min(BLOCK_BYTES, size - offset)]


@dataclass(slots=True)
class Transfer:
    """Carries out the plan's request on a client that has logged in."""

    plan: FtpPlan
    client: PinnedClient
    wire_bytes: int = 0
    limited: bool = False
    kept: bytearray = field(default_factory=bytearray)

    async def run(self) -> None:
        """Ask for a data connection, give the command, move the bytes, read the last reply."""
        listing = self.plan.request is FtpRequest.LIST
        reader, writer = await self.client.open_data("A" if listing else "I")
        marks = self.client.marks
        marks.reach("asked")
        marks.phase = "wait"
        await self.client.command(self._command(), "1xx")
        move = self._send if self.plan.request is FtpRequest.UPLOAD else self._receive
        try:
            await move(reader, writer)
        except ConnectionError:
            # Why the server broke off it says, if it does, on the other connection.
            with suppress(TimeoutError):
                await asyncio.wait_for(self.client.command(None, "2xx", "1xx"), 1)
            raise

    @property
    def listing(self) -> tuple[str, ...]:
        """The lines that a listing brought."""
        if self.plan.request is not FtpRequest.LIST:
            return ()
        lines = self.kept.decode("utf-8", "replace").splitlines()
        return tuple(line[:LONGEST_LISTED] for line in lines[:MOST_LISTED])

    def _command(self) -> str:
        file = self.plan.location.file
        return {
            FtpRequest.DOWNLOAD: f"RETR {file}",
            FtpRequest.UPLOAD: f"STOR {file or 'probe.bin'}",
            FtpRequest.LIST: f"LIST {file}".strip(),
        }[self.plan.request]

    async def _receive(self, reader: StampedReader, writer: asyncio.StreamWriter) -> None:
        await self.client.encrypt_data(writer)
        limit, marks = self.plan.download_limit_bytes, self.client.marks
        while block := await reader.read(BLOCK_BYTES):
            marks.phase = "transfer"
            self._take(block)
            if limit is not None and self.wire_bytes >= limit:
                return await self._break_off(reader, writer, limit)
        self._mark(reader)
        await hang_up(writer)
        await self.client.command(None, "2xx", "1xx")
        return None

    def _take(self, block: bytes) -> None:
        self.wire_bytes += len(block)
        if self.plan.request is FtpRequest.LIST and len(self.kept) < MOST_KEPT_BYTES:
            self.kept += block

    async def _break_off(
        self, reader: StampedReader, writer: asyncio.StreamWriter, limit: int
    ) -> None:
        self.wire_bytes, self.limited = limit, True
        del self.kept[limit:]
        self._mark(reader)
        abort(writer.transport)
        # Enough was enough: whether the server calls it 226 or 426 does not matter.
        await self.client.command(None, ("2xx", "4xx", "5xx"), "1xx")

    def _mark(self, reader: StampedReader) -> None:
        """Note when the bytes came; for none at all both moments are the end of the stream."""
        marks = self.client.marks
        marks.reach("first", reader.first_s or reader.ended_s)
        marks.reach("last", reader.last_s or reader.ended_s)

    async def _send(self, _: StampedReader, writer: asyncio.StreamWriter) -> None:
        marks = self.client.marks
        marks.reach("first")
        marks.phase = "transfer"
        await self.client.encrypt_data(writer)
        for block in content(self.plan.upload_bytes):
            writer.write(block)
            await writer.drain()
            self.wire_bytes += len(block)
        writer.close()
        await self.client.command(None, "2xx", "1xx")
        marks.reach("last")
