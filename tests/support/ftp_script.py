"""An FTP server that says what a script tells it, an ear where nothing may arrive, and runs."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any

from probes import LiveNetwork, TargetPolicy
from probes.ftp import FtpPlan, FtpResult

PATIENCE_S = 30

Writer = asyncio.StreamWriter
Say = str | bytes | None
Reply = Say | Callable[["Script"], "Say | Awaitable[Say]"]

USUAL: Mapping[str, Reply] = {
    "": "220 Ready.",
    "USER": "331 Password?",
    "PASS": "230 In.",
    "CWD": "250 There.",
    "TYPE": "200 So be it.",
    "EPSV": lambda script: f"229 Here (|||{script.data_port}|).",
    "RETR": "150 Coming.",
    "STOR": "150 Go on.",
    "LIST": "150 Coming.",
    "QUIT": "221 Bye.",
}


@dataclass
class Script:
    """What a server says to each command (`` is the banner), and sends as data.

    None says nothing. After the data comes `after`; None keeps silent.
    """

    replies: Mapping[str, Reply] = field(default_factory=dict)
    data: bytes | Callable[[asyncio.StreamReader, Writer], Awaitable[None]] = b"content"
    after: Say = "226 Done."
    heard: list[str] = field(default_factory=list)
    port: int = 0
    data_port: int = 0
    data_connections: int = 0
    received: bytearray = field(default_factory=bytearray)

    def url(self, path: str = "/a.bin") -> str:
        return f"127.0.0.1:{self.port}{path}"

    @asynccontextmanager
    async def serving(self, address: str = "127.0.0.1") -> AsyncIterator[Script]:
        self._asked, self._done = asyncio.Event(), asyncio.Event()
        self._tasks: set[asyncio.Task[Any]] = set()
        control = await asyncio.start_server(self._converse, address, 0)
        data = await asyncio.start_server(self._transfer, address, 0)
        self.port = control.sockets[0].getsockname()[1]
        self.data_port = data.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            for server in (control, data):
                server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self._hold()
        try:
            await self._say(writer, "")
            while line := await reader.readline():
                self.heard.append(line.decode().strip())
                verb = self.heard[-1].partition(" ")[0]
                await self._say(writer, verb)
                if verb in ("RETR", "STOR", "LIST"):
                    await self._finish(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _finish(self, writer: Writer) -> None:
        self._asked.set()
        await self._done.wait()
        if self.after is not None:
            writer.write(_line(self.after))

    async def _say(self, writer: Writer, verb: str) -> None:
        reply = self.replies.get(verb, USUAL.get(verb, "500 What?"))
        if callable(reply):
            reply = reply(self)
        if isinstance(reply, Awaitable):
            reply = await reply
        if reply is not None:
            writer.write(_line(reply))
            await writer.drain()
        if reply in (b"", None) and reply is not None:
            writer.close()

    async def _transfer(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self._hold()
        self.data_connections += 1
        await self._asked.wait()
        try:
            await self._move(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()
            self._done.set()

    async def _move(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        if not isinstance(self.data, bytes):
            return await self.data(reader, writer)
        if any(line.startswith("STOR") for line in self.heard):
            self.received += await reader.read()
        else:
            writer.write(self.data)
            await writer.drain()
        return None

    def _hold(self) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)


def _line(reply: str | bytes) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode() + b"\r\n"


async def measured(plan: FtpPlan, policy: TargetPolicy | None = None) -> FtpResult:
    network = LiveNetwork(policy or TargetPolicy())
    try:
        return await asyncio.wait_for(network.measure(plan), PATIENCE_S)
    finally:
        await network.close()


def run(target: str, policy: TargetPolicy | None = None, **settings: Any) -> FtpResult:
    """Measure a server that runs elsewhere."""
    return asyncio.run(measured(FtpPlan(target, **settings), policy))


def run_script(script: Script, path: str = "/a.bin", **settings: Any) -> FtpResult:
    """Measure the server of a script; only 127.0.0.1 is open."""

    async def within() -> FtpResult:
        async with script.serving():
            return await measured(FtpPlan(script.url(path), **settings), HOME_ONLY)

    return asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


HOME_ONLY = TargetPolicy((IPv4Network("127.0.0.1/32"),))


class Ear:
    """Counts the connections that arrive where none should."""

    def __init__(self, address: str = "127.0.0.2") -> None:
        self._listener = socket.create_server((address, 0))
        self._listener.setblocking(False)  # noqa: FBT003
        self.port: int = self._listener.getsockname()[1]
        self.octets = ",".join([*address.split("."), str(self.port >> 8), str(self.port & 255)])

    def arrivals(self) -> int:
        """Count those in the queue; the kernel puts them there before connect returns."""
        count = 0
        while True:
            try:
                self._listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1

    def close(self) -> None:
        self._listener.close()


@contextmanager
def ear(address: str = "127.0.0.2") -> Iterator[Ear]:
    listening = Ear(address)
    try:
        yield listening
    finally:
        listening.close()
