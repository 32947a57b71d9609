"""The front door: the first path segment or the Host header says which vendor is meant."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

import orjson

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

Hook = Callable[[], Awaitable[None]]
# What may stand in links: a name or address, and a port (RFC 9110, section 7.2).
_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


class Gateway:
    """Splits the path itself: Starlette's Mount cannot carry encoded slashes and newlines."""

    def __init__(
        self,
        applications: Mapping[str, ASGIApp],
        hosts: Mapping[str, str],
        start: Hook,
        stop: Hook,
        sites: Mapping[str, ASGIApp] | None = None,
    ) -> None:
        """Serve `applications` by first path segment, and by the `hosts` that mean one of them.

        `sites` are served whole, by the end of the host's name, whatever the path.
        """
        self._applications = applications
        self._exact = {h: name for h, name in hosts.items() if not h.startswith("*.")}
        self._below = {h[1:]: name for h, name in hosts.items() if h.startswith("*.")}
        self._sites = dict(sites or {})
        self._start = start
        self._stop = stop
        self.failure: Exception | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the vendor that is meant."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
            return
        host = _host(scope)
        if host is None:
            await _refuse(
                send, 400, "the Host header must be one host name, with a port if need be"
            )
            return
        await self._hand_on(scope, receive, send, host)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send, host: str) -> None:
        site = next((s for end, s in self._sites.items() if _name(host).endswith(end)), None)
        if site:
            scope["mockserver.base_url"] = f"{scope['scheme']}://{host}"
            await site(scope, receive, send)
            return
        first = _first_segment(scope)
        # Whoever put the application somewhere else may know better which vendor is meant.
        by_host = scope.get("mockserver.vendor") or self._by_host(host)
        name = by_host if by_host and first != "__mock" else first
        app = self._applications.get(name)
        if app is None:
            known = ", ".join(f"/{name}" for name in self._applications)
            await _refuse(
                send, 404, f"nothing is served at {scope['path'][:80]!r}; there are {known}"
            )
            return
        # The control API's own contract begins with /__mock; a vendor's knows no such prefix.
        skip = 0 if name == by_host or name.startswith("__") else 1
        scope["mockserver.skip"] = skip
        prefix = f"/{name}" if skip else ""
        scope["mockserver.base_url"] = f"{scope['scheme']}://{host}{prefix}"
        await app(scope, receive, send)

    def _by_host(self, host: str) -> str | None:
        name = _name(host)
        if name in self._exact:
            return self._exact[name]
        return next((v for end, v in self._below.items() if name.endswith(end)), None)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            await self._start()
        except Exception as error:
            self.failure = error
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            raise
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._stop()
        await send({"type": "lifespan.shutdown.complete"})


def _name(host: str) -> str:
    name = host.rpartition(":")[0] if re.search(r":\d+$", host) else host
    return name.lower().rstrip(".")


def _first_segment(scope: Scope) -> str:
    # From the raw path: an encoded slash is no end of a segment, here as in the routing.
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return unquote_to_bytes(raw.partition(b"?")[0].partition(b"/")[2].partition(b"/")[0]).decode(
        errors="replace"
    )


def _host(scope: Scope) -> str | None:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not hosts:
        address, port = scope.get("server") or ("127.0.0.1", 80)
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    host: str = hosts[0].decode("latin-1")
    return host if len(hosts) == 1 and _HOST.fullmatch(host) else None


async def _refuse(send: Send, status: int, message: str) -> None:
    body = orjson.dumps({"error": message})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
