"""A served process: the socket, the greeting, the signals, the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import uvicorn

from mockserver.app import Application, create_app
from mockserver.asgi.protocol import GuardedProtocol
from mockserver.core.store import StoreError

if TYPE_CHECKING:
    from mockserver.settings import Settings

_GRACE_S = 5


class CannotListen(Exception):
    """The address cannot be listened on: the message says which and why."""


def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; CannotListen, StoreError and SettingsError before that."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # What uvicorn would complain of is said by us, once, or is a client's garbage.
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    app = create_app(settings)
    listener = _listen(settings.host, settings.port)
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config, app, listener)
    try:
        server.run(sockets=[listener])
    except SystemExit:
        # uvicorn leaves so when the application cannot start; its reason is what a person needs.
        raise server.failure or StoreError("the server could not start; see above") from None


class _Server(uvicorn.Server):
    """Says when it is ready, ends quietly when told to, keeps the reason of a failed start."""

    def __init__(self, config: uvicorn.Config, app: Application, listener: socket.socket) -> None:
        super().__init__(config)
        self._app = app
        self._listener = listener
        self.failure: Exception | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            self.failure = self._app.gateway.failure
            raise
        _greet(self._app, self._listener)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn raises the signal again at the end, so a wanted stop would look like a crash.
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CannotListen(
            f"cannot listen on {host}:{port}: {reason}; give another --host or --port (0: any)"
        ) from error
    return listener


def _greet(app: Application, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    base = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    for vendor in app.house.vendors.values():
        address = f"{base}/{vendor.name}"
        curl = vendor.curl.format(base=address, key=vendor.default_key)
        sys.stdout.write(f"{vendor.title}: {address}\n  {vendor.credential}\n  {curl}\n")
    sys.stdout.write(f"mockserver ready on {base}\n")
    sys.stdout.flush()
