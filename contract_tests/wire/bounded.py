"""Connections on which a whole answer has a bound in time and in size, however it drips."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import HTTPResponse

_CHUNK = 2**16


class _Watch:
    """Cuts a connection when an answer takes too long; `ended` says so."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.ended = False
        self._connection = connection
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.ended = True
        try:
            # Past TLS, whose layer another thread is reading from.
            socket.socket.shutdown(self._connection, socket.SHUT_RDWR)
        except OSError:
            return


class _Answer(HTTPResponse):
    """An answer that knows who watches it."""

    watch: _Watch | None = None


class _Plain(HTTPConnection):
    """Watches from the end of a request on: the library's time-out is that of each read."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        if not isinstance(self.timeout, int | float):
            return super().getresponse()
        watch = _Watch(self.sock, self.timeout)
        try:
            answer = super().getresponse()
        except BaseException:
            watch.stop()
            if watch.ended:
                raise TimeoutError("the head of an answer took too long") from None
            raise
        answer.__class__ = _Answer
        answer.watch = watch  # type: ignore[attr-defined]
        return answer


class _Secure(_Plain, HTTPSConnection):
    """The same over TLS."""


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Bounded(HTTPAdapter):
    """Reads every answer at once, within the read time-out in all and so many bytes.

    What is longer is cut off, and `content` is longer than `max_bytes` then.
    """

    def __init__(self, max_bytes: int = 16 * 2**20, **options: Any) -> None:
        """Keep about so many bytes of a body, decoded."""
        self.max_bytes = max_bytes
        super().__init__(**options)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """Make connections of our own kind."""
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}

    def send(  # noqa: PLR0913, PLR0917  (the library's signature)
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: Any = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send, and read the answer; requests.ReadTimeout if it takes too long in all."""
        response = super().send(request, stream, timeout, verify, cert, proxies)
        watch = getattr(response.raw, "watch", None)
        try:
            content = self._read(response.raw)
        except (HTTPError, OSError, ValueError) as error:
            response.close()
            if watch is None or not watch.ended:
                raise requests.exceptions.ChunkedEncodingError(error, request=request) from None
            content = b""
        finally:
            if watch is not None:
                watch.stop()
        if watch is not None and watch.ended:
            # Worded and wrapped as the library does: Schemathesis takes it to pieces.
            pool: Any = response.raw
            late = ReadTimeoutError(
                pool, request.url or "", f"Read timed out. (read timeout={timeout})"
            )
            raise requests.ReadTimeout(late, request=request)
        response._content = content  # noqa: SLF001  (what `content` is made of)
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response

    def _read(self, raw: Any) -> bytes:
        body = bytearray()
        # Whatever has come, however little: a larger piece would be waited for.
        while chunk := raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self.max_bytes:
                raw.close()
                break
        else:
            raw.release_conn()
        return bytes(body)
