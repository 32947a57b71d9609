"""Name servers for one test: what they say is a function of the question."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import dns.flags
import dns.message
import dns.rrset
from dns.message import Message

from probes import LiveNetwork, TargetPolicy
from probes.dns import DnsPlan
from probes.network import Plan

R = TypeVar("R")
Say = Callable[[Message], "Message | bytes | list[bytes] | None"]
HOME = "127.0.0.1"
PATIENCE_S = 30.0


def run(work: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine that must end."""

    async def within() -> R:
        return await asyncio.wait_for(work, PATIENCE_S)

    return asyncio.run(within())


async def measured(plan: Plan[R], policy: TargetPolicy | None = None) -> R:
    """Carry a plan out over a network of its own."""
    network = LiveNetwork(policy or TargetPolicy())
    try:
        return await network.measure(plan)
    finally:
        await network.close()


def reply(query: Message, *records: str, rcode: int = 0, flags: int = 0) -> Message:
    """Answer with these records, each as a zone file writes it."""
    message = dns.message.make_response(query)
    message.flags |= flags
    message.set_rcode(rcode)
    for record in records:
        name, ttl, rdclass, rdtype, text = record.split(maxsplit=4)
        message.answer.append(dns.rrset.from_text(name, int(ttl), rdclass, rdtype, text))
    return message


def address_of_www(query: Message) -> Message:
    return reply(query, "www.example. 60 IN A 192.0.2.1", flags=dns.flags.AA)


def _wires(said: Message | bytes | list[bytes] | None) -> list[bytes]:
    if said is None:
        return []
    if isinstance(said, list):
        return said
    return [said if isinstance(said, bytes) else said.to_wire(max_size=65_535)]


@dataclass
class UdpServer(asyncio.DatagramProtocol):
    """Answers each datagram as the script says, and counts them."""

    say: Say
    seen: list[Message] = field(default_factory=list)
    transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        query = dns.message.from_wire(data)
        self.seen.append(query)
        for wire in _wires(self.say(query)):
            self.transport.sendto(wire, addr)


@dataclass
class Served:
    """A running server."""

    port: int
    seen: list[Message]


@asynccontextmanager
async def udp_server(say: Say, host: str = HOME, port: int = 0) -> AsyncIterator[Served]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: UdpServer(say), local_addr=(host, port)
    )
    try:
        yield Served(transport.get_extra_info("sockname")[1], server.seen)
    finally:
        transport.close()
        await asyncio.sleep(0)


@asynccontextmanager
async def tcp_server(
    say: Say, port: int = 0, context: ssl.SSLContext | None = None
) -> AsyncIterator[Served]:
    """Serve DNS over TCP, or over TLS; bytes that the script gives are sent as they are."""
    seen: list[Message] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            size = int.from_bytes(await reader.readexactly(2), "big")
            query = dns.message.from_wire(await reader.readexactly(size))
            seen.append(query)
            said = say(query)
            raw = said if isinstance(said, bytes) else None
            for wire in _wires(said):
                writer.write(wire if raw is not None else len(wire).to_bytes(2, "big") + wire)
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, HOME, port, ssl=context)
    async with server:
        yield Served(server.sockets[0].getsockname()[1], seen)
        server.close()


@asynccontextmanager
async def both_servers(udp: Say, tcp: Say) -> AsyncIterator[tuple[Served, Served]]:
    """Serve over UDP and TCP on one number."""
    async with AsyncExitStack() as kept:
        yield await _pair(kept, udp, tcp)


async def _pair(kept: AsyncExitStack, udp: Say, tcp: Say) -> tuple[Served, Served]:
    """A number that is free for TCP may be taken for UDP: then another is tried."""
    for _ in range(50):
        stream = await kept.enter_async_context(tcp_server(tcp))
        with suppress(OSError):
            return await kept.enter_async_context(udp_server(udp, port=stream.port)), stream
    raise OSError("found no number that is free for both UDP and TCP")


@asynccontextmanager
async def stream_counter(host: str, port: int = 0) -> AsyncIterator[tuple[int, list[int]]]:
    """Listen where nobody should connect, and note whoever does."""
    arrivals: list[int] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrivals.append(1)
        writer.close()

    server = await asyncio.start_server(note, host, port)
    async with server:
        yield server.sockets[0].getsockname()[1], arrivals


def plan_over(transport: str, port: int, **settings: Any) -> DnsPlan:
    """Ask our own server at home over a transport."""
    chosen = {"timeout_s": 10.0, **settings}
    return DnsPlan(HOME, "www.example", transport=transport, port=port, **chosen)
