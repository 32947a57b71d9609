"""The other end of voice, agent-to-agent and throughput measurements.

It answers nobody but those whose address its policy opens (loopback unless told otherwise): to
others the connection is reset before a byte is read. Everything a caller can ask for is bounded
by `Terms`, and UDP never goes to an address that has not shown a token, see sessions.py.
"""

from __future__ import annotations

import asyncio
import ipaddress
import secrets
from dataclasses import dataclass
from typing import Self

from probes.connection import abort
from probes.errors import PlanInvalid, TargetRefused
from probes.responder.attendance import Attendance, attended
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
)
from probes.responder.sessions import GRACE_S, UdpSession
from probes.responder.threads import apart
from probes.targets import TargetPolicy

FIRST_WORD_S = 5.0
MOST_BITS_PER_S = 1_000_000_000_000
_GLANCE_S = 0.01
_BUFFER_BYTES = 1 << 18
"""For streams over TCP, which a small buffer would slow down; requests are far shorter."""

Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Asked = asyncio.Future[int]


@dataclass(frozen=True, slots=True)
class Terms:
    """What callers may ask for."""

    bits_per_s: int = 1_000_000_000
    """UDP payload of one stream; of TCP what is sent from here."""
    most_sessions: int = 64
    most_per_address: int = 16

    def __post_init__(self) -> None:
        """Refuse what would let nobody measure."""
        if not 1 <= self.bits_per_s <= MOST_BITS_PER_S:
            text = f"expected 1 to {MOST_BITS_PER_S}"
            raise PlanInvalid(f"The rate is {self.bits_per_s} bit/s: {text}.")

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
        if not 0 <= port <= 65_535:
            raise PlanInvalid(f"The port is {port}: expected 0 to 65535.")
        self.host, self.port = host, port
        self._present = Attendance(self._terms.most_sessions, self._terms.most_per_address)
        self._expected: dict[bytes, tuple[str, asyncio.Future[Pipe]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        self._server = await asyncio.start_server(
            self._welcome, self.host, self.port, limit=_BUFFER_BYTES
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
            abort(writer.transport)
            return
        self._tasks.add(task)
        try:
            with self._present.silence(writer, peer):
                async with asyncio.timeout(FIRST_WORD_S):
                    first = await reader.readline()
            await self._converse(first, peer, (reader, writer))
        except (OSError, TimeoutError, MessageInvalid, PlanInvalid, ValueError, EOFError) as error:
            _refuse(writer, error)
        except asyncio.CancelledError:
            # We are leaving: the event loop would only log what nobody is told of otherwise.
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    def _admits(self, peer: str) -> bool:
        try:
            self._policy.check(ipaddress.ip_address(peer))
        except (TargetRefused, ValueError):
            return False
        else:
            return True

    async def _converse(self, first: bytes, peer: str, streams: Pipe) -> None:
        if len(first) == 2 * TOKEN_BYTES + 1:
            await self._hand_over(first, peer, streams)
            return
        if len(first) > LONGEST_REQUEST:
            raise MessageInvalid(f"a request has {LONGEST_REQUEST} bytes at most")
        request = self._terms.check(read_request(first))
        serve = self._bytes if request.kind in OVER_TCP else self._packets
        asked: Asked = asyncio.get_running_loop().create_future()
        with self._present.session(peer):
            await attended(streams[0], asked, serve(request, asked, streams[1]))

    async def _packets(self, request: Request, asked: Asked, writer: asyncio.StreamWriter) -> None:
        token = secrets.token_bytes(TOKEN_BYTES)
        here, peer = writer.get_extra_info("sockname")[0], writer.get_extra_info("peername")[0]
        session = UdpSession(request, token, here, peer)
        serving = asyncio.create_task(apart(session.serve))
        try:
            writer.write(self._grant(session.port, token))
            wait_ms = await _asked_for_report(request, asked)
            if request.kind is Kind.UDP_SOURCE:
                await apart(session.pour)
            else:
                await _completed(session, wait_ms / 1000)
            await _report(writer, session.rows())
        finally:
            serving.cancel()

    async def _bytes(self, request: Request, asked: Asked, writer: asyncio.StreamWriter) -> None:
        token = secrets.token_bytes(TOKEN_BYTES)
        pipe: asyncio.Future[Pipe] = asyncio.get_running_loop().create_future()
        self._expected[token] = writer.get_extra_info("peername")[0], pipe
        try:
            writer.write(self._grant(self.port, token))
            async with asyncio.timeout(FIRST_WORD_S):
                source, sink = await pipe
            try:
                rows = await _bulk(request, (source, sink), self._terms.bits_per_s)
            finally:
                sink.close()
            await _asked_for_report(request, asked)
            await _report(writer, rows)
        finally:
            del self._expected[token]

    def _grant(self, port: int, token: bytes) -> bytes:
        return Grant(port, token, machine_digest(token), self._terms.bits_per_s).line()

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


async def _asked_for_report(request: Request, asked: Asked) -> int:
    async with asyncio.timeout(request.duration_ms / 1000 + GRACE_S):
        return await asked


async def _completed(session: UdpSession, wait_s: float) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + wait_s
    # Packets are counted by the session's thread, which no event of this loop could wait for.
    while not session.complete and loop.time() < until:  # noqa: ASYNC110
        await asyncio.sleep(_GLANCE_S)


async def _report(writer: asyncio.StreamWriter, rows: list[list[int]]) -> None:
    writer.write(line({"rows": rows}))
    async with asyncio.timeout(GRACE_S):
        await writer.drain()


def _token(word: bytes) -> bytes:
    try:
        return bytes.fromhex(word.decode("ascii"))
    except ValueError:
        return b""


def _refuse(writer: asyncio.StreamWriter, error: Exception) -> None:
    if isinstance(error, MessageInvalid | PlanInvalid) and not writer.is_closing():
        writer.write(line({"error": str(error)[:200]}))
