"""What an HTTP measurement found: every exchange, and the figures of the last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from probes.failure import Failure
from probes.http.certificate import Certificate

Headers = tuple[tuple[str, str], ...]
"""Names and values in the order they came in, repeated ones repeated."""

PHASES = ("dns", "connect", "tls", "send", "wait", "receive")


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """One request over a connection of its own, and the answer to it.

    Times are milliseconds, each counted from the end of the one before; None was not reached.
    For HTTP/3 `connect_ms` ends with the server's first packet and `tls_ms` with the handshake,
    since QUIC does both at once.
    """

    SUMMARY: ClassVar = ("response_ms", "total_ms", "wire_bytes")

    url: str
    method: str
    address: str | None = None
    """The one address that was connected to."""
    dns_ms: float | None = None
    """Name to address; 0 for an address, and for a name that the plan gives an address to."""
    connect_ms: float | None = None
    """Until the TCP connection stands."""
    tls_ms: float | None = None
    """Until the TLS handshake is done; 0 for plain http."""
    send_ms: float | None = None
    """Until the last byte of the request is written to the socket."""
    wait_ms: float | None = None
    """Until the first byte of the answer, an interim one (1xx) or a challenge included."""
    receive_ms: float | None = None
    """Until the last byte of the answer, or of the part that the download limit left."""
    status: int | None = None
    http_version: str | None = None
    """1.0, 1.1, 2 or 3."""
    request_headers: Headers = ()
    """As sent; authorization and cookies are starred out."""
    response_headers: Headers = ()
    trailers: Headers = ()
    interim_statuses: tuple[int, ...] = ()
    """1xx answers that came before."""
    header_bytes: int = 0
    """Header sections received; for HTTP/2 and 3 counted as text, not as they were packed."""
    content_bytes: int = 0
    """Content received before it was decompressed, without chunk marks."""
    body_bytes: int = 0
    """Content after it was decompressed."""
    truncated: bool = False
    """Whether the download limit ended it."""
    tls_version: str | None = None
    tls_cipher: str | None = None
    certificates: tuple[Certificate, ...] = ()
    """As the server sent them, its own first; there also where they were not accepted."""
    tcp_rtt_ms: float | None = None
    """The least round trip the kernel saw on the connection; None for HTTP/3."""
    retransmitted: int | None = None
    """TCP segments that this side sent again; None for HTTP/3."""

    @property
    def response_ms(self) -> float | None:
        """Begin to first byte: dns, connect, tls, send and wait."""
        return added(self.dns_ms, self.connect_ms, self.tls_ms, self.send_ms, self.wait_ms)

    @property
    def total_ms(self) -> float | None:
        """Begin to last byte: all six phases."""
        return added(self.response_ms, self.receive_ms)

    @property
    def wire_bytes(self) -> int:
        """Header and content bytes as received."""
        return self.header_bytes + self.content_bytes

    @property
    def missing_phase(self) -> str:
        """The phase that was not finished; `receive` where all were."""
        unfinished = (name for name in PHASES if getattr(self, f"{name}_ms") is None)
        return next(unfinished, PHASES[-1])


@dataclass(frozen=True, slots=True)
class HttpResult:
    """One URL fetched: its redirects, and the exchange at which they ended.

    The phases are those of the last exchange. `redirect_ms` is the time of all before it, so
    that dns, connect, tls, send, wait, receive and redirect add up to `total_ms`.
    """

    SUMMARY: ClassVar = (
        "ok",
        "address",
        "status",
        "http_version",
        "redirects",
        *(f"{phase}_ms" for phase in PHASES),
        "redirect_ms",
        "response_ms",
        "total_ms",
        "content_bytes",
        "wire_bytes",
        "throughput_kbps",
    )

    target: str
    exchanges: tuple[HttpExchange, ...]
    """Never empty; each but the last was answered with the redirect to the next."""
    failure: Failure | None = None
    matched: bool | None = None
    """Whether the expression was found; None where none was given or the answer did not end."""
    body_sha256: str | None = None
    """Digest of the decompressed body as far as it was downloaded; None beyond 1 MiB."""
    body_start: bytes = b""
    """The first bytes of the decompressed body."""

    @property
    def last(self) -> HttpExchange:
        """The exchange at which the redirects ended, or where one failed."""
        return self.exchanges[-1]

    @property
    def ok(self) -> bool:
        """Whether the wanted answer came, whole or up to the download limit."""
        return self.failure is None

    @property
    def time_ms(self) -> float | None:
        """The same as `total_ms`."""
        return self.total_ms

    @property
    def address(self) -> str | None:
        """The address of the last exchange."""
        return self.last.address

    @property
    def status(self) -> int | None:
        """The final status code."""
        return self.last.status

    @property
    def http_version(self) -> str | None:
        """1.0, 1.1, 2 or 3."""
        return self.last.http_version

    @property
    def redirects(self) -> int:
        """How many redirects were followed."""
        return len(self.exchanges) - 1

    @property
    def dns_ms(self) -> float | None:
        """Name to address."""
        return self.last.dns_ms

    @property
    def connect_ms(self) -> float | None:
        """Until the connection stands."""
        return self.last.connect_ms

    @property
    def tls_ms(self) -> float | None:
        """TLS handshake; 0 for plain http."""
        return self.last.tls_ms

    @property
    def send_ms(self) -> float | None:
        """Until the request is written."""
        return self.last.send_ms

    @property
    def wait_ms(self) -> float | None:
        """Request written to first byte."""
        return self.last.wait_ms

    @property
    def receive_ms(self) -> float | None:
        """First byte to last."""
        return self.last.receive_ms

    @property
    def redirect_ms(self) -> float:
        """All exchanges before the last; 0 where nothing redirected."""
        return sum((exchange.total_ms or 0.0 for exchange in self.exchanges[:-1]), 0.0)

    @property
    def response_ms(self) -> float | None:
        """Begin of the last exchange to its first byte, without redirects."""
        return self.last.response_ms

    @property
    def total_ms(self) -> float | None:
        """Begin of the first exchange to the last byte of the last."""
        return added(self.redirect_ms, self.last.total_ms)

    @property
    def content_bytes(self) -> int:
        """Content of the last answer as received, before it was decompressed."""
        return self.last.content_bytes

    @property
    def wire_bytes(self) -> int:
        """Header and content bytes of the last answer as received."""
        return self.last.wire_bytes

    @property
    def throughput_kbps(self) -> float | None:
        """`wire_bytes` by `receive_ms` in kbit/s; None where the last byte came with the first.

        A small answer arrives in one piece, and its figure says how fast it was copied. With a
        download limit it is the rate up to the limit.
        """
        return self.wire_bytes * 8 / self.receive_ms if self.receive_ms else None


def added(*times_ms: float | None) -> float | None:
    """Add up times; None where one of them was not reached."""
    known = [time for time in times_ms if time is not None]
    return sum(known) if len(known) == len(times_ms) else None
