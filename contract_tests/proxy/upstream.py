"""An ASGI application that passes every request on to one upstream, and its answer back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import h11

from contract_tests.listening.ear import FAILURE, SPELT, Aim, Message, Receive, Send
from contract_tests.proxy import hops, saying
from contract_tests.proxy.pool import Pool
from contract_tests.proxy.protocol import TARGET
from contract_tests.proxy.rewriting import Rewriting
from contract_tests.proxy.visit import Visit
from contract_tests.wire.address import Address

_FAILURES = (OSError, TimeoutError, h11.ProtocolError)


class Upstream:
    """Passes on: bodies as they come, both ways, none faster than the other side reads."""

    def __init__(
        self,
        address: Address,
        pool: Pool,
        rewriting: Rewriting | None = None,
        *,
        timeout_s: float = 60.0,
    ) -> None:
        """Go to `address`; `timeout_s` is how long nothing may come from there."""
        self._base = urlsplit(address.url)
        self._pool, self._timeout_s = pool, timeout_s
        self._rewriting = rewriting or Rewriting((address.url,))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if hops.value(scope["headers"], b"upgrade").lower() == b"websocket":
            scope[FAILURE] = f"refused by the proxy: {saying.NO_UPGRADE.reason}"
            await saying.say(saying.NO_UPGRADE, send, ends=True)
            return
        if scope["method"] == "CONNECT":
            scope[FAILURE] = f"refused by the proxy: {saying.NO_TUNNEL.reason}"
            await saying.say(saying.NO_TUNNEL, send, ends=True)
            return
        visit = Visit(self._pool, self._rewriting, self._timeout_s, (scope, receive, send))
        try:
            await visit.carry_out(self._head(scope))
        except _FAILURES as error:
            await self._failed(error, scope, visit, send)

    async def _failed(self, error: Exception, scope: Message, visit: Visit, send: Send) -> None:
        if visit.is_left:
            return
        refusal = saying.of_failure(error, self._timeout_s)
        scope[FAILURE] = refusal.reason
        if visit.has_begun:
            # The only way to say that an answer is not whole is to end the connection.
            raise CutShort(refusal.reason) from error
        await saying.say(refusal, send, ends=visit.has_body)

    def _head(self, scope: Message) -> h11.Request:
        headers = scope.get(SPELT) or scope["headers"]
        own = [pair for pair in hops.end_to_end(headers) if pair[0].lower() != b"host"]
        if hops.value(headers, b"transfer-encoding"):
            own.append((b"Transfer-Encoding", b"chunked"))
        if self._rewriting.links:
            own = [pair for pair in own if pair[0].lower() != b"accept-encoding"]
            own.append((b"Accept-Encoding", b"identity"))
        return h11.Request(
            method=scope["method"].encode(),
            target=self._base.path.encode() + target(scope).encode("latin-1"),
            headers=[(b"Host", self._base.netloc.encode()), *own],
        )


class CutShort(Exception):
    """The upstream's answer ended before its end; the message says how."""


def target(scope: Message) -> str:
    """Return path and query as the client wrote them, without the origin of an absolute form."""
    raw: bytes = scope.get(TARGET) or b""
    text = raw.decode("latin-1")
    if text.startswith("/"):
        return text.partition("#")[0]
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def aim_at(url: str, vendor: str) -> Any:
    """Return what reads where a request goes that the proxy passes on to `url`."""

    def aim(scope: Message) -> Aim:
        return Aim(vendor, target(scope), url + target(scope))

    return aim
