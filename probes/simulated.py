"""The simulated network: paths made up from a seed; no packet is sent."""

import ipaddress
from collections import Counter
from collections.abc import Mapping
from random import Random
from types import MappingProxyType
from typing import TypeVar

from probes.clock import Clock, InstantClock
from probes.network import Plan
from probes.path_profile import PathProfile, draw_profile
from probes.resolve import literal_address
from probes.targets import Address

R = TypeVar("R")


class SimulatedNetwork:
    """Answers plans from the seed; measurements take their time on the clock that is handed in.

    The n-th measurement of a target gives the same numbers whatever happens to other targets.
    """

    def __init__(
        self,
        seed: int,
        clock: Clock | None = None,
        profiles: Mapping[str, PathProfile] = MappingProxyType({}),
    ) -> None:
        self.seed = seed
        self.clock = clock or InstantClock()
        self._profiles = dict(profiles)
        self._turns: Counter[tuple[str, str]] = Counter()

    async def measure(self, plan: Plan[R]) -> R:
        """Work out the result and let its time pass."""
        return await plan.simulated(self)

    def describe(self, target: str) -> PathProfile:
        """Return the path to a target: the one handed in for it, else the one the seed gives."""
        return self._profiles.get(target) or draw_profile(self.stream("path", target))

    def round_trip_ms(self, target: str, stream: Random) -> float | None:
        """Send one small packet there and back; None where it is lost."""
        return self.describe(target).round_trip_ms(stream)

    def address(self, target: str) -> Address:
        """Return a literal address itself, and one of 198.18.0.0/15 (laboratories) for a name."""
        offset = int(self.stream("address", target).random() * 2**17)
        return literal_address(target) or ipaddress.IPv4Address("198.18.0.0") + offset

    def stream(self, purpose: str, target: str) -> Random:
        """Return the chance that decides this about the target, the same at every call."""
        return Random(f"{self.seed} {purpose} {target}")

    def turn(self, purpose: str, target: str) -> Random:
        """Return the chance of the next measurement of this kind of the target."""
        self._turns[purpose, target] += 1
        return self.stream(f"{purpose} {self._turns[purpose, target]}", target)

    async def close(self) -> None:
        """Hold nothing, so give nothing back."""
