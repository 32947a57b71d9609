"""What a name server said, and how long it took."""

from dataclasses import dataclass
from typing import ClassVar

from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """One resource record; `text` is its content as zone files write it."""

    name: str
    ttl_s: int
    rdclass: str
    rdtype: str
    text: str

    def __str__(self) -> str:
        """Write it as zone files do."""
        return f"{self.name}\t{self.ttl_s}\t{self.rdclass}\t{self.rdtype}\t{self.text}"


@dataclass(frozen=True, slots=True)
class DnsResult:
    """One question to one server.

    `resolution_ms` runs from the first packet of the try that was answered until its answer was
    complete: with connection and handshake (`connect_ms`, `tls_ms`), and with the question over
    TCP that follows a truncated answer. Over UDP the kernel stamps both packets, if it will
    (`kernel_stamped`). An answer that says NXDOMAIN or SERVFAIL is an answer: `rcode` has it.
    `transport` is the one that the answer came over; sizes are those of DNS messages.
    """

    SUMMARY: ClassVar = ("ok", "answered", "availability", "mappings")

    target: str
    address: str
    port: int
    name: str
    rdtype: str
    rdclass: str
    transport: str
    tries: int
    resolution_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    kernel_stamped: bool = False
    rcode: str | None = None
    flags: tuple[str, ...] = ()
    answers: tuple[DnsRecord, ...] = ()
    authority: tuple[DnsRecord, ...] = ()
    additional: tuple[DnsRecord, ...] = ()
    query_bytes: int | None = None
    answer_bytes: int | None = None
    edns_bytes: int | None = None
    """The largest datagram that the server takes, if it speaks EDNS."""
    truncated: bool = False
    """Whether the answer over UDP was cut short."""
    http_status: int | None = None
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether the server gave data: NOERROR, and at least one record."""
        return self.failure is None and self.rcode == "NOERROR" and bool(self.answers)

    @property
    def answered(self) -> bool:
        """Whether any answer came, whatever it says."""
        return self.rcode is not None

    @property
    def availability(self) -> float:
        """Percent: 100 when the server gave data, else 0."""
        return 100.0 if self.ok else 0.0

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the resolution time."""
        return self.resolution_ms

    @property
    def mappings(self) -> tuple[str, ...]:
        """What the name maps to, each with its type where it is not the one asked for."""
        return mapped(self.answers, self.rdtype)


def mapped(answers: tuple[DnsRecord, ...], rdtype: str) -> tuple[str, ...]:
    """Word the contents of records, with `(TYPE)` where that is not clear from the question."""
    return tuple(
        record.text if record.rdtype == rdtype else f"{record.text} ({record.rdtype})"
        for record in answers
    )
