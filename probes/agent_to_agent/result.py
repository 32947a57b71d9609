"""What became of packets between two ends, one way and both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from probes import statistics
from probes.agent_to_agent.plan import Direction
from probes.failure import Failure


@dataclass(frozen=True, slots=True)
class OneWay:
    """One direction; `latencies_ms` in sending order, None where a packet was lost.

    Copies are counted once in `received`; of them the first counts for latency. `reordered` is
    RFC 4737's count: packets that came after one that was sent later.
    """

    SUMMARY: ClassVar = (
        "packet_loss",
        "min_latency_ms",
        "avg_latency_ms",
        "max_latency_ms",
        "jitters_ms",
    )

    sent: int
    received: int
    duplicates: int
    reordered: int
    dscp_received: int | None
    latencies_ms: tuple[float | None, ...]

    @property
    def samples_ms(self) -> tuple[float, ...]:
        """Latencies of what arrived."""
        return tuple(latency for latency in self.latencies_ms if latency is not None)

    @property
    def lost(self) -> int:
        """Sent but not arrived."""
        return self.sent - self.received

    @property
    def packet_loss(self) -> float | None:
        """Percent of what was sent; None when nothing was, which is so if all was lost before."""
        return 100 * self.lost / self.sent if self.sent else None

    @property
    def min_latency_ms(self) -> float | None:
        """None when nothing arrived."""
        return statistics.minimum(self.samples_ms)

    @property
    def avg_latency_ms(self) -> float | None:
        """None when nothing arrived."""
        return statistics.average(self.samples_ms)

    @property
    def max_latency_ms(self) -> float | None:
        """None when nothing arrived."""
        return statistics.maximum(self.samples_ms)

    @property
    def jitters_ms(self) -> dict[str, float | None]:
        """Jitter by each of the five definitions."""
        return {name: jitter(self.samples_ms) for name, jitter in statistics.JITTERS.items()}


@dataclass(frozen=True, slots=True)
class AgentToAgentResult:
    """Packets to a responder and back; a direction that was not asked for is None.

    Latencies are kernel stamp less kernel stamp less the clocks' offset, and wrong by at most
    `clock_error_ms`. Round trips are without the time spent in the responder, and free of that
    error: (back here - left here) - (left there - came there).
    """

    SUMMARY: ClassVar = ("packet_loss", "min_rtt_ms", "avg_rtt_ms", "max_rtt_ms", "jitters_ms")

    target: str
    address: str | None
    direction: Direction
    dscp: int
    to_target: OneWay | None = None
    from_target: OneWay | None = None
    rtts_ms: tuple[float | None, ...] = ()
    """By packet, None where it did not come back; empty if none was sent back."""
    clock_offset_ms: float | None = None
    clock_error_ms: float | None = None
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether something arrived in every direction that was asked for."""
        ways = [way for way in (self.to_target, self.from_target) if way is not None]
        return self.failure is None and bool(ways) and all(way.received for way in ways)

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the mean round trip, else the mean latency."""
        if self.direction == Direction.BOTH:
            return self.avg_rtt_ms
        way = self.to_target or self.from_target
        return way.avg_latency_ms if way else None

    @property
    def samples_ms(self) -> tuple[float, ...]:
        """Round trips of what came back."""
        return tuple(rtt for rtt in self.rtts_ms if rtt is not None)

    @property
    def packet_loss(self) -> float | None:
        """Percent of round trips that failed, either way; None if nothing was sent back."""
        if not self.rtts_ms:
            return None
        return statistics.packet_loss_percent(len(self.rtts_ms), len(self.samples_ms))

    @property
    def min_rtt_ms(self) -> float | None:
        """None when nothing came back."""
        return statistics.minimum(self.samples_ms)

    @property
    def avg_rtt_ms(self) -> float | None:
        """None when nothing came back."""
        return statistics.average(self.samples_ms)

    @property
    def max_rtt_ms(self) -> float | None:
        """None when nothing came back."""
        return statistics.maximum(self.samples_ms)

    @property
    def jitters_ms(self) -> dict[str, float | None]:
        """Jitter of the round trips by each of the five definitions."""
        return {name: jitter(self.samples_ms) for name, jitter in statistics.JITTERS.items()}
