"""uvicorn's HTTP protocol with the limits that it lacks: slow, endless and oversized headers."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.asgi.faults import CONNECTION
from mockserver.asgi.transport import JoiningTransport

HEADER_DEADLINE_S = 10
MAX_HEADER_BYTES = 65_536


class GuardedProtocol(HttpToolsProtocol):
    """Closes connections whose headers do not come to an end; uvicorn waits for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what uvicorn gives."""
        super().__init__(*args, **kwargs)
        self._in_headers = True  # also before the first byte of a message
        self._received = 0
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first headers."""
        super().connection_made(JoiningTransport(transport, self.loop))
        self._await_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count bytes as long as they are headers; too many end the connection."""
        if self._in_headers:
            self._received += len(data)
        super().data_received(data)
        if self._in_headers and self._received > MAX_HEADER_BYTES:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Begin to time the headers of a request."""
        super().on_message_begin()
        self.scope[CONNECTION] = _Connection(self)  # type: ignore[literal-required]
        self._await_headers()

    def on_headers_complete(self) -> None:
        """Leave off: the headers are whole; ValueError (to the client: 400) if too long."""
        self._in_headers = False
        self._stop_waiting()
        # They may have come in one piece, together with much of a body: only now can one tell.
        if sum(len(name) + len(value) + 4 for name, value in self.headers) > MAX_HEADER_BYTES:
            raise ValueError(f"the headers are longer than {MAX_HEADER_BYTES} bytes")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect the headers of another request."""
        super().on_message_complete()
        self._in_headers, self._received = True, 0

    def _await_headers(self) -> None:
        self._stop_waiting()
        self._deadline = self.loop.call_later(HEADER_DEADLINE_S, self._give_up)

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Connection:
    """A connection as a fault sees it: to be closed or broken off before an answer is whole."""

    def __init__(self, protocol: GuardedProtocol) -> None:
        self._protocol = protocol

    def close(self) -> None:
        self._gone()
        self._protocol.transport.close()

    def reset(self) -> None:
        self._gone()
        transport = self._protocol.transport
        wire = transport.get_extra_info("socket")
        if wire is not None:
            # Not to linger at all is what makes TCP send a reset.
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def _gone(self) -> None:
        # Otherwise uvicorn complains that the answer was never finished.
        self._protocol.cycle.disconnected = True
