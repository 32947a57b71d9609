"""Responders, honest and otherwise, for the probes that need another end."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from probes import Limits, LiveNetwork, Plan, TargetPolicy
from probes.responder.server import Responder

HOME = "127.0.0.1"
PATIENCE_S = 40.0
UDP = 17


def with_responder(use: Callable[[Responder], Awaitable[Any]], **settings: Any) -> Any:
    """Run a coroutine beside a responder on a free port of loopback."""

    async def beside() -> Any:
        async with Responder(port=0, **settings) as responder:
            return await asyncio.wait_for(use(responder), PATIENCE_S)

    return asyncio.run(beside())


async def measured(plan: Plan[Any], limits: Limits | None = None, *allowed: str) -> Any:
    """Carry a plan out over a live network of its own."""
    network = LiveNetwork(TargetPolicy.allowing(*allowed), limits=limits)
    try:
        return await asyncio.wait_for(network.measure(plan), PATIENCE_S)
    finally:
        await network.close()


@asynccontextmanager
async def posing(answers: Callable[[bytes], bytes | None]) -> AsyncIterator[int]:
    """Listen on a free port, and answer each line with what the function says; None hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                said = answers(line)
                if said is None:
                    break
                writer.write(said)
        except (OSError, ValueError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, HOME, 0)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()


def serve_in(lab: Any) -> Any:
    """Run a responder on the laboratory's server; the block's value is its port."""
    address, network = lab.address("server"), lab.network()

    async def body(announce: Callable[[int], None]) -> None:
        async with Responder(TargetPolicy.allowing(network), host=address, port=0) as responder:
            announce(responder.port)
            await asyncio.Event().wait()

    return lab.server.serving(body)


@dataclass(frozen=True)
class Drops:
    """Loses a share of the packets that begin with these bytes, and nothing else."""

    beginning: bytes
    share: float
    seed: int

    def __call__(self, number: int, packet: bytes) -> bool:
        concerned = packet[9] == UDP and packet[28:].startswith(self.beginning)
        return concerned and Random(f"{self.seed} {number}").random() < self.share


def udp_socket(host: str = HOME) -> socket.socket:
    """Open a socket that gives up after a while."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, 0))
    sock.settimeout(20)
    return sock
