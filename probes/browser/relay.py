"""The guard's other half: a SOCKS 5 proxy in a process of its own, which decides nothing.

It asks the guard, over the socket it was started with, for every host that the browser wants to
reach, and connects to the address that it is told and to no other. It is a process because the
browser's developer events keep the measuring process busy for tens of milliseconds at a time,
which would show in every phase; times are stamped here. It ends when the socket does.

Messages are lines of JSON. To the guard: `port`; `id host port asked_s pinned` (a question,
unless pinned); `id connecting_s connected_s`; `id errno`; `overflow`. From it: `id address
reply`, which is an address, or a reply code where there is none, and `pin host address`.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from probes.browser.address import plain_host
from probes.browser.socks import WELCOME, Reply, SocksError, read_greeting, read_request

GREETING_S = 10.0
MOST_PASSAGES = 2_000
MOST_AT_ONCE = 256
_CHUNK = 65_536

Message = dict[str, Any]
Stream = tuple[StreamReader, StreamWriter]


class Relay:
    """Carries bytes between a browser and what the guard admits."""

    def __init__(self, guard: Stream, most_bytes: int) -> None:
        self._from_guard, self._to_guard = guard
        self._bytes_left = most_bytes
        self._identities = count()
        self._answers: dict[int, asyncio.Future[Message]] = {}
        self._pins: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until the guard goes."""
        server = await asyncio.start_server(self._receive, "127.0.0.1", 0)
        self._tell({"port": server.sockets[0].getsockname()[1]})
        with suppress(OSError):
            while line := await self._from_guard.readline():
                self._hear(json.loads(line))
        server.close()

    def _hear(self, message: Message) -> None:
        if "pin" in message:
            self._pins[message["pin"]] = message["address"]
            return
        answer = self._answers.pop(message["id"], None)
        if answer is not None and not answer.done():
            answer.set_result(message)

    def _tell(self, message: Message) -> None:
        self._to_guard.write(json.dumps(message).encode() + b"\n")

    def _receive(self, reader: StreamReader, writer: StreamWriter) -> None:
        if len(self._tasks) >= MOST_AT_ONCE:
            writer.close()
            return
        task = asyncio.ensure_future(self._serve((reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, browser: Stream) -> None:
        try:
            with suppress(OSError, SocksError, TimeoutError):
                await self._converse(browser)
        finally:
            browser[1].close()

    async def _converse(self, browser: Stream) -> None:
        reader, writer = browser
        async with asyncio.timeout(GREETING_S):
            await read_greeting(reader)
            writer.write(WELCOME)
            host, port = await read_request(reader)
        identity, asked_s = next(self._identities), time.monotonic()
        address, reply = await self._admission(identity, plain_host(host), port, asked_s)
        peer = await self._connected(identity, address, port) if address else None
        if peer is None:
            writer.write(Reply(reply or Reply.REFUSED).encoded())
            await writer.drain()
            return
        writer.write(Reply.DONE.encoded())
        await self._carry(browser, peer)

    async def _admission(
        self, identity: int, host: str, port: int, asked_s: float
    ) -> tuple[str | None, int]:
        """Return the address that the guard has pinned for the host, or a reply code."""
        if identity >= MOST_PASSAGES:
            return None, Reply.NOT_ALLOWED
        address = self._pins.get(host)
        question = {"id": identity, "host": host, "port": port, "asked_s": asked_s}
        self._tell({**question, "pinned": address is not None})
        if address is not None:
            return address, 0
        waiting = self._answers[identity] = asyncio.get_running_loop().create_future()
        answer = await waiting
        if answer["address"]:
            self._pins[host] = answer["address"]
        return answer["address"], answer["reply"]

    async def _connected(self, identity: int, address: str, port: int) -> Stream | None:
        connecting_s = time.monotonic()
        try:
            peer = await asyncio.open_connection(address, port)
        except OSError as error:
            self._tell({"id": identity, "errno": error.errno or 0})
            return None
        times = {"connecting_s": connecting_s, "connected_s": time.monotonic()}
        self._tell({"id": identity, **times})
        return peer

    async def _carry(self, browser: Stream, peer: Stream) -> None:
        ways = {
            asyncio.ensure_future(_pump(browser[0], peer[1], lambda _: None)),
            asyncio.ensure_future(_pump(peer[0], browser[1], self._count)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            peer[1].close()

    def _count(self, received: int) -> None:
        self._bytes_left -= received
        if self._bytes_left < 0:
            self._tell({"overflow": True})
            raise ConnectionAbortedError


async def _pump(reader: StreamReader, writer: StreamWriter, count: Callable[[int], None]) -> None:
    while chunk := await reader.read(_CHUNK):
        count(len(chunk))
        writer.write(chunk)
        await writer.drain()


async def _main(descriptor: int, most_bytes: int) -> None:
    guard = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
    await Relay(guard, most_bytes).run()
    guard[1].close()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]), int(sys.argv[2])))
