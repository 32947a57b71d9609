"""The ping probe: echo requests to one target."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, ClassVar

from probes.engine import MOST_RUNS, EchoEngine
from probes.measure import measure
from probes.packet import Echo, EchoKind, build_echo, parse_echo
from probes.path_profile import PathProfile
from probes.plan import EchoPlan
from probes.resolve import check_name
from probes.results import PingResult
from probes.targets import Address, TargetPolicy, family_of

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
        """Send real packets down the imagined path."""
        check_name(self.target)
        stream = network.turn("ping", self.target)
        address, profile = network.address(self.target), network.describe(self.target)
        plan = self.schedule
        rtts_ms = [_exchange(address, profile, plan, seq, stream) for seq in range(self.count)]
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


def _exchange(
    address: Address, profile: PathProfile, plan: EchoPlan, seq: int, stream: Random
) -> float | None:
    """Send one request down the path and read what comes back, as the engine does."""
    family = family_of(address)
    request = Echo(family, EchoKind.REQUEST, 0, seq & 0xFFFF, int(stream.random() * 2**32))
    answer = profile.answer(address, build_echo(request), stream)
    if answer is None:
        return None
    packet, rtt_ms = answer
    answered = parse_echo(family, packet).answers(request)
    return rtt_ms if answered and plan.in_time(rtt_ms) else None
