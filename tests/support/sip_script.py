"""SIP servers that say what a test tells them to, over UDP, TCP and TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from sip_peers import HOME_ONLY, PATIENCE_S, measured
from sipmessage import Message, Request

from probes import FailureKind, TargetPolicy
from probes.sip import SipPlan, SipResult, SipTransport
from probes.sip.framing import StreamFramer

Send = Callable[[bytes], None]


def reply(
    request: Request, code: int = 200, *lines: str, body: bytes = b"", **changed: str | None
) -> bytes:
    """Write a response; `via`, `to`, `cseq` and `length` can be bent."""
    headers = request.headers
    given = {
        "Via": changed.get("via", headers["Via"]),
        "From": headers["From"],
        "To": changed.get("to", f"{headers['To'].partition(';tag')[0]};tag=server"),
        "Call-ID": headers["Call-ID"],
        "CSeq": changed.get("cseq", headers["CSeq"]),
        "Content-Length": changed.get("length", str(len(body))),
    }
    shown = [f"{name}: {value}" for name, value in given.items() if value is not None]
    head = "\r\n".join([f"SIP/2.0 {code} Words", *shown, *lines])
    return head.encode() + b"\r\n\r\n" + body


Answer = Callable[["SipScript", Request, Send], None]


def always(code: int, *lines: str) -> Answer:
    """Answer every request but ACK with this."""

    def answer(_: SipScript, request: Request, send: Send) -> None:
        if request.method != "ACK":
            send(reply(request, code, *lines))

    return answer


@dataclass
class SipScript:
    """A server, what it heard, and how it answers."""

    answer: Answer
    transport: SipTransport = SipTransport.UDP
    context: ssl.SSLContext | None = None
    heard: list[Request] = field(default_factory=list)
    port: int = 0

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.heard]

    @asynccontextmanager
    async def serving(self, address: str = "127.0.0.1") -> AsyncIterator[SipScript]:
        loop, ends = asyncio.get_running_loop(), []
        if self.transport is SipTransport.UDP:
            end, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(self), local_addr=(address, 0)
            )
            self.port, ends = end.get_extra_info("sockname")[1], [end]
        else:
            server = await loop.create_server(
                lambda: _Stream(self, ends), address, 0, ssl=self.context
            )
            self.port = server.sockets[0].getsockname()[1]
            ends.append(cast("Any", server))
        try:
            yield self
        finally:
            for end in ends:
                end.close()

    def hear(self, data: bytes, send: Send) -> None:
        message = Message.parse(data)
        if isinstance(message, Request):
            self.heard.append(message)
            self.answer(self, message, send)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, script: SipScript) -> None:
        self._script = script

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._script.hear(data, lambda message: self._transport.sendto(message, addr))


class _Stream(asyncio.Protocol):
    def __init__(self, script: SipScript, ends: list[Any]) -> None:
        self._script, self._ends, self._framer = script, ends, StreamFramer()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ends.append(transport)

    def data_received(self, data: bytes) -> None:
        for message in self._framer.feed(data):
            self._script.hear(message, self._say)

    def _say(self, message: bytes) -> None:
        if message:
            self._transport.write(message)
        else:
            self._transport.close()


def run_script(script: SipScript, policy: TargetPolicy = HOME_ONLY, **settings: Any) -> SipResult:
    """Measure the server of a script; only 127.0.0.1 is open."""

    async def within() -> SipResult:
        async with script.serving():
            plan = SipPlan("127.0.0.1", port=script.port, transport=script.transport, **settings)
            return await measured(plan, policy)

    return asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


def failed(result: SipResult, kind: FailureKind, phase: str) -> str:
    assert result.failure, result
    assert (result.failure.kind, result.failure.phase) == (kind, phase), result.failure
    assert (result.total_ms, result.availability_percent) == (None, 0.0)
    assert result.failure.message.endswith(".")
    return result.failure.message


@contextmanager
def ear(kind: int, address: str = "127.0.0.2", port: int = 0) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, kind) as listening:
        listening.bind((address, port))
        if kind == socket.SOCK_STREAM:
            listening.listen()
        listening.setblocking(False)  # noqa: FBT003
        yield listening


def arrived(listening: socket.socket) -> bool:
    try:
        if listening.type == socket.SOCK_STREAM:
            listening.accept()[0].close()
        else:
            listening.recv(1)
    except BlockingIOError:
        return False
    return True
