"""What an FTP measurement found."""

from dataclasses import dataclass
from typing import ClassVar

from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class FtpResult:
    """Phases in milliseconds, in the order in which they follow one another; None: not reached.

    The definitions are those of the ThousandEyes FTP server test (v6, `web/ftp-server`), made
    exact: see each field.
    """

    SUMMARY: ClassVar = ("ok", "response_ms", "total_ms", "throughput_kbps")

    target: str
    address: str | None
    port: int
    request: str
    dns_ms: float | None = None
    """Resolving the name."""
    connect_ms: float | None = None
    """The TCP handshake of the control connection."""
    negotiation_ms: float | None = None
    """From there until RETR, STOR or LIST is sent: banner, TLS, login, CWD, TYPE, EPSV or PASV,
    and the TCP handshake of the data connection."""
    tls_ms: float | None = None
    """The part of the negotiation that the control connection's TLS handshake took."""
    wait_ms: float | None = None
    """From the command to the first byte of data; for an upload to the 1xx reply that invites
    the first byte; for data that is empty to the end of the data connection."""
    transfer_ms: float | None = None
    """From the first to the last byte of data; for an upload from the 1xx reply to the final
    one, since nothing else tells that the last byte arrived."""
    wire_bytes: int = 0
    """Bytes of content on the data connection, without TLS and TCP."""
    limited: bool = False
    """Whether the download ended at its limit."""
    tls_version: str | None = None
    reply_code: int | None = None
    """The last reply to the command, or the reply that ended the conversation."""
    replies: tuple[str, ...] = ()
    """Every reply line of the server, at most 200 of at most 500 characters."""
    listing: tuple[str, ...] = ()
    """The lines of a listing, at most 1 000."""
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether it was carried out, with the reply that was desired."""
        return self.failure is None

    @property
    def response_ms(self) -> float | None:
        """DNS, connect, negotiation and wait together."""
        return _sum(self.dns_ms, self.connect_ms, self.negotiation_ms, self.wait_ms)

    @property
    def total_ms(self) -> float | None:
        """Response and transfer together."""
        return _sum(self.response_ms, self.transfer_ms)

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the total."""
        return self.total_ms

    @property
    def throughput_kbps(self) -> float | None:
        """Content by transfer time in kilobits (1 000) a second; None where no time passed."""
        return self.wire_bytes * 8 / self.transfer_ms if self.transfer_ms else None


def _sum(*parts: float | None) -> float | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
