"""What a trace is to find out, checked when it is made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork
    from probes.trace.result import TraceResult

MOST_FLOWS = 16
MOST_HOPS = 255
MOST_PROBES_PER_HOP = 100


class TraceProtocol(StrEnum):
    """What the probes are."""

    ICMP = "icmp"
    """Echo requests."""
    UDP = "udp"
    """Datagrams to a port that should be closed."""
    TCP = "tcp"
    """SYNs of connections that are given up at once."""


USUAL_PORTS = {TraceProtocol.ICMP: 0, TraceProtocol.UDP: 33_434, TraceProtocol.TCP: 80}


@dataclass(frozen=True, slots=True)
class TracePlan:
    """Which way to a target packets take, by the routers' own words.

    A flow is one constant set of addresses, protocol and ports (ICMP: identifier and checksum),
    so its packets take one path; several show the several paths that routers balance loads
    over. `port` is the target's and stays the same; without one UDP takes 33434 and TCP 80.
    """

    most_at_once: ClassVar[int] = 4096

    target: str
    protocol: TraceProtocol = TraceProtocol.ICMP
    port: int | None = None
    flows: int = 1
    probes_per_hop: int = 3
    most_hops: int = 30
    timeout_s: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what would never end or never begin."""
        names = [protocol.value for protocol in TraceProtocol]
        if self.protocol not in names:
            raise PlanInvalid(
                f"The protocol must be one of {', '.join(names)}, not {self.protocol}."
            )
        _within("The number of flows", self.flows, MOST_FLOWS)
        _within("The number of probes per hop", self.probes_per_hop, MOST_PROBES_PER_HOP)
        _within("The number of hops", self.most_hops, MOST_HOPS)
        self._check_port()
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")

    def _check_port(self) -> None:
        if self.port is None:
            return
        if self.protocol == TraceProtocol.ICMP:
            raise PlanInvalid(f"ICMP has no ports, so port {self.port} needs protocol udp or tcp.")
        _within("The port", self.port, 0xFFFF)

    @property
    def probed_port(self) -> int | None:
        """The target's port; None for ICMP, which has none."""
        return self.port or USUAL_PORTS[TraceProtocol(self.protocol)] or None

    async def live(self, network: LiveNetwork) -> TraceResult:
        """Send real packets."""
        from probes.trace.probe import trace  # noqa: PLC0415 - only measuring needs the engine

        return await trace(self, network)

    async def simulated(self, network: SimulatedNetwork) -> TraceResult:
        """Send the same packets into the simulated internet."""
        from probes.trace.simulated import simulated_trace  # noqa: PLC0415 - as above

        return await simulated_trace(self, network)


def _within(what: str, number: int, most: int) -> None:
    if not 1 <= number <= most:
        raise PlanInvalid(f"{what} must lie between 1 and {most}, not {number}.")
