"""What libcurl reports while an exchange goes on: headers, body, and what is said of TLS."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

import pycurl

from probes.http.judgement import KEPT_BODY_BYTES, Content
from probes.http.redirects import starred

MOST_INTERIM = 20

_STATUS_LINE = re.compile(rb"HTTP/(\d(?:\.\d)?) +(\d{3})(?!\d)")
_TLS = re.compile(rb"connection using (\S+) / (\S+)")
_ERRNO = re.compile(rb"\(errno (\d+)\)")


@dataclass(slots=True)
class Answer:
    """Filled by the callbacks of one transfer; none of them may raise.

    `limit_bytes` of the decompressed body are taken, and KEPT_BODY_BYTES of those kept.
    """

    limit_bytes: float
    request: bytes = b""
    header_bytes: int = 0
    content_bytes: int = 0
    version: str | None = None
    status: int | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    trailers: list[tuple[str, str]] = field(default_factory=list)
    interim: list[int] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)
    body_bytes: int = 0
    truncated: bool = False
    tls_version: str | None = None
    tls_cipher: str | None = None
    errno: int = 0
    complete: bool = False
    """Whether the last header section came to its end."""
    asked_s: list[float] = field(default_factory=list)
    """When libcurl began to write each request, by this process's own clock."""
    told_s: float | None = None
    """When it last had words to say, which it has just before it writes."""
    heard_s: float | None = None
    """When the first bytes of an answer were read, by the same."""

    def on_debug(self, kind: int, content: bytes) -> None:
        """Take what libcurl says it does, and the header sections as they pass."""
        if kind == pycurl.INFOTYPE_HEADER_IN:
            self.heard_s = self.heard_s or time.perf_counter()
            self.header_bytes += len(content)
        elif kind == pycurl.INFOTYPE_DATA_IN:
            self.content_bytes += len(content)
        elif kind == pycurl.INFOTYPE_HEADER_OUT:
            # A challenge is answered with a second request: the last one counts.
            self.request = content
            self.asked_s.append(self.told_s or time.perf_counter())
        elif kind == pycurl.INFOTYPE_TEXT:
            self.told_s = time.perf_counter()
            self._on_text(content)

    def _on_text(self, content: bytes) -> None:
        if tls := _TLS.search(content):
            self.tls_version, self.tls_cipher = (part.decode("latin-1") for part in tls.groups())
        elif number := _ERRNO.search(content):
            self.errno = int(number[1])

    def on_header(self, line: bytes) -> None:
        """Take one line of a header or trailer section; a status line begins a new answer."""
        if found := _STATUS_LINE.match(line):
            self._begin(found[1].decode(), int(found[2]))
        elif not line.strip():
            self.complete = True
        else:
            name, _, value = line.decode("latin-1").partition(":")
            fields = self.trailers if self.complete else self.headers
            fields.append((name.strip(), value.strip()))

    def _begin(self, version: str, status: int) -> None:
        self.complete, self.headers, self.trailers = False, [], []
        if status >= 200:
            self.version, self.status = version, status
        elif len(self.interim) < MOST_INTERIM:
            self.interim.append(status)

    def on_body(self, chunk: bytes) -> int:
        """Take a piece of the decompressed body; a smaller number than its length ends it."""
        taken = chunk[: int(min(len(chunk), self.limit_bytes - self.body_bytes))]
        self.body_bytes += len(taken)
        if (room := KEPT_BODY_BYTES - len(self.body)) > 0:
            self.body += taken[:room]
        self.truncated = len(taken) < len(chunk)
        return len(taken) if not self.truncated else 0

    @property
    def begun(self) -> bool:
        """Whether something came that is an answer, be it an interim one."""
        return self.status is not None or bool(self.interim)

    @property
    def waited_s(self) -> float | None:
        """Time from the one request to the first bytes of its answer; None for more requests."""
        if self.heard_s is None or len(self.asked_s) != 1:
            return None
        return max(0.0, self.heard_s - self.asked_s[0])

    @property
    def request_headers(self) -> tuple[tuple[str, str], ...]:
        """The request's header lines, those that hold secrets starred out."""
        lines = self.request.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return starred((name, value.strip()) for name, _, value in pairs)

    def field(self, name: str) -> str | None:
        """Return the first value of a response header, if there is one."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def content(self) -> Content | None:
        """The body so far; None where there is none."""
        if not self.body_bytes:
            return None
        kind = self.field("content-type") or ""
        return Content(bytes(self.body), kind, whole=self.body_bytes <= KEPT_BODY_BYTES)
