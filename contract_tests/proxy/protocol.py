"""uvicorn's HTTP/1.1, which here tells an application also what ASGI leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from contract_tests.listening.ear import SPELT
from contract_tests.proxy import saying
from contract_tests.proxy.hops import Pair

TARGET = "contract_tests.target"  # in the scope: the request's target as it came
INTERIM = "contract_tests.interim"  # in the scope: sends an answer before the answer (1xx)


# By these uvicorn knows how an answer is framed: it looks for them in small letters.
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})


class _Spelt(bytes):
    """The name of a header that keeps its spelling: uvicorn would write it in small letters."""

    def lower(self) -> bytes:
        return self


def spelt(headers: Iterable[Pair]) -> list[Pair]:
    """Return headers of an answer that keep their spelling, but for those that frame it."""
    return [(n if n.lower() in _FRAMING else _Spelt(n), value) for n, value in headers]


class Protocol(HttpToolsProtocol):
    """Keeps the spelling of headers and of the target, and can pass interim answers on."""

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._spelt: list[Pair] = []
        scope: Any = self.scope
        scope.update({SPELT: self._spelt, INTERIM: self._interim})

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._spelt.append((name, value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Let the application begin."""
        scope: Any = self.scope
        scope[TARGET] = self.url
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be read, in our own words."""
        is_tunnel = self.parser is not None and self.parser.get_method() == b"CONNECT"
        refusal = saying.NO_TUNNEL if is_tunnel else saying.Refusal(400, msg)
        body = saying.content(refusal)
        start = f"HTTP/1.1 {refusal.status} {'Not Implemented' if is_tunnel else 'Bad Request'}"
        lines = (
            start.encode(),
            b"content-type: application/json",
            b"content-length: %d" % len(body),
            saying.HEADER + b": refused",
            b"connection: close",
        )
        self.transport.write(b"\r\n".join((*lines, b"", body)))
        self.transport.close()

    def _interim(self, status: int, reason: bytes, headers: Iterable[Pair]) -> None:
        lines = [b"HTTP/1.1 %d %s" % (status, reason), *(b"%s: %s" % pair for pair in headers)]
        self.transport.write(b"\r\n".join((*lines, b"", b"")))
