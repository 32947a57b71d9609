"""The simulated network: a seeded internet that measurements meet under a clock."""

import socket
from collections import Counter
from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import TypeVar

from probes.clock import Clock, InstantClock
from probes.internet import Condition, Internet, Topology
from probes.network import Plan
from probes.path_profile import PathProfile
from probes.targets import Address

R = TypeVar("R")


class SimulatedNetwork:
    """Answers plans from the seed; measurements take their time on the clock that is handed in.

    The n-th measurement of a target gives the same numbers whatever happens to other targets.
    `internet` is what answers packets; a profile handed in decides over topology and seed.
    `vantage` names the place to measure from: from another one, other paths lead to the same
    addresses.
    """

    def __init__(
        self,
        seed: int,
        clock: Clock | None = None,
        profiles: Mapping[str, PathProfile] = MappingProxyType({}),
        topology: Topology | None = None,
        vantage: str = "",
    ) -> None:
        self.seed = seed
        self.vantage = vantage
        self.clock = clock or InstantClock()
        self.internet = Internet(
            topology, seed, begins_s=self.now_s, profiles=profiles, vantage=vantage
        )
        self._turns: Counter[tuple[str, str]] = Counter()

    @property
    def now_s(self) -> float:
        """Seconds of the clock, as the internet wants them."""
        return self.clock.now_ms() / 1000

    async def measure(self, plan: Plan[R]) -> R:
        """Work out the result and let its time pass."""
        return await plan.simulated(self)

    def describe(self, target: str) -> PathProfile:
        """Sum up the path to a target as it is built, without outages and conditions."""
        return self.internet.describe(target)

    def round_trip_ms(self, target: str, stream: Random) -> float | None:
        """Send one small packet there and back now; None where it is lost."""
        return self.internet.round_trip_ms(target, self.now_s, stream)

    def address(self, target: str, family: socket.AddressFamily = socket.AF_UNSPEC) -> Address:
        """Return a literal address itself, else what the topology lists or the seed gives.

        A name without an address of the family is TargetUnresolvable.
        """
        return self.internet.address(target, family)

    def source(self, destination: Address) -> Address:
        """Return the address that packets to this destination come from."""
        return self.internet.source(destination)

    def set_condition(self, place: str, condition: Condition) -> None:
        """Let trouble begin at a hop (name or address) or a target (name, address, range)."""
        self.internet.set_condition(place, condition)

    def clear_condition(self, place: str) -> None:
        """Let trouble at this place end."""
        self.internet.clear_condition(place)

    def stream(self, purpose: str, target: str) -> Random:
        """Return the chance that decides this about the target, the same at every call.

        From every vantage too: a site has one content and a zone one key, whoever looks.
        """
        return Random(f"{self.seed} {purpose} {target}")

    def turn(self, purpose: str, target: str) -> Random:
        """Return the chance of the next measurement of this kind of the target."""
        self._turns[purpose, target] += 1
        place = f" from {self.vantage}" if self.vantage else ""
        return self.stream(f"{purpose} {self._turns[purpose, target]}{place}", target)

    async def close(self) -> None:
        """Hold nothing, so give nothing back."""
