"""A small HTTP/1.1 server of the standard library: a call goes in, an answer comes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

NOTHING = object()
_LONGEST_LINE = 65536
_NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class Call:
    """A request, taken apart: segments of the path are decoded one by one."""

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    host: str

    def last(self, name: str) -> str | None:
        """Return the last value of a query parameter."""
        return dict(self.query).get(name)


@dataclass(slots=True)
class Answer:
    """A status, a JSON value (or `NOTHING`, or bytes as they are), and headers."""

    status: int
    body: Any = NOTHING
    headers: dict[str, str] = field(default_factory=dict)
    media: str = "application/json"


class App(Protocol):
    """What is served."""

    def answer(self, call: Call) -> Answer:
        """Answer a call; ConnectionError breaks the connection off."""


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the app, writes its answer."""

    protocol_version = "HTTP/1.1"
    app: App

    def handle_one_request(self) -> None:
        """Serve any method, also one that nobody knows."""
        self.raw_requestline = self.rfile.readline(_LONGEST_LINE + 1)
        if len(self.raw_requestline) > _LONGEST_LINE:
            self.requestline, self.request_version, self.command = "", "HTTP/1.1", ""
            self.send_error(414)
        elif not self.raw_requestline:
            self.close_connection = True
        elif self.parse_request():
            self.serve()

    def serve(self) -> None:
        """Answer one call, or break off."""
        try:
            answer = self.app.answer(self.call())
        except ConnectionError:
            self.close_connection = True
            self.connection.close()
            return
        self.write(answer)

    def call(self) -> Call:
        """Take the request apart."""
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        return Call(
            self.command,
            tuple(unquote(part) for part in parts.path.split("/")[1:]),
            tuple(parse_qsl(parts.query, keep_blank_values=True)),
            self.headers,
            self.rfile.read(length),
            self.headers.get("Host", ""),
        )

    def write(self, answer: Answer) -> None:
        """Write head and body."""
        body = _encoded(answer.body)
        headers = {"Date": formatdate(usegmt=True), **answer.headers}
        if answer.body is not NOTHING:
            headers.setdefault("Content-Type", answer.media)
        if answer.status != _NO_CONTENT:
            headers["Content-Length"] = str(len(body))
        lines = [f"HTTP/1.1 {answer.status} X", *(f"{n}: {v}" for n, v in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        silent = self.command == "HEAD" or answer.status == _NO_CONTENT
        # One packet: a client would acknowledge the head 40 ms late.
        self.wfile.write(head if silent else head + body)

    def log_message(self, *_: Any) -> None:
        """Say nothing: a bench asks thousands of times."""


def server_of(app: App, port: int = 0) -> ThreadingHTTPServer:
    """Return a server on loopback that is not running yet."""
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (Handler,), {"app": app}))
    server.daemon_threads = True
    return server


def _encoded(body: Any) -> bytes:
    if body is NOTHING:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()
