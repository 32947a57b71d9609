"""Listeners that count, rules that lose chosen SYNs, and a network for one measurement."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from probes import LiveNetwork, TargetPolicy

SYN, ACK = 0x02, 0x10


def measured(
    plan: Any,
    policy: TargetPolicy | None = None,
    run: Callable[[Any], Any] = asyncio.run,
    **settings: Any,
) -> Any:
    """Carry a plan out over a network that is closed afterwards."""

    async def within() -> Any:
        network = LiveNetwork(policy or TargetPolicy(), **settings)
        try:
            return await asyncio.wait_for(network.measure(plan), 40)
        finally:
            await network.close()

    return run(within())


def accepting(body: Callable[[int, list[int]], Awaitable[Any]], host: str = "127.0.0.1") -> Any:
    """Run a coroutine beside a listener: body(port, source ports of who came)."""

    async def within() -> Any:
        came: list[int] = []

        async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came.append(writer.get_extra_info("peername")[1])
            writer.close()

        server = await asyncio.start_server(note, host, 0)
        async with server:
            return await asyncio.wait_for(body(server.sockets[0].getsockname()[1], came), 40)

    return asyncio.run(within())


@contextmanager
def closed_port(host: str = "127.0.0.1") -> Iterator[int]:
    """Hold a port on which nobody listens, and that nobody else can take."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as holder:
        holder.bind((host, 0))
        yield holder.getsockname()[1]


def source_port(packet: bytes) -> int:
    """Read the source port of an IPv4 TCP packet."""
    return int.from_bytes(packet[20:22], "big")


def is_syn(packet: bytes) -> bool:
    """Tell whether an IPv4 packet is a SYN without ACK."""
    return packet[9] == 6 and packet[33] & (SYN | ACK) == SYN


def every_fourth_port(_: int, packet: bytes) -> bool:
    """Lose the SYNs of every fourth pair of source ports; kernels give odd or even ones only."""
    return is_syn(packet) and is_unlucky(source_port(packet))


def is_unlucky(port: int) -> bool:
    """Tell whether the rule above loses SYNs from this port."""
    return port // 2 % 4 == 0


class FirstSyn:
    """Lose the first SYN of each source port, and let its repetition through."""

    def __init__(self) -> None:
        self.seen: set[int] = set()

    def __call__(self, _: int, packet: bytes) -> bool:
        if not is_syn(packet) or source_port(packet) in self.seen:
            return False
        self.seen.add(source_port(packet))
        return True


def serve_forever(announce: Callable[[Any], None]) -> None:
    """Accept and close, for `Node.serving`; announces the port."""
    with socket.create_server(("", 0), backlog=512) as server:
        announce(server.getsockname()[1])
        while True:
            server.accept()[0].close()
