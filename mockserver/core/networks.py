"""Which network a probe meets: the real one where that is allowed, else a simulated one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Generic, Literal, Protocol, TypeVar

from mockserver.core.clock import Clock
from mockserver.core.local_names import local_names
from probes.errors import ProbeError, TargetRefused
from probes.internet import Condition
from probes.live import LiveNetwork
from probes.network import Network, Plan
from probes.simulated import SimulatedNetwork
from probes.targets import LOOPBACK, TargetPolicy

Mode = Literal["simulated", "live"]
Origin = Literal["live", "simulated"]
R = TypeVar("R")

REMOTE = "remote/"
"""How the names of places begin that are remote agents; ACCOUNT/NAME follows."""


@dataclass(frozen=True, slots=True)
class Measured(Generic[R]):
    """A result, and whether real packets made it or the simulation."""

    result: R
    origin: Origin


class Place(Protocol):
    """Somewhere to measure from."""

    async def measured(self, plan: Plan[R]) -> Measured[R]:
        """Carry the plan out; ProbeError says why that could not be done."""


class Networks(Protocol):
    """Every place there is to measure from."""

    def at(self, place: str) -> Place:
        """Return the place of that name; from each one other simulated paths lead out."""

    def forget(self, prefix: str) -> None:
        """Let the places whose names begin so be as if nobody had ever measured there."""

    async def close(self) -> None:
        """Close the sockets."""


class Elsewhere(Protocol):
    """Machines of others, which measure for us."""

    def at(self, address: str) -> Place:
        """Return the place of the agent at ACCOUNT/NAME."""


@dataclass(frozen=True, slots=True)
class NoSuchPlace:
    """Where there would be a remote agent, if there were a way to reach one."""

    address: str = ""

    def at(self, address: str) -> Place:
        """Return that nothing can be measured there."""
        return NoSuchPlace(address)

    async def measured(self, plan: Plan[R]) -> Measured[R]:
        """Refuse: ProbeError."""
        del plan
        raise ProbeError(
            f"The agent {self.address} runs on another machine, and this server was not told how"
            " to reach it: give --engine postgresql://HOST/DATABASE."
        )


class ChosenPlace:
    """Sends real packets to loopback and to what was allowed.

    Other targets are simulated, from the seed and at the pace of the clock; in live mode they are
    refused instead, so that a result there was always measured.
    """

    def __init__(self, mode: Mode, live: LiveNetwork, simulated: SimulatedNetwork) -> None:
        """Choose between the two by `mode`."""
        self._mode = mode
        self._live = live
        self.simulated = simulated

    @property
    def simulation(self) -> SimulatedNetwork | None:
        """Return the simulated network if this place ever uses it."""
        return None if self._mode == "live" else self.simulated

    def measures(self, address: str) -> bool:
        """Say whether real packets go to this address."""
        return self._live.gate.objection(address, "") is None

    async def measured(self, plan: Plan[R]) -> Measured[R]:
        """Carry the plan out; ProbeError says why that could not be done."""
        try:
            return Measured(await self._live.measure(plan), "live")
        except TargetRefused:
            if self._mode == "live":
                raise
        return Measured(await self.simulated.measure(plan), "simulated")


def simulation_at(place: Place, address: str = "") -> SimulatedNetwork | None:
    """Return what simulates an address as seen from a place; None where it is measured.

    Without an address: what simulates anything there at all.
    """
    if isinstance(place, ChosenPlace):
        return None if address and place.measures(address) else place.simulation
    network = place.network if isinstance(place, OneNetwork) else None
    return network if isinstance(network, SimulatedNetwork) else None


class ChosenNetworks:
    """All places share the sockets; each has simulated paths of its own to the same addresses."""

    def __init__(
        self,
        mode: Mode,
        allowed: Sequence[IPv4Network | IPv6Network],
        seed: int,
        clock: Clock,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        """Choose by `mode`; `allowed` counts in live mode only.

        `elsewhere` has the places whose names begin with `remote/`.
        """
        self._elsewhere = elsewhere or NoSuchPlace()
        self._mode = mode
        self._live = _live(allowed) if mode == "live" else _loopback()
        self._seed = seed
        self._clock = clock
        self._places: dict[str, ChosenPlace] = {}
        self._conditions: dict[str, Condition] = {}

    def at(self, place: str) -> Place:
        """Return the place of that name."""
        if place.startswith(REMOTE):
            return self._elsewhere.at(place.removeprefix(REMOTE))
        return self._here(place)

    def _here(self, place: str) -> ChosenPlace:
        if place not in self._places:
            simulated = SimulatedNetwork(self._seed, self._clock, vantage=place)
            for where, condition in self._conditions.items():
                simulated.set_condition(where, condition)
            self._places[place] = ChosenPlace(self._mode, self._live, simulated)
        return self._places[place]

    def set_condition(self, where: str, condition: Condition) -> None:
        """Let trouble begin at a hop or target of the simulated internet, seen from anywhere."""
        self._conditions[where] = condition
        for place in self._places.values():
            place.simulated.set_condition(where, condition)

    def clear_condition(self, where: str) -> None:
        """Let trouble there end."""
        self._conditions.pop(where, None)
        for place in self._places.values():
            place.simulated.clear_condition(where)

    def forget(self, prefix: str) -> None:
        """Let the places whose names begin so be as if nobody had ever measured there."""
        for name in [name for name in self._places if name.startswith(prefix)]:
            del self._places[name]

    async def close(self) -> None:
        """Close the sockets."""
        await self._live.close()


def _live(allowed: Sequence[IPv4Network | IPv6Network]) -> LiveNetwork:
    return LiveNetwork(TargetPolicy((*LOOPBACK, *allowed)))


def _loopback() -> LiveNetwork:
    return LiveNetwork(TargetPolicy(LOOPBACK), lookup=local_names)


class OneNetwork:
    """The same network from everywhere: what a test hands in."""

    def __init__(self, network: Network) -> None:
        """Measure through `network`."""
        self.network = network

    def at(self, place: str) -> OneNetwork:
        """Return this network itself."""
        del place
        return self

    async def measured(self, plan: Plan[R]) -> Measured[R]:
        """Carry the plan out; ProbeError says why that could not be done."""
        is_simulated = isinstance(self.network, SimulatedNetwork)
        result = await self.network.measure(plan)
        return Measured(result, "simulated" if is_simulated else "live")

    def forget(self, prefix: str) -> None:
        """Remember: there is one network for all places."""

    async def close(self) -> None:
        """Close the network."""
        await self.network.close()


class Witness:
    """Measures, and remembers where the results came from."""

    def __init__(self, place: Place) -> None:
        """Measure from `place`."""
        self._place = place
        self._seen: set[Origin] = set()

    @property
    def origins(self) -> list[Origin]:
        """Return where results came from so far, in alphabetical order."""
        return sorted(self._seen)

    async def measure(self, plan: Plan[R]) -> R:
        """Carry the plan out; ProbeError says why that could not be done."""
        measured = await self._place.measured(plan)
        self._seen.add(measured.origin)
        return measured.result

    async def close(self) -> None:
        """Leave the sockets to the networks."""
