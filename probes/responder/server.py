"""The other end of voice, agent-to-agent and throughput measurements.

It answers nobody but those whose address its policy opens (loopback unless told otherwise): to
others the connection is reset before a byte is read. Everything a caller can ask for is bounded
by `Terms`, and UDP never goes to an address that has not shown a token, see sessions.py.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import Self

from probes.errors import PlanInvalid, TargetRefused
from probes.responder.bulk import drink, pour
from probes.responder.messages import (
    DEFAULT_PORT,
    LONGEST_REQUEST,
    OVER_TCP,
    TOKEN_BYTES,
    Grant,
    Kind,
    MessageInvalid,
    Request,
    line,
    machine_digest,
    read_request,
    read_wait_ms,
)
from probes.responder.sessions import GRACE_S, UdpSession
from probes.responder.threads import apart
from probes.targets import TargetPolicy

FIRST_WORD_S = 5.0
_GLANCE_S = 0.01

Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Terms:
    """What callers may ask for."""

    bits_per_s: int = 1_000_000_000
    """UDP payload of one stream."""
    most_sessions: int = 64
    most_per_address: int = 16

    def check(self, request: Request) -> Request:
        """Return the request, or raise MessageInvalid."""
        if request.bits_per_s > self.bits_per_s:
            asked, most = round(request.bits_per_s), self.bits_per_s
            raise MessageInvalid(f"{asked} bit/s are asked for, and {most} are the most here")
        return request


class Responder:
    """Listens from entering to leaving; `port` is then known even if 0 was asked for."""

    def __init__(
        self,
        policy: TargetPolicy | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = DEFAULT_PORT,
        terms: Terms | None = None,
    ) -> None:
        self._policy = policy or TargetPolicy()
        self._terms = terms or Terms()
        self.host, self.port = host, port
        self._here: Counter[str] = Counter()
        self._expected: dict[bytes, tuple[str, asyncio.Future[Pipe]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._server = await asyncio.start_server(
            self._welcome, self.host, self.port, limit=LONGEST_REQUEST
        )
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        """End every session."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        peer = str(writer.get_extra_info("peername")[0])
        if task is None or not self._admits(peer):
            writer.transport.abort()
            return
        self._tasks.add(task)
        self._here[peer] += 1
        try:
            await self._converse(reader, writer, peer)
        except (OSError, TimeoutError, MessageInvalid, PlanInvalid, ValueError, EOFError) as error:
            _refuse(writer, error)
        finally:
            self._here -= Counter([peer])
            self._tasks.discard(task)
            writer.close()

    def _admits(self, peer: str) -> bool:
        try:
            self._policy.check(ipaddress.ip_address(peer))
        except (TargetRefused, ValueError):
            return False
        return (
            self._here.total() < self._terms.most_sessions
            and self._here[peer] < self._terms.most_per_address
        )

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str
    ) -> None:
        first = await asyncio.wait_for(reader.readline(), FIRST_WORD_S)
        if len(first) == 2 * TOKEN_BYTES + 1:
            await self._hand_over(first, peer, (reader, writer))
            return
        request = self._terms.check(read_request(first))
        if request.kind in OVER_TCP:
            await self._bytes(request, reader, writer)
        else:
            await self._packets(request, reader, writer)

    async def _packets(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        token = secrets.token_bytes(TOKEN_BYTES)
        here, peer = writer.get_extra_info("sockname")[0], writer.get_extra_info("peername")[0]
        session = UdpSession(request, token, here, peer)
        serving = asyncio.create_task(apart(session.serve))
        try:
            writer.write(Grant(session.port, token, machine_digest(token)).line())
            wait_ms = await _asked_for_report(request, reader)
            if request.kind is Kind.UDP_SOURCE:
                await apart(session.pour)
            else:
                await _completed(session, wait_ms / 1000)
            await _report(writer, session.rows())
        finally:
            serving.cancel()

    async def _bytes(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        token = secrets.token_bytes(TOKEN_BYTES)
        pipe: asyncio.Future[Pipe] = asyncio.get_running_loop().create_future()
        self._expected[token] = writer.get_extra_info("peername")[0], pipe
        try:
            writer.write(Grant(self.port, token, machine_digest(token)).line())
            source, sink = await asyncio.wait_for(pipe, FIRST_WORD_S)
            try:
                rows = await _bulk(request, (source, sink), self._terms.bits_per_s)
            finally:
                sink.close()
            await _asked_for_report(request, reader)
            await _report(writer, rows)
        finally:
            del self._expected[token]

    async def _hand_over(self, word: bytes, peer: str, pipe: Pipe) -> None:
        """Give a second connection to the session whose token it begins with."""
        owner, waiting = self._expected.get(_token(word), (None, None))
        if waiting is None or owner != peer or waiting.done():
            raise MessageInvalid("nobody waits for this token")
        waiting.set_result(pipe)
        await pipe[1].wait_closed()


async def _bulk(request: Request, pipe: Pipe, bits_per_s: int) -> list[list[int]]:
    duration_s = request.duration_ms / 1000
    if request.kind is Kind.TCP_SINK:
        return await drink(pipe[0], duration_s + GRACE_S)
    return await pour(pipe[1], duration_s, bits_per_s)


async def _asked_for_report(request: Request, reader: asyncio.StreamReader) -> int:
    patience_s = request.duration_ms / 1000 + GRACE_S
    return read_wait_ms(await asyncio.wait_for(reader.readline(), patience_s))


async def _completed(session: UdpSession, wait_s: float) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    # Packets are counted by the session's thread, which no event of this loop could wait for.
    while not session.complete and loop.time() < until:  # noqa: ASYNC110
        await asyncio.sleep(_GLANCE_S)


async def _report(writer: asyncio.StreamWriter, rows: list[list[int]]) -> None:
    writer.write(line({"rows": rows}))
    await asyncio.wait_for(writer.drain(), GRACE_S)


def _token(word: bytes) -> bytes:
    try:
        return bytes.fromhex(word.decode("ascii"))
    except ValueError:
        return b""


def _refuse(writer: asyncio.StreamWriter, error: Exception) -> None:
    if isinstance(error, MessageInvalid | PlanInvalid) and not writer.is_closing():
        writer.write(line({"error": str(error)[:200]}))
