"""Bytes over TCP as fast as they go, for a time, and the kernel's view of the connection."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from contextlib import suppress

from probes.connection import abort
from probes.responder.tally import Second, Tally

CHUNK_BYTES = 1 << 17
_READ_BYTES = 1 << 18
SO_MAX_PACING_RATE = 47
_INFO = struct.Struct("@8B24I")
_RTT, _VARIANCE, _WINDOW, _RETRANSMITTED = 23, 24, 26, 31


async def drink(reader: asyncio.StreamReader, patience_s: float) -> list[list[int]]:
    """Read until the end of the stream, or for so long; a row a second, see `tally.Second`."""
    tally = Tally(0)
    # Not wait_for: before Python 3.12 it may swallow that we are cancelled.
    with suppress(OSError):
        async with asyncio.timeout(patience_s):
            while chunk := await reader.read(_READ_BYTES):
                tally.note_bytes(len(chunk), time.time_ns())
    return tally.rows()


async def pour(
    writer: asyncio.StreamWriter, duration_s: float, bits_per_s: int
) -> list[list[int]]:
    """Write for so long, then end the stream; a row a second of what the kernel has taken.

    The kernel paces the connection to `bits_per_s` at most.

    A row is: second, retransmissions so far, bytes, smoothed round trip in us, congestion window
    in segments, deviation of the round trip in us, when the second began and ended, and 0.
    """
    rows: list[list[int]] = []
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, struct.pack("@Q", bits_per_s // 8))
    loop = asyncio.get_running_loop()
    began, chunk = loop.time(), bytes(CHUNK_BYTES)
    until = began + duration_s
    try:
        while loop.time() < until:
            second = _second(rows, int(loop.time() - began))
            writer.write(chunk)
            async with asyncio.timeout(max(0.1, until - loop.time())):
                await writer.drain()
            second[2] += len(chunk)
            _look(sock, second)
        if writer.can_write_eof():
            writer.write_eof()
    except (TimeoutError, OSError):
        # What the receiver counted is what holds; a stream that is stuck ends here.
        abort(writer.transport)
    return rows


def _second(rows: list[list[int]], number: int) -> list[int]:
    if not rows or rows[-1][0] < number:
        now_ns = time.time_ns()
        rows.append(Second(number, first_ns=now_ns, last_ns=now_ns).row())
    return rows[-1]


def _look(sock: socket.socket, row: list[int]) -> None:
    content = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size)
    info = _INFO.unpack(content.ljust(_INFO.size, b"\0"))
    row[1], row[3], row[4], row[5] = (
        info[_RETRANSMITTED],
        info[_RTT],
        info[_WINDOW],
        info[_VARIANCE],
    )
    row[7] = time.time_ns()
