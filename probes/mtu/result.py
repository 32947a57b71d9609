"""What is known of the longest packet that a path carries whole."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from probes.failure import Failure


class MtuProtocol(StrEnum):
    """What the probes are, and what answers them."""

    ICMP = "icmp"
    """Echo requests; the reply is as long, and may come back in fragments."""
    UDP = "udp"
    """Datagrams to ports that count up; "port unreachable" or any datagram answers."""


@dataclass(frozen=True, slots=True)
class MtuReport:
    """A machine that said "too big" of a packet, and what it would have carried."""

    address: str
    mtu_bytes: int | None
    """Next-hop MTU of the message; None where it held none that makes sense (RFC 1191, 5)."""
    packet_bytes: int


@dataclass(frozen=True, slots=True)
class MtuResult:
    """The path MTU: IP packets of `mtu_bytes` arrived, those a byte longer did not."""

    SUMMARY: ClassVar = ("limited_by",)

    target: str
    address: str
    protocol: MtuProtocol
    mtu_bytes: int | None
    """The whole IP packet, headers included; None if the target answered nothing at all."""
    interface_mtu_bytes: int | None
    """What the first interface carries, where that was the bound of some probe."""
    black_hole: bool | None
    """Whether longer packets vanish without any message; None if no MTU was found."""
    reports: tuple[MtuReport, ...]
    """Each different message, in the order in which they came."""
    rtt_ms: float | None
    """Round trip of the smallest packet, by this program's clock."""
    probes_sent: int
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether the path MTU was found."""
        return self.mtu_bytes is not None

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: round trip of the smallest packet."""
        return self.rtt_ms

    @property
    def limited_by(self) -> str | None:
        """Address of the router that named the MTU that was found; None where none did."""
        named = (report.address for report in self.reports if report.mtu_bytes == self.mtu_bytes)
        return next(named, None)
