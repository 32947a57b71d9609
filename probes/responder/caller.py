"""The near end of the conversation with a responder."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count

from probes.failure import Failure, FailureKind
from probes.resolve import PinnedTarget
from probes.responder.messages import (
    LONGEST_REPORT,
    Denied,
    Grant,
    MessageInvalid,
    Request,
    line,
    machine_digest,
    read_grant,
    read_rows,
)
from probes.targets import family_of


class CallEnded(Exception):
    """The conversation ended early, and why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


class Call:
    """One session; every connection goes to the one address that was admitted."""

    def __init__(
        self,
        target: PinnedTarget,
        request: Request,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        patience_s: float,
    ) -> None:
        self.host, self.family = str(target.address), family_of(target.address)
        self.request, self.patience_s = request, patience_s
        self._reader, self._writer = streams
        self.grant = Grant(0, b"", "", 0)
        # Beyond the numbers of a stream's packets, and never the same again.
        self.greetings = count(1 << 32)

    async def begin(self) -> None:
        """Ask, and learn port and token."""
        with ending("request", self.patience_s):
            self._writer.write(self.request.line())
            self.grant = read_grant(await self._line(self.patience_s))

    @property
    def where(self) -> tuple[str, int]:
        """Where the stream goes: the peer chooses the port, never the address."""
        return self.host, self.grant.port

    @property
    def same_clock(self) -> bool:
        """Whether the other end runs on this kernel."""
        return self.grant.machine == machine_digest(self.grant.token)

    async def report(self, wait_ms: int, width: int, patience_s: float) -> list[list[int]]:
        """Ask for the report, which may take `patience_s`; its numbers are checked as well."""
        with ending("report", patience_s):
            self._writer.write(line({"wait_ms": wait_ms}))
            return read_rows(await self._line(patience_s), width)

    async def _line(self, patience_s: float) -> bytes:
        async with asyncio.timeout(patience_s):
            answer = await self._reader.readline()
        if not answer:
            raise ConnectionResetError
        return answer

    async def pipe(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open the connection that a stream over TCP flows through."""
        with ending("stream", self.patience_s):
            reader, writer = await _opened(self.host, self.grant.port, self.patience_s)
        mark(writer, self.family, self.request.dscp)
        writer.write(self.grant.token.hex().encode() + b"\n")
        return reader, writer


@asynccontextmanager
async def calling(
    target: PinnedTarget, port: int, request: Request, patience_s: float
) -> AsyncIterator[Call]:
    """Call a responder and begin a session, or raise CallEnded."""
    with ending("connect", patience_s):
        streams = await _opened(str(target.address), port, patience_s)
    try:
        call = Call(target, request, streams, patience_s)
        await call.begin()
        yield call
    finally:
        streams[1].close()


async def _opened(
    host: str, port: int, patience_s: float
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    # Not wait_for: before Python 3.12 it may swallow that we are cancelled.
    async with asyncio.timeout(patience_s):
        return await asyncio.open_connection(host, port, limit=LONGEST_REPORT)


@contextmanager
def ending(phase: str, patience_s: float) -> Iterator[None]:
    """Turn whatever may go wrong on the wire into CallEnded."""
    try:
        yield
    except TimeoutError:
        text = f"No answer came within {patience_s:g} s."
        raise CallEnded(Failure(FailureKind.TIMEOUT, phase, text)) from None
    except Denied as error:
        raise CallEnded(Failure(FailureKind.STATUS, phase, f"{error}.")) from None
    except (MessageInvalid, ValueError) as error:
        text = f"The other end does not speak as it should: {error}."
        raise CallEnded(Failure(FailureKind.PROTOCOL, phase, text)) from None
    except OSError as error:
        raise CallEnded(_on_the_wire(error, phase)) from None


def mark(writer: asyncio.StreamWriter, family: socket.AddressFamily, dscp: int) -> None:
    """Give a TCP connection its DSCP."""
    sock: socket.socket = writer.get_extra_info("socket")
    if family == socket.AF_INET:
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
    else:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, dscp << 2)


def _on_the_wire(error: OSError, phase: str) -> Failure:
    if isinstance(error, ConnectionRefusedError):
        text = "The connection was refused: is a responder running there on this port?"
        return Failure(FailureKind.REFUSED, phase, text)
    if isinstance(error, ConnectionError):
        text = "The other end broke the connection off: does its --allow include this address?"
        return Failure(FailureKind.RESET, phase, text)
    if error.errno == errno.ETIMEDOUT:
        return Failure(FailureKind.TIMEOUT, phase, "The kernel gave up waiting for an answer.")
    text = f"The kernel says: {(error.strerror or str(error)).lower()}."
    return Failure(FailureKind.UNREACHABLE, phase, text)
