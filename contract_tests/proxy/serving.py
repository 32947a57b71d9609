"""An application served until Ctrl-C: the first one ends it in order, the second at once."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from contract_tests.listening.ear import App
from contract_tests.proxy.protocol import Protocol

_GRACE_S = 2
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_AT_ONCE = 130  # what shells know as Ctrl-C


class CannotListen(Exception):
    """The address cannot be listened on; the message says why."""


def listener_at(text: str) -> socket.socket:
    """Return a socket that listens at `HOST:PORT` (port 0 is any); CannotListen if none can."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    try:
        number = int(port)
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except (ValueError, OverflowError):
        raise CannotListen(f"--listen {text}: HOST:PORT, as in 127.0.0.1:8081") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise CannotListen(f"cannot listen at {text}: {why} (port 0 is any free one)") from None
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the address at which clients find a listener."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def serve(app: App, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until a signal comes; `ready` is called once the listener is served."""
    Server(app, ready).run(sockets=[listener])
    # What follows is the report: whoever does not want to wait for it need not.
    for number in _SIGNALS:
        signal.signal(number, _leave)


def _config(app: App) -> uvicorn.Config:
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    return uvicorn.Config(
        app,
        http=Protocol,
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_GRACE_S,
    )


class Server(uvicorn.Server):
    """uvicorn, but it says when it is ready, and takes the first signal for itself."""

    def __init__(self, app: App, ready: Callable[[], None]) -> None:
        """Serve `app`."""
        super().__init__(_config(app))
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        await super().startup(sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Heed signals while it serves; uvicorn would raise them again at its end."""
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._end)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def _end(self) -> None:
        if self.should_exit:
            _leave()
        self.should_exit = True


def _leave(*_: object) -> None:
    """End at once; what was recorded is on the file."""
    os._exit(_AT_ONCE)
