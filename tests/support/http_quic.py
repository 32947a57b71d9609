"""An HTTP/3 server for tests: aioquic on loopback, one answer for every request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aioquic.asyncio import QuicConnectionProtocol, serve
from aioquic.h3.connection import H3_ALPN, H3Connection
from aioquic.h3.events import HeadersReceived
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ProtocolNegotiated, QuicEvent

Fields = list[tuple[bytes, bytes]]


@asynccontextmanager
async def http3_server(folder: Path, fields: Fields, body: bytes) -> AsyncIterator[int]:
    """Serve with the certificate `ec.pem` of the folder; the UDP port is yielded."""

    class Speaker(QuicConnectionProtocol):
        _http: H3Connection | None = None

        def quic_event_received(self, event: QuicEvent) -> None:
            if isinstance(event, ProtocolNegotiated):
                self._http = H3Connection(self._quic)
            if self._http is None:
                return
            for heard in self._http.handle_event(event):
                if isinstance(heard, HeadersReceived):
                    self._http.send_headers(heard.stream_id, fields)
                    self._http.send_data(heard.stream_id, body, end_stream=True)
                    self.transmit()

    settings = QuicConfiguration(is_client=False, alpn_protocols=H3_ALPN)
    settings.load_cert_chain(folder / "ec.pem", folder / "ec.key")
    server: Any = await serve("127.0.0.1", 0, configuration=settings, create_protocol=Speaker)
    try:
        yield server._transport.get_extra_info("sockname")[1]
    finally:
        server.close()
