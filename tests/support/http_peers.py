"""Peers of the HTTP probe: nginx with its own certificates, and servers that follow a script."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import trustme
from peers import needs, running

from probes import LiveNetwork, TargetPolicy
from probes.http import HttpPlan, HttpResult

PATIENCE_S = 60
HOME = "127.0.0.1"
NAME = "site.test"
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def fetch(target: str, policy: TargetPolicy | None = None, **settings: Any) -> HttpResult:
    """Measure once over a network of its own; names ending in .test are this machine."""
    return asyncio.run(asyncio.wait_for(fetched(target, policy, **settings), PATIENCE_S))


async def fetched(target: str, policy: TargetPolicy | None = None, **settings: Any) -> HttpResult:
    network = LiveNetwork(policy or TargetPolicy(), lookup=settings.pop("lookup", at_home))
    try:
        return await network.measure(HttpPlan(target, **{"timeout_s": 20.0, **settings}))
    finally:
        await network.close()


async def at_home(name: str, family: socket.AddressFamily) -> list[str]:
    return [HOME] if name.endswith(".test") else []


@dataclass
class Peer:
    """A server that plays one script for every connection; it counts them, and what they say."""

    script: Script
    address: str = HOME
    tls: Any = None
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    port: int = 0

    async def hear(self, reader: asyncio.StreamReader) -> bytes:
        """Read one header section."""
        request = await reader.readuntil(b"\r\n\r\n")
        self.requests.append(request)
        return request

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{scheme}://{host}:{self.port}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Peer]:
        tasks: set[asyncio.Task[None]] = set()

        async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            self.connections += 1
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self.script(reader, writer)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

        server = await asyncio.start_server(converse, self.address, 0, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def says(answer: bytes, *, then: Script | None = None) -> Peer:
    """Make a peer that hears a request, sends these bytes and ends, or goes on with `then`."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await peer.hear(reader)
        writer.write(answer)
        await writer.drain()
        if then:
            await then(reader, writer)

    peer = Peer(script)
    return peer


async def for_ever(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say nothing more until the other side ends."""
    while await reader.read(65_536):
        pass


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break the connection off with an RST."""
    opened = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    writer.transport.abort()


def ask(peer: Peer, path: str = "/", **settings: Any) -> HttpResult:
    """Fetch from a scripted peer."""

    async def within() -> HttpResult:
        async with peer.serving():
            return await fetched(peer.url + path, **settings)

    return asyncio.run(asyncio.wait_for(within(), PATIENCE_S))


def response(body: bytes = b"hello", status: str = "200 OK", *headers: str) -> bytes:
    """Write an HTTP/1.1 answer of known length."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Site:
    """A running nginx: ports by what they speak, and the authority that signed for it."""

    folder: Path
    ports: dict[str, int]
    ca: bytes
    other_ca: bytes
    client: bytes

    def url(self, server: str, path: str = "/", host: str = NAME) -> str:
        scheme = "http" if server in ("plain", "other", "h2c") else "https"
        return f"{scheme}://{host}:{self.ports[server]}{path}"


SERVERS = ("plain", "other", "h2c", "h2", "tls10", "tls12", "tls13", "rsa", "expired", "client")
TEXT, BIG = b"what is here is here\n" * 5000, bytes(range(256)) * 8192


@contextmanager
def nginx_site(folder: Path, node: Any = None) -> Iterator[Site]:
    """Run nginx on loopback, or on every address of a machine of the laboratory."""
    (nginx,) = needs("nginx")
    authority = trustme.CA()
    client = authority.issue_cert("client@site.test").private_key_and_cert_chain_pem.bytes()
    ca = authority.cert_pem.bytes()
    site = Site(folder, dict(_ports()), ca, trustme.CA().cert_pem.bytes(), client)
    _certificates(folder, authority)
    (folder / "www").mkdir()
    (folder / "www" / "text.txt").write_bytes(TEXT)
    (folder / "www" / "big.bin").write_bytes(BIG)
    (folder / "passwords").write_text("ann:{PLAIN}secret\n")
    (folder / "nginx.conf").write_text(_configuration(site, "*" if node else HOME))
    argv = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    last = site.ports[SERVERS[-1]]
    start, listens = (node.running, node.listens) if node else (running, _listens)
    with start(argv, folder / "nginx.log", lambda: listens(last)):
        yield site


def _ports() -> Iterator[tuple[str, int]]:
    sockets = [socket.create_server((HOME, 0)) for _ in SERVERS]
    for name, opened in zip(SERVERS, sockets, strict=True):
        yield name, opened.getsockname()[1]
    for opened in sockets:
        opened.close()


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((HOME, port)) == 0


def _certificates(folder: Path, authority: trustme.CA) -> None:
    past = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2021, 1, 1)}  # noqa: DTZ001
    kinds: dict[str, dict[str, Any]] = {
        "ec": {"key_type": trustme.KeyType.ECDSA},
        "rsa": {"key_type": trustme.KeyType.RSA},
        "expired": past,
    }
    between = authority.create_child_ca()
    for name, settings in kinds.items():
        signed = between.issue_cert(
            NAME, "www.site.test", "127.0.0.9", common_name=NAME, **settings
        )
        chain = [pem.bytes() for pem in signed.cert_chain_pems]
        (folder / f"{name}.pem").write_bytes(b"".join(chain))
        (folder / f"{name}.key").write_bytes(signed.private_key_pem.bytes())
    (folder / "ca.pem").write_bytes(authority.cert_pem.bytes())


def _configuration(site: Site, address: str) -> str:
    port, folder = site.ports, site.folder
    listens = {
        "plain": "",
        "other": "",
        "h2c": "http2",
        "h2": "ssl http2",
        "tls10": "ssl",
        "tls12": "ssl",
        "tls13": "ssl",
        "rsa": "ssl",
        "expired": "ssl",
        "client": "ssl",
    }
    trusting = f"ssl_client_certificate {folder}/ca.pem;"
    extra = {
        "tls10": "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;",
        "tls12": "ssl_protocols TLSv1.2;",
        "tls13": f"ssl_protocols TLSv1.3; ssl_verify_client optional; {trusting}",
        "client": f"ssl_verify_client on; {trusting}",
    }
    servers = []
    for name, kind in listens.items():
        pair = name if name in ("rsa", "expired") else "ec"
        keys = (
            f"ssl_certificate {pair}.pem; ssl_certificate_key {pair}.key;"
            if kind[:3] == "ssl"
            else ""
        )
        listen = f"listen {address}:{port[name]} {kind};"
        servers.append(f"server {{ {listen} {keys} {extra.get(name, '')} include places; }}")
    (folder / "places").write_text(_PLACES.format(folder=folder, **port))
    temporary = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{name}_temp_path {folder}/{name};" for name in temporary)
    return _MAIN.format(folder=folder, paths=paths, servers="\n".join(servers))


_MAIN = """
daemon off; master_process off; worker_processes 1; pid {folder}/pid;
events {{ worker_connections 600; }}
http {{
  access_log off; {paths} types {{ text/plain txt; application/octet-stream bin; }}
  ssl_protocols TLSv1.2 TLSv1.3; absolute_redirect off; gzip on; gzip_types text/plain;
  {servers}
}}
"""

# {plain} and the like are ports; what is shown is what nginx was asked with.
_PLACES = """
root {folder}/www;
location = /shown {{
  default_type text/plain;
  set $who "$http_host|$http_authorization|$http_cookie|$http_x_all|$http_x_root|$http_x_domain";
  set $what "$http_content_type|$http_user_agent|$http_accept_encoding";
  return 200 "$request_method $who|$what|$ssl_session_reused|$ssl_client_verify";
}}
location = /gone {{ return 404 "nothing"; }}
location = /secret {{
  auth_basic "here"; auth_basic_user_file {folder}/passwords; try_files /text.txt =404;
}}
location = /to-other {{ return 307 http://other.test:{other}/shown; }}
location = /to-tls {{ return 301 https://site.test:{h2}/text.txt; }}
location = /to-tls13 {{ return 302 https://site.test:{tls13}/shown; }}
location = /back {{ return 302 http://$http_host/shown; }}
location = /see {{ return 303 /shown; }}
location = /loop {{ return 302 /loop; }}
location = /three {{ return 302 /two; }}
location = /two {{ return 302 /one; }}
location = /one {{ return 302 /text.txt; }}
"""
