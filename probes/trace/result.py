"""What a trace found: hops of every path, and of all paths together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from probes import statistics
from probes.failure import Failure
from probes.icmp_errors import MplsLabel
from probes.trace.plan import TraceProtocol


class HopState(StrEnum):
    """How a hop's answers compare with those of the hops behind it."""

    ANSWERS = "answers"
    """It answered, and no hop behind it answered a larger share."""
    RATE_LIMITED = "rate_limited"
    """It answered a smaller share than a hop behind it: what it forwards it does not lose.

    Or it is the target, answers by ICMP errors, and did not answer every probe.
    """
    SILENT = "silent"
    """It never answered, but a hop behind it did."""
    LOST = "lost"
    """Neither it nor anything behind it answered."""


@dataclass(frozen=True, slots=True)
class HopResponse:
    """What one address answered to the probes of one TTL.

    `rtts_ms` is empty where the probes that count were lost, and only others told of the address.
    `labels` are the MPLS labels that probes bore there (RFC 4950), None where this kernel does
    not tell. `unreachable` is traceroute's mark (!N, !H, !P, !X …) where the address refused
    to send the probe on, None where it did not.
    """

    SUMMARY: ClassVar = ("min_rtt_ms", "avg_rtt_ms", "max_rtt_ms")

    address: str
    rtts_ms: tuple[float, ...]
    labels: tuple[MplsLabel, ...] | None = None
    unreachable: str | None = None

    @property
    def min_rtt_ms(self) -> float | None:
        """Fastest round trip."""
        return statistics.minimum(self.rtts_ms)

    @property
    def avg_rtt_ms(self) -> float | None:
        """Mean round trip."""
        return statistics.average(self.rtts_ms)

    @property
    def max_rtt_ms(self) -> float | None:
        """Slowest round trip."""
        return statistics.maximum(self.rtts_ms)


@dataclass(frozen=True, slots=True)
class TraceHop:
    """The probes of one TTL; several responses mean several routers.

    `unanswered` is no loss: routers answer when they have time. Only the target's counts, and
    that not where it answers `by_errors`, as a closed UDP port does, which hosts limit.
    """

    SUMMARY: ClassVar = (
        "address",
        "received",
        "unanswered",
        "min_rtt_ms",
        "avg_rtt_ms",
        "max_rtt_ms",
    )

    ttl: int
    sent: int
    responses: tuple[HopResponse, ...]
    state: HopState
    is_target: bool = False
    by_errors: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Who answered, in the order of their first answers."""
        return tuple(response.address for response in self.responses)

    @property
    def address(self) -> str | None:
        """Who answered first; None for nobody."""
        return self.responses[0].address if self.responses else None

    @property
    def rtts_ms(self) -> tuple[float, ...]:
        """Round trips of all answers."""
        return tuple(rtt for response in self.responses for rtt in response.rtts_ms)

    @property
    def received(self) -> int:
        """Answered probes."""
        return len(self.rtts_ms)

    @property
    def unanswered(self) -> float | None:
        """Percent of the probes, 0 to 100; None where none was waited for."""
        if not self.sent:
            return None
        return statistics.packet_loss_percent(self.sent, self.received)

    @property
    def min_rtt_ms(self) -> float | None:
        """None where nothing answered."""
        return statistics.minimum(self.rtts_ms)

    @property
    def avg_rtt_ms(self) -> float | None:
        """None where nothing answered."""
        return statistics.average(self.rtts_ms)

    @property
    def max_rtt_ms(self) -> float | None:
        """None where nothing answered."""
        return statistics.maximum(self.rtts_ms)


@dataclass(frozen=True, slots=True)
class TracePath:
    """One flow's hops from TTL 1 on.

    `is_constant` tells whether all its probes were alike in what routers choose paths by. Only
    then is what it shows one path. `missing` counts the probes that should have got to a target
    that did not answer.
    """

    flow: int
    hops: tuple[TraceHop, ...]
    reached: bool
    is_constant: bool = True
    missing: int = 0

    @property
    def addresses(self) -> tuple[str | None, ...]:
        """First address of every hop; None for a silent one."""
        return tuple(hop.address for hop in self.hops)


@dataclass(frozen=True, slots=True)
class TraceResult:
    """All paths to one address; `port` is the target's, None for ICMP."""

    SUMMARY: ClassVar = (
        "reached",
        "packet_loss",
        "min_rtt_ms",
        "avg_rtt_ms",
        "max_rtt_ms",
        "hops",
        "link_delays_ms",
    )

    target: str
    address: str
    protocol: TraceProtocol
    port: int | None
    paths: tuple[TracePath, ...]
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        """Whether the target was reached."""
        return self.reached

    @property
    def reached(self) -> bool:
        """Whether a flow got to the target."""
        return any(path.reached for path in self.paths)

    @property
    def time_ms(self) -> float | None:
        """The figure that stands for all: the mean round trip to the target."""
        return self.avg_rtt_ms

    @property
    def hops(self) -> tuple[TraceHop, ...]:
        """Hops of all paths, merged by TTL."""
        from probes.trace.assemble import merged  # noqa: PLC0415 - which builds on this module

        return merged(self.paths)

    @property
    def packet_loss(self) -> float | None:
        """Percent of the probes to the target; None if it was never reached, or nothing tells.

        Nothing tells where the target answers by ICMP errors (a closed UDP port, a rule that
        rejects) and not to every probe. Hosts limit their errors (RFC 1812, 4.3.2.8; RFC 4443,
        2.4 f; Linux: six to a peer, then one a second), and a trace asks for several at once, so
        what is missing may never have been said.
        """
        ends = [path.hops[-1] for path in self.paths if path.reached]
        if not ends:
            return None
        sent = sum(hop.sent for hop in ends) + sum(path.missing for path in self.paths)
        received = sum(hop.received for hop in ends)
        if received < sent and any(hop.by_errors for hop in ends):
            return None
        return statistics.packet_loss_percent(sent, received)

    @property
    def min_rtt_ms(self) -> float | None:
        """To the target; None where it was not reached."""
        return statistics.minimum(self._rtts_ms)

    @property
    def avg_rtt_ms(self) -> float | None:
        """To the target; None where it was not reached."""
        return statistics.average(self._rtts_ms)

    @property
    def max_rtt_ms(self) -> float | None:
        """To the target; None where it was not reached."""
        return statistics.maximum(self._rtts_ms)

    @property
    def link_delays_ms(self) -> tuple[float | None, ...]:
        """Per hop, how much longer its fastest answer took than that of the last answering hop.

        None for a hop without an answer; negative where a router answers slower than it forwards.
        ThousandEyes calls this link delay.
        """
        return tuple(_link_delays(self.hops))

    @property
    def _rtts_ms(self) -> tuple[float, ...]:
        ends = [path.hops[-1] for path in self.paths if path.reached]
        return tuple(rtt for hop in ends for rtt in hop.rtts_ms)


def _link_delays(hops: tuple[TraceHop, ...]) -> Iterator[float | None]:
    before = 0.0
    for hop in hops:
        fastest = hop.min_rtt_ms
        yield None if fastest is None else fastest - before
        before = before if fastest is None else fastest
