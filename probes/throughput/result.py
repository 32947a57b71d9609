"""What a path carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from probes.agent_to_agent.plan import Direction
from probes.failure import Failure
from probes.throughput.plan import Protocol


@dataclass(frozen=True, slots=True)
class Interval:
    """One second of a stream at its receiver; the last may be shorter, but not under 0.1 s.

    What only TCP's sender knows (retransmissions in this second, round trip, congestion window) is
    None for UDP.
    """

    second: int
    bits_per_s: float
    retransmits: int | None = None
    rtt_ms: float | None = None
    congestion_window: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """One direction, counted where it arrived.

    `bytes` is payload: of UDP's distinct packets, or what TCP's receiver could read. `duration_s`
    lasts from the first arrival to the last, `bits_per_s` is what came after the first in that
    time. `jitter_ms` is RFC 3550's after the last packet. `retransmits`, `rtt_ms`,
    `rtt_deviation_ms` and `congestion_window` (segments) are TCP's own, by the sender's kernel, as
    it stopped sending. `limit_bits_per_s` is what that sender was told to keep TCP below: this
    side's `Limits` to the target, the responder's `--rate` from there.
    """

    SUMMARY: ClassVar = ("loss_percent", "reached_limit")

    direction: Direction
    bytes: int
    duration_s: float
    bits_per_s: float | None
    intervals: tuple[Interval, ...]
    sent: int | None = None
    received: int | None = None
    duplicates: int | None = None
    reordered: int | None = None
    overflowed: int | None = None
    """Packets that arrived but were not read in time: not lost by the path."""
    jitter_ms: float | None = None
    offered_bits_per_s: float | None = None
    """What the sender's packets came to, of those its kernel took."""
    retransmits: int | None = None
    rtt_ms: float | None = None
    rtt_deviation_ms: float | None = None
    congestion_window: int | None = None
    limit_bits_per_s: int | None = None
    """None for UDP, whose rate is the plan's, and for what is simulated."""

    @property
    def reached_limit(self) -> bool | None:
        """Whether TCP came within a tenth of its limit: then the path may carry more."""
        if self.limit_bits_per_s is None or self.bits_per_s is None:
            return None
        # A link's headers count towards the limit with some queueing disciplines.
        return self.bits_per_s >= 0.9 * self.limit_bits_per_s

    @property
    def loss_percent(self) -> float | None:
        """Percent of the packets sent that did not arrive; None for TCP."""
        if not self.sent or self.received is None:
            return None
        arrived = self.received + (self.overflowed or 0)
        return max(0.0, 100 * (self.sent - arrived) / self.sent)


@dataclass(frozen=True, slots=True)
class ThroughputResult:
    """A stream each way that was asked for; None for one that was not, or that failed."""

    SUMMARY: ClassVar = ("time_ms",)

    target: str
    address: str | None
    protocol: Protocol
    to_target: Flow | None = None
    from_target: Flow | None = None
    failure: Failure | None = None

    @classmethod
    def of(
        cls,
        target: str,
        address: str | None,
        protocol: Protocol,
        flows: Sequence[Flow],
        failure: Failure | None = None,
    ) -> ThroughputResult:
        """Put each flow in its place."""
        by_way = {flow.direction: flow for flow in flows}
        there, back = by_way.get(Direction.TO_TARGET), by_way.get(Direction.FROM_TARGET)
        return cls(target, address, protocol, there, back, failure)

    @property
    def flows(self) -> tuple[Flow, ...]:
        """Those there are."""
        return tuple(flow for flow in (self.to_target, self.from_target) if flow is not None)

    @property
    def ok(self) -> bool:
        """Whether every stream that was asked for brought something."""
        return self.failure is None and all(flow.bits_per_s for flow in self.flows)

    @property
    def time_ms(self) -> float | None:
        """None: a rate stands for all, and how long it was measured says nothing of the path."""
        return None
