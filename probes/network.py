"""Networks: what can be asked of one, and the two there are, the live and the simulated."""

import ipaddress
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Protocol

from probes.engine import EchoEngine
from probes.errors import EngineClosed
from probes.packet import Echo, EchoKind, build_echo, parse_echo
from probes.path_profile import PathProfile, draw_profile
from probes.plan import EchoPlan
from probes.resolve import Lookup, admit, check_name, literal_address
from probes.results import PingResult
from probes.targets import Address, TargetPolicy, family_of


class Network(Protocol):
    """Something that targets can be measured through."""

    async def ping(
        self, target: str, *, count: int, interval_s: float, timeout_s: float
    ) -> PingResult:
        """Send echo requests and report each one's round trip."""
        ...

    async def close(self) -> None:
        """Give back whatever the network holds."""
        ...


class LiveNetwork:
    """The real network, as far as the policy opens it; sockets are opened at first use."""

    def __init__(self, policy: TargetPolicy, *, lookup: Lookup | None = None) -> None:
        self._policy = policy
        self._lookup = lookup
        self._engine: EchoEngine | None = None
        self._closed = False

    async def ping(
        self, target: str, *, count: int, interval_s: float, timeout_s: float
    ) -> PingResult:
        """Resolve the target once, pin its address and ping that."""
        plan = EchoPlan(count, interval_s, timeout_s)
        pinned = await admit(target, self._policy, self._lookup)
        return await self._opened().ping(pinned, plan)

    async def close(self) -> None:
        """Close the sockets for good; pings under way fail, and so do later ones."""
        self._closed = True
        if self._engine:
            self._engine.close()

    def _opened(self) -> EchoEngine:
        # A ping that was still resolving its name when close() came must not open sockets anew.
        if self._closed:
            raise EngineClosed
        self._engine = self._engine or EchoEngine(self._policy)
        return self._engine


class SimulatedNetwork:
    """Paths made up from a seed: no packet is sent, and no time passes unless `sleep` is given.

    The n-th ping of a target gives the same numbers whatever happens to other targets.
    """

    def __init__(
        self,
        seed: int,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        profiles: Mapping[str, PathProfile] = MappingProxyType({}),
    ) -> None:
        self._seed = seed
        self._sleep = sleep
        self._profiles = dict(profiles)
        self._calls: Counter[str] = Counter()

    def describe(self, target: str) -> PathProfile:
        """Return the path to a target: the one handed in for it, else the one the seed gives."""
        return self._profiles.get(target) or draw_profile(self._stream("path", target))

    async def ping(
        self, target: str, *, count: int, interval_s: float, timeout_s: float
    ) -> PingResult:
        """Send real packets down the imagined path."""
        check_name(target)
        plan = EchoPlan(count, interval_s, timeout_s)
        self._calls[target] += 1
        stream = self._stream(f"ping {self._calls[target]}", target)
        address, profile = self._address(target), self.describe(target)
        rtts_ms = [_exchange(address, profile, plan, seq, stream) for seq in range(count)]
        if self._sleep:
            await self._sleep(plan.duration_s(rtts_ms))
        return PingResult.of(target, str(address), rtts_ms)

    async def close(self) -> None:
        """Hold nothing, so give nothing back."""

    def _stream(self, purpose: str, target: str) -> Random:
        return Random(f"{self._seed} {purpose} {target}")

    def _address(self, target: str) -> Address:
        # Names get an address of 198.18.0.0/15, the range set aside for laboratories.
        offset = int(self._stream("address", target).random() * 2**17)
        return literal_address(target) or ipaddress.IPv4Address("198.18.0.0") + offset


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
