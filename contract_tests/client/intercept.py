"""A proxy for clients whose code names the vendor: what they send it comes here."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import specs
from contract_tests.client import authority as minted
from contract_tests.client.world import World

_HEAD_BYTES = 2**16
_CHUNK = 2**16
_FILES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "PIP_CERT",
    "GIT_SSL_CAINFO",
    "AWS_CA_BUNDLE",
    "DENO_CERT",
)
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True, slots=True)
class Hosts:
    """Names of vendors' hosts, as their contracts have them; `*.` stands for one label."""

    vendors: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, wildcards too."""
        return tuple(self.vendors)

    def vendor_of(self, host: str) -> str | None:
        """Return whose host this is (a port may follow), or None."""
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        name = name.lower().rstrip(".")
        wildcard = f"*.{name.partition('.')[2]}"
        return self.vendors.get(name) or self.vendors.get(wildcard)


def hosts_of(vendors: Sequence[str]) -> Hosts:
    """Return the hosts that the contracts of these vendors name."""
    found: dict[str, str] = {}
    for vendor in vendors:
        for server in specs.load(vendor).get("servers") or ():
            host = urlsplit(server["url"]).hostname
            if host:
                found["*." + host.partition("}.")[2] if host.startswith("{") else host] = vendor
    return Hosts(found)


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority of this run: the file with its certificate, and a server's context."""

    file: Path
    context: ssl.SSLContext


@contextmanager
def authority(hosts: Hosts) -> Iterator[Authority]:
    """Mint an authority whose key never leaves this process; its certificate stands in a file."""
    with tempfile.TemporaryDirectory(prefix="contract-tests-") as folder:
        file = Path(folder) / "authority.pem"
        context, certificate = minted.made(hosts.names)
        file.write_bytes(certificate)
        yield Authority(file, context)


def variables(address: str, trusted: Authority, place: World) -> dict[str, str]:
    """Return what makes clients use the proxy, and believe the certificate.

    Older Node asks no proxy: our hook there leads ports of the vendors' hosts to ours.
    """
    return {
        **dict.fromkeys(_PROXIES, address),
        **dict.fromkeys(_FILES, str(trusted.file)),
        "NODE_USE_ENV_PROXY": "1",
        "CONTRACT_TESTS_LED": f"443={place.tls_port},80={place.control_port}",
    }


@contextmanager
def proxy(hosts: Hosts, place: World) -> Iterator[str]:
    """Serve a proxy on loopback that knows these hosts only; yield its address."""
    started: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    served = _Proxy(hosts, place)
    thread = threading.Thread(target=lambda: asyncio.run(served.serve(started)), daemon=True)
    thread.start()
    port, loop, ended = started.result(10)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)


class _Proxy:
    """Joins connections: to our TLS port after CONNECT, to our plain port otherwise."""

    def __init__(self, hosts: Hosts, place: World) -> None:
        self._hosts, self._place = hosts, place
        self._talks: set[asyncio.Task[None]] = set()

    async def serve(
        self, started: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]]
    ) -> None:
        ended = asyncio.Event()
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0, limit=_HEAD_BYTES)
        started.set_result((server.sockets[0].getsockname()[1], asyncio.get_running_loop(), ended))
        await ended.wait()
        server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.ensure_future(self._lead(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        with suppress(asyncio.CancelledError):
            await talk
        await _closed(writer)

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            head = await reader.readuntil(b"\r\n\r\n")
            await self._answer(head, reader, writer)

    async def _answer(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        method, _, rest = head.partition(b"\r\n")[0].decode("latin-1").partition(" ")
        target = rest.partition(" ")[0]
        is_tunnel = method == "CONNECT"
        host = target if is_tunnel else urlsplit(target).netloc
        if self._hosts.vendor_of(host) is None:
            writer.write(_refusal(host, self._hosts))
            await writer.drain()
            return
        port = self._place.tls_port if is_tunnel else self._place.control_port
        inner_reader, inner = await asyncio.open_connection("127.0.0.1", port)
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 Connection Established\r\n\r\n")
        else:
            inner.write(head)
        try:
            await asyncio.gather(_pumped(reader, inner), _pumped(inner_reader, writer))
        finally:
            await _closed(inner)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes, and its end."""
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()
    with suppress(OSError):
        if writer.can_write_eof():
            writer.write_eof()


def _refusal(host: str, hosts: Hosts) -> bytes:
    text = (
        f"contract-tests: --intercept leads {', '.join(hosts.names)} to a stand-in; nothing else "
        f"leaves this machine, so {host[:200]!r} is refused.\n"
    ).encode()
    head = f"HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}"
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + text
