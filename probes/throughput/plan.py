"""How much to send, which way, and by what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from probes.agent_to_agent.plan import Direction
from probes.errors import PlanInvalid
from probes.responder import DEFAULT_PORT
from probes.responder.messages import LEAST_BYTES, LONGEST_MS, MOST_BYTES, Kind, Request

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork
    from probes.throughput.result import ThroughputResult


class Protocol(StrEnum):
    """What carries the stream."""

    TCP = "tcp"
    UDP = "udp"


_KINDS = {
    (Protocol.TCP, Direction.TO_TARGET): Kind.TCP_SINK,
    (Protocol.TCP, Direction.FROM_TARGET): Kind.TCP_SOURCE,
    (Protocol.UDP, Direction.TO_TARGET): Kind.UDP_SINK,
    (Protocol.UDP, Direction.FROM_TARGET): Kind.UDP_SOURCE,
}


@dataclass(frozen=True, slots=True)
class ThroughputPlan:
    """One stream to or from a responder at the target; both directions one after the other.

    `rate_bits_per_s` is the UDP payload that is offered, `size_bytes` that of one packet; TCP
    takes what it gets, and they do not apply to it. ThousandEyes lasts 5 to 30 s, 10 s by default.
    """

    most_at_once: ClassVar[int] = 1
    """Streams that share a path would measure each other."""

    target: str
    port: int = DEFAULT_PORT
    protocol: Protocol = Protocol.TCP
    direction: Direction = Direction.TO_TARGET
    rate_bits_per_s: int = 10_000_000
    duration_s: float = 10.0
    size_bytes: int = 1200
    dscp: int = 0
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        if self.protocol not in tuple(Protocol):
            text = f"expected {', '.join(Protocol)}"
            raise PlanInvalid(f"The protocol is {self.protocol!r}: {text}.")
        if self.direction not in tuple(Direction):
            text = f"expected {', '.join(Direction)}"
            raise PlanInvalid(f"The direction is {self.direction!r}: {text}.")
        if not 1 <= self.port <= 65_535:
            raise PlanInvalid(f"The port is {self.port}: expected 1 to 65535.")
        if not 0.1 <= self.duration_s <= LONGEST_MS / 1000:
            text = f"expected 0.1 to {LONGEST_MS // 1000}"
            raise PlanInvalid(f"The duration is {self.duration_s} s: {text}.")
        if not LEAST_BYTES <= self.size_bytes <= MOST_BYTES:
            text = f"expected {LEAST_BYTES} to {MOST_BYTES}"
            raise PlanInvalid(f"The size is {self.size_bytes} bytes: {text}.")
        if self.rate_bits_per_s < 1:
            raise PlanInvalid(f"The rate is {self.rate_bits_per_s} bit/s: expected 1 or more.")
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")
        for direction in self.ways:
            self.request(direction)

    @property
    def ways(self) -> tuple[Direction, ...]:
        """The directions to measure, in order."""
        if self.direction == Direction.BOTH:
            return Direction.TO_TARGET, Direction.FROM_TARGET
        return (self.direction,)

    def request(self, direction: Direction) -> Request:
        """Return what the responder is asked for, for one direction."""
        kind = _KINDS[Protocol(self.protocol), direction]
        duration_ms = round(self.duration_s * 1000)
        if self.protocol == Protocol.TCP:
            return Request(kind, 0, LEAST_BYTES, duration_ms, self.dscp)
        packets = max(2, round(self.rate_bits_per_s * self.duration_s / (8 * self.size_bytes)))
        return Request(kind, packets, self.size_bytes, duration_ms, self.dscp)

    async def live(self, network: LiveNetwork) -> ThroughputResult:
        """Send and count."""
        from probes.throughput.probe import throughput  # noqa: PLC0415 - plans are cheap to import

        return await throughput(self, network)

    async def simulated(self, network: SimulatedNetwork) -> ThroughputResult:
        """Work out what the path would carry."""
        from probes.throughput.simulated import simulated_throughput  # noqa: PLC0415 - the same

        return await simulated_throughput(self, network)
