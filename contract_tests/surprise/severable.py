"""uvicorn's protocol, with the connection itself within an application's reach: to be cut."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "contract_tests.transport"  # in the scope: what a connection is written to
_AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: what was not sent is thrown away, with a RST


class SeverableProtocol(HttpToolsProtocol):
    """Puts the transport of a connection into the scope of its requests."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        cast("dict[str, Any]", self.scope)[TRANSPORT] = self.transport


def sever(scope: Any, how: str) -> bool:
    """End the connection of a request, by `fin` or `rst`; False where it is out of reach."""
    transport: asyncio.Transport | None = scope.get(TRANSPORT)
    if transport is None:
        return False
    if how == "fin":
        transport.close()
        return True
    with suppress(OSError):
        plain: socket.socket = transport.get_extra_info("socket")
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()
    return True
