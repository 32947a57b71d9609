"""Connections to one pinned address, kept while they are idle."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

from contract_tests.proxy.connection import Connection
from contract_tests.wire.address import Address

_IDLE_S = 10.0  # shorter than any server's patience that was met
_JUST_NOW_S = 1.0


class Pool:
    """Opens connections to an address and keeps the idle ones; of one event loop."""

    def __init__(
        self, address: Address, trust: ssl.SSLContext | None = None, *, timeout_s: float = 10.0
    ) -> None:
        """Connect to the pinned address only; over TLS `trust` verifies the name of the URL."""
        parts = urlsplit(address.url)
        is_tls = parts.scheme == "https"
        self._host, self._name = address.pinned, parts.hostname if is_tls else None
        self._port = parts.port or (443 if is_tls else 80)
        self._trust = (trust or verifying()) if is_tls else None
        self._timeout_s = timeout_s
        self._idle: list[Connection] = []

    async def take(self, *, may_be_old: bool) -> Connection:
        """Return an idle connection or a new one; OSError or TimeoutError if there can be none.

        What cannot be sent again takes none that was idle for more than a second: the server may
        be closing it.
        """
        now_s = asyncio.get_running_loop().time()
        longest_s = _IDLE_S if may_be_old else _JUST_NOW_S
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open and now_s - connection.idle_since_s < longest_s:
                return connection
            connection.close()
        return await self.opened()

    async def opened(self) -> Connection:
        """Return a new connection."""
        async with asyncio.timeout(self._timeout_s):
            reader, writer = await asyncio.open_connection(
                self._host, self._port, ssl=self._trust, server_hostname=self._name
            )
        return Connection(reader, writer)

    def give_back(self, connection: Connection) -> None:
        """Keep a connection for the next one, or end it."""
        if not connection.is_ready_again():
            connection.close()
            return
        connection.idle_since_s = asyncio.get_running_loop().time()
        self._idle.append(connection)

    def close(self) -> None:
        """End the idle connections."""
        while self._idle:
            self._idle.pop().close()


def verifying(cacert: str | None = None) -> ssl.SSLContext:
    """Return what verifies certificates: by the system's authorities, or by those in a file."""
    context = ssl.create_default_context(cafile=cacert)
    context.set_alpn_protocols(["http/1.1"])
    return context
