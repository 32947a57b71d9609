"""A question over TCP or TLS (RFC 7766, RFC 7858): a length of two bytes before each message."""

import asyncio
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from dns.message import Message

from probes.connection import Stopped, abort, connected, failure_of, handshake_s
from probes.dns.question import read_answer
from probes.dns.reply import Reply, Server, unanswered
from probes.errors import PacketError
from probes.failure import Failure, FailureKind


@dataclass(frozen=True, slots=True)
class Secured:
    """How TLS is spoken: the context, and the name that the certificate must bear."""

    context: ssl.SSLContext
    name: str


@dataclass(slots=True)
class Course:
    """How far a conversation has come, and when."""

    began_s: float
    phase: str = "connect"
    connect_ms: float | None = None
    tls_ms: float | None = None

    def passed_ms(self) -> float:
        """Milliseconds since the beginning."""
        return (time.perf_counter() - self.began_s) * 1000


async def ask_stream(
    server: Server, query: Message, timeout_s: float, secured: Secured | None = None
) -> Reply:
    """Connect, ask and hang up; what goes wrong on the wire is in the reply."""
    course = Course(time.perf_counter())
    try:
        async with asyncio.timeout(timeout_s):
            return await _conversation(server, query, secured, course)
    except TimeoutError:
        failure = unanswered(timeout_s, course.phase)
    except (OSError, EOFError, Stopped) as error:
        failure = failure_of(error, course.phase)
    transport = "tls" if secured else "tcp"
    return Reply(
        failure=failure,
        transport=transport,
        connect_ms=course.connect_ms,
        tls_ms=course.tls_ms,
    )


async def _conversation(
    server: Server, query: Message, secured: Secured | None, course: Course
) -> Reply:
    reader, writer = await _connection(server, secured, course)
    course.phase = "resolution"
    question, answer = query.to_wire(), b""
    try:
        writer.write(len(question).to_bytes(2, "big") + question)
        answer = await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
        passed_ms = course.passed_ms()
    finally:
        await _hang_up(writer)
    return Reply(
        _read(answer, query),
        transport="tls" if secured else "tcp",
        resolution_ms=passed_ms,
        connect_ms=course.connect_ms,
        tls_ms=course.tls_ms,
        query_bytes=len(question),
        answer_bytes=len(answer),
    )


async def _connection(
    server: Server, secured: Secured | None, course: Course
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    opened = await connected(server.address, server.port)
    course.connect_ms = handshake_s(opened, course.passed_ms() / 1000) * 1000
    if secured is None:
        return await _streams(opened)
    course.phase, before_ms = "tls", course.passed_ms()
    streams = await _streams(opened, ssl=secured.context, server_hostname=secured.name)
    course.tls_ms = course.passed_ms() - before_ms
    return streams


async def _streams(
    opened: socket.socket, **tls: Any
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        return await asyncio.open_connection(sock=opened, **tls)
    except BaseException:
        opened.close()
        raise


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    # Nothing is owed any more, and a polite end could take as long as the peer likes.
    abort(writer.transport)
    with suppress(OSError):
        await writer.wait_closed()


def _read(wire: bytes, query: Message) -> Message:
    try:
        return read_answer(wire, query)
    except PacketError as error:
        message = f"The server sent {error}."
        raise Stopped(Failure(FailureKind.PROTOCOL, "resolution", message)) from None
