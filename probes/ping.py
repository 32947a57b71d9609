"""The ping probe: echo requests to one target."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from probes.engine import MOST_RUNS, EchoEngine
from probes.internet.echo import EchoCaller
from probes.measure import measure
from probes.plan import EchoPlan
from probes.resolve import check_name
from probes.results import PingResult
from probes.targets import TargetPolicy

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.network import Network
    from probes.simulated import SimulatedNetwork


@dataclass(frozen=True, slots=True)
class PingPlan:
    """How many echo requests to send to a target, how far apart, and how long to wait."""

    most_at_once: ClassVar[int] = MOST_RUNS

    target: str
    count: int = 4
    interval_s: float = 0.2
    timeout_s: float = 1.0
    family: socket.AddressFamily = socket.AF_UNSPEC
    """AF_INET or AF_INET6 where a name has both and only one is meant."""

    def __post_init__(self) -> None:
        """Refuse what would never end or never begin."""
        self.schedule  # noqa: B018 - made to be checked

    @property
    def schedule(self) -> EchoPlan:
        """The plan without its target."""
        return EchoPlan(self.count, self.interval_s, self.timeout_s)

    async def live(self, network: LiveNetwork) -> PingResult:
        """Resolve the target once, pin its address and ping that."""
        pinned = await network.gate.admit(self.target, self.family)
        engine = network.shared(
            EchoEngine, lambda: EchoEngine(network.gate.policy, pace=network.pace)
        )
        return await engine.ping(pinned, self.schedule)

    async def simulated(self, network: SimulatedNetwork) -> PingResult:
        """Send whole packets over the simulated internet."""
        check_name(self.target)
        address = network.address(self.target, self.family)
        stream = network.turn("ping", self.target)
        caller = EchoCaller(network.internet, address, stream)
        plan, began_s = self.schedule, network.now_s
        asked = (caller.rtt_ms(seq, began_s + seq * plan.interval_s) for seq in range(plan.count))
        rtts_ms = [rtt if rtt is not None and plan.in_time(rtt) else None for rtt in asked]
        await network.clock.sleep(plan.duration_s(rtts_ms))
        return PingResult.of(self.target, str(address), rtts_ms)


async def ping(  # noqa: PLR0913 - four settings of one probe, each with a default
    target: str,
    *,
    count: int = 4,
    interval_s: float = 0.2,
    timeout_s: float = 1.0,
    policy: TargetPolicy | None = None,
    network: Network | None = None,
) -> PingResult:
    """Ping over the given network, or over sockets of its own that the policy governs."""
    plan = PingPlan(target, count, interval_s, timeout_s)
    return await measure(plan, policy=policy, network=network)
