"""What packets to exchange with a responder."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid
from probes.responder import DEFAULT_PORT
from probes.responder.messages import LONGEST_MS, Kind, Request

if TYPE_CHECKING:
    from probes.agent_to_agent.result import AgentToAgentResult
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork


class Direction(StrEnum):
    """Which way is measured; ThousandEyes' TO_TARGET, FROM_TARGET and BIDIRECTIONAL."""

    TO_TARGET = "to-target"
    FROM_TARGET = "from-target"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class AgentToAgentPlan:
    """Numbered UDP packets to a responder at the target, in the manner of TWAMP Light (RFC 5357).

    To-target the responder only listens. Otherwise it sends every packet back, and the way back
    is measured with those that reached it. `size_bytes` is the UDP payload, at least 20.
    """

    most_at_once: ClassVar[int] = 16

    target: str
    port: int = DEFAULT_PORT
    direction: Direction = Direction.BOTH
    count: int = 50
    interval_s: float = 0.02
    size_bytes: int = 64
    dscp: int = 0
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        if self.direction not in tuple(Direction):
            text = f"expected {', '.join(Direction)}"
            raise PlanInvalid(f"The direction is {self.direction!r}: {text}.")
        if not 1 <= self.port <= 65_535:
            raise PlanInvalid(f"The port is {self.port}: expected 1 to 65535.")
        if not (math.isfinite(self.interval_s) and self.interval_s > 0):
            raise PlanInvalid(f"The interval must be more than 0 seconds, not {self.interval_s}.")
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")
        if self.count * self.interval_s > LONGEST_MS / 1000:
            text = f"{self.count} packets every {self.interval_s:g} s take too long"
            raise PlanInvalid(f"{text}: expected {LONGEST_MS // 1000} s at most.")
        self.request  # noqa: B018 - made to be checked

    @property
    def request(self) -> Request:
        """What the responder is asked for."""
        duration_ms = max(1, round(self.count * self.interval_s * 1000))
        kind = Kind.RECORD if self.direction == Direction.TO_TARGET else Kind.REFLECT
        return Request(kind, self.count, self.size_bytes, duration_ms, self.dscp)

    async def live(self, network: LiveNetwork) -> AgentToAgentResult:
        """Exchange the packets."""
        from probes.agent_to_agent.probe import agent_to_agent  # noqa: PLC0415 - cheap plans

        return await agent_to_agent(self, network)

    async def simulated(self, network: SimulatedNetwork) -> AgentToAgentResult:
        """Make up what the path does to every packet."""
        from probes.agent_to_agent.simulated import simulated_exchange  # noqa: PLC0415 - the same

        return await simulated_exchange(self, network)
