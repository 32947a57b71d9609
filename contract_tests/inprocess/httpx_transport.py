"""httpx without a port: its own connections, over a socket that stays within the process."""

from __future__ import annotations

import select
import ssl
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Self, TypeVar

import anyio.to_thread
import httpcore
import httpx

from contract_tests.inprocess.calling import as_header, caller
from contract_tests.inprocess.house import House
from contract_tests.inprocess.link import ClientEnd
from contract_tests.listening.ear import CALLER

T = TypeVar("T")
Options = Iterable[Any] | None


class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Leads a client, `httpx.Client` or `httpx.AsyncClient`, to a stand-in in this process.

    Hosts are `in-process`, the loopback, and those that vendors' documents name; every other is
    refused as a closed port would be.
    """

    def __init__(self, house: House) -> None:
        """Reach `house`."""
        # Not the libraries' own beginning: it would load certificates, which nobody needs here.
        self._one = httpx.HTTPTransport(verify=_NO_CHECKS)
        self._one._pool = httpcore.ConnectionPool(network_backend=_Backend(house))  # noqa: SLF001
        self._other = httpx.AsyncHTTPTransport(verify=_NO_CHECKS)
        backend = _AsyncBackend(house)
        self._other._pool = httpcore.AsyncConnectionPool(network_backend=backend)  # noqa: SLF001

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        return self._one.handle_request(_told(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        return await self._other.handle_async_request(_told(request))

    def close(self) -> None:
        """Close all connections."""
        self._one.close()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._other.aclose()

    def __enter__(self) -> Self:
        """Begin to be used by a client."""
        return self

    def __exit__(self, *_: object) -> None:
        """End with the client."""
        self.close()

    async def __aenter__(self) -> Self:
        """Begin to be used by a client."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """End with the client."""
        await self.aclose()


_NO_CHECKS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _told(request: httpx.Request) -> httpx.Request:
    line = caller()
    if not line:
        return request
    headers = [*request.headers.raw, (CALLER.encode(), as_header(line).encode())]
    # A copy: what the client sent is what it sees afterwards.
    return httpx.Request(
        request.method,
        request.url,
        headers=headers,
        stream=request.stream,
        extensions=request.extensions,
    )


class _Stream(httpcore.NetworkStream):
    """A connection as httpcore wants it."""

    def __init__(self, end: ClientEnd) -> None:
        self.end = end

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.end.settimeout(timeout)
        return _mapped(partial(self.end.recv, max_bytes), httpcore.ReadTimeout, httpcore.ReadError)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.end.settimeout(timeout)
        send = partial(self.end.sendall, buffer)
        _mapped(send, httpcore.WriteTimeout, httpcore.WriteError)

    def close(self) -> None:
        self.end.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: Any = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del ssl_context, server_hostname, timeout
        return self  # within a process there is nothing to hide

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(select.select([self.end], [], [], 0)[0])
        return self.end if info == "socket" else None


class _AsyncStream(httpcore.AsyncNetworkStream):
    """The same in a thread, so that any event loop can wait for it."""

    def __init__(self, plain: _Stream) -> None:
        self._plain = plain

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        return await _threaded(partial(self._plain.read, max_bytes, timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        await _threaded(partial(self._plain.write, buffer, timeout))

    async def aclose(self) -> None:
        self._plain.close()

    async def start_tls(
        self,
        ssl_context: Any,
        server_hostname: Any = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        del ssl_context, server_hostname, timeout
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Opens connections of clients that wait."""

    def __init__(self, house: House) -> None:
        self._house = house

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options = None,
    ) -> _Stream:
        del timeout, local_address, socket_options
        connect = partial(self._house.connect, _scheme(port), host)
        return _Stream(_mapped(connect, httpcore.ConnectTimeout, httpcore.ConnectError))


class _AsyncBackend(httpcore.AsyncNetworkBackend):
    """Opens connections of clients with an event loop."""

    def __init__(self, house: House) -> None:
        self._plain = _Backend(house)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109
        local_address: str | None = None,
        socket_options: Options = None,
    ) -> _AsyncStream:
        del timeout, local_address, socket_options
        return _AsyncStream(await _threaded(partial(self._plain.connect_tcp, host, port)))

    async def sleep(self, seconds: float) -> None:
        await anyio.sleep(seconds)


def _scheme(port: int) -> str:
    return "https" if port == 443 else "http"


async def _threaded(work: Callable[[], T]) -> T:
    return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)


def _mapped(work: Callable[[], T], timed_out: type[Exception], failed: type[Exception]) -> T:
    try:
        return work()
    except TimeoutError as error:
        raise timed_out(str(error)) from error
    except OSError as error:
        raise failed(str(error)) from error
