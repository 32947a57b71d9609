"""A proxy between a client that writes bytes and an upstream that is a script, in one loop."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from contract_tests.conduct.heard import Heard
from contract_tests.listening.ear import Ear
from contract_tests.proxy.pool import Pool
from contract_tests.proxy.rewriting import Rewriting
from contract_tests.proxy.serving import Server, listener_at
from contract_tests.proxy.upstream import Upstream, aim_at
from contract_tests.wire.address import address_of

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
PATIENCE_S = 20.0


@dataclass
class Rig:
    """`port` is the proxy's, `there` the upstream's address; `heard` is what its Ear has heard."""

    port: int
    there: str
    heard: list[Heard] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        return reader, writer

    def close(self) -> None:
        for writer in self.writers:
            writer.transport.abort()

    async def ask(self, raw: bytes) -> bytes:
        """Send bytes, and return all that comes until the connection ends."""
        reader, writer = await self.dial()
        writer.write(raw)
        return await reader.read()

    async def get(self, path: str = "/", *lines: str) -> bytes:
        head = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *lines]
        return await self.ask("\r\n".join([*head, "Connection: close", "", ""]).encode())


@dataclass
class Answering:
    """An upstream that keeps the requests that came, and answers each in the same way."""

    answer: bytes = OK
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            self.requests.append(await request(reader))
            writer.write(self.answer)
            await writer.drain()

    @property
    def lines(self) -> list[str]:
        """The head of the last request."""
        return self.requests[-1].partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")


async def request(reader: asyncio.StreamReader) -> bytes:
    """Read a request with its body: of known length or in chunks."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        return head + await reader.readuntil(b"0\r\n\r\n")
    length = lower.partition(b"content-length:")[2].partition(b"\r\n")[0].strip()
    return head + await reader.readexactly(int(length or 0))


@contextlib.asynccontextmanager
async def served(app: Any) -> AsyncIterator[int]:
    """Serve an application as the proxy is served; yields its port."""
    listener = listener_at("127.0.0.1:0")
    server = Server(app, lambda: None)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    # Its own loop looks only ten times a second whether it is to end.
    await server.startup(sockets=[listener])
    try:
        yield listener.getsockname()[1]
    finally:
        server.servers[0].close()
        for connection in list(server.server_state.connections):
            connection.transport.abort()  # type: ignore[union-attr]
        await asyncio.gather(*server.server_state.tasks, return_exceptions=True)
        listener.close()


@contextlib.asynccontextmanager
async def rig(
    script: Script,
    *,
    links: bool = False,
    timeout_s: float = PATIENCE_S,
    tls: ssl.SSLContext | None = None,
    trust: ssl.SSLContext | None = None,
    base: str = "",
) -> AsyncIterator[Rig]:
    """Put a proxy in front of a script."""
    calls = set[asyncio.Task[None]]()

    async def called(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.add(asyncio.current_task())  # type: ignore[arg-type]
        with contextlib.suppress(
            asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError
        ):
            await script(reader, writer)
        writer.close()

    upstream = await asyncio.start_server(called, "127.0.0.1", 0, ssl=tls, limit=2**20)
    scheme, port = "https" if tls else "http", upstream.sockets[0].getsockname()[1]
    address = address_of(f"{scheme}://127.0.0.1:{port}{base}")
    found = Rig(0, address.url)
    pool = Pool(address, trust)
    app = Upstream(address, pool, Rewriting((address.url,), links), timeout_s=timeout_s)
    ear = Ear(app, lambda _, heard: found.heard.append(heard), aim=aim_at(address.url, "shop"))
    async with asyncio.timeout(PATIENCE_S):
        async with served(ear) as found.port:
            yield found
        pool.close()
        upstream.close()
        found.close()
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        # Transports end in the next turns of the loop.
        for _ in range(5):
            await asyncio.sleep(0)
