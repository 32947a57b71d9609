"""The simulated internet: IP packets in, IP packets out, under the clock of whoever asks."""

import socket
from collections.abc import Mapping
from random import Random
from types import MappingProxyType

from probes.errors import PacketError
from probes.internet.condition import Condition
from probes.internet.datagram import Datagram
from probes.internet.fate import Counts, Fate, empty_tally
from probes.internet.path import Reply
from probes.internet.paths import Paths
from probes.internet.topology import Route, Topology
from probes.path_profile import PathProfile
from probes.targets import Address


class Internet:
    """Routers and hosts of a topology, and of the seed where the topology says nothing.

    The same seed and the same packets at the same times give the same answers. Addresses do
    not influence one another: each has chance, limits and queues of its own. Times are seconds
    of any clock; outages count from `begins_s` of it.
    """

    def __init__(
        self,
        topology: Topology | None = None,
        seed: int = 0,
        *,
        begins_s: float = 0.0,
        profiles: Mapping[str, PathProfile] = MappingProxyType({}),
        vantage: str = "",
    ) -> None:
        self.topology = topology or Topology()
        self._begins_s = begins_s
        self._paths = Paths(self.topology, seed, profiles, vantage)
        self._conditions: dict[str, Condition] = {}
        self._stray = empty_tally()

    def answer(self, packet: bytes, at_s: float, stream: Random | None = None) -> list[Reply]:
        """Carry one IP packet from the vantage point; return what comes back, and when.

        Chance is the destination's own unless a stream is handed in. Garbage, and what leads
        nowhere, comes to nothing and is counted.
        """
        try:
            datagram = Datagram.read(packet)
        except PacketError:
            return self._astray(Fate.MALFORMED)
        path = self._paths.find(datagram.destination)
        if path is None:
            return self._astray(Fate.NO_ROUTE)
        chance = (stream or path.stream).random
        return path.answer(datagram, at_s - self._begins_s, chance)

    def round_trip_ms(self, target: str, at_s: float, stream: Random) -> float | None:
        """Send one small packet to a name or address and back; None where it is lost."""
        path = self._paths.find(self.address(target).packed)
        return path.round_trip_ms(at_s - self._begins_s, stream.random) if path else None

    def address(self, target: str, family: socket.AddressFamily = socket.AF_UNSPEC) -> Address:
        """Return where a name leads, or raise TargetUnresolvable; literal addresses are their own.

        From then on packets to that address take the path that this name has.
        """
        return self._paths.address(target, family)

    def source(self, destination: Address) -> Address:
        """Return the vantage point's own address towards a destination."""
        return self.topology.ipv4 if destination.version == 4 else self.topology.ipv6

    def describe(self, target: str) -> PathProfile:
        """Sum up the path to a target, without outages and conditions."""
        return self._paths.describe(target)

    def route(self, target: str) -> Route | None:
        """Return what every trace to the target should find; None where nothing is."""
        return self._paths.route(target)

    def set_condition(self, place: str, condition: Condition) -> None:
        """Let trouble begin at a hop (its name or an address) or a target (name, address, range).

        All measurements meet it at once; it replaces what was set for the place before.
        """
        self._conditions[place] = condition
        self._paths.suffer(self._conditions)

    def clear_condition(self, place: str) -> None:
        """Let trouble end; nothing happens where there was none."""
        self._conditions.pop(place, None)
        self._paths.suffer(self._conditions)

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """What is set at the moment, by place."""
        return MappingProxyType(self._conditions)

    def counts(self) -> Counts:
        """Count what became of all packets since the beginning."""
        return Counts.of([self._stray, *self._paths.tallies()])

    def counts_of(self, target: str) -> Counts:
        """Count what became of the packets to one target, as far as its path is kept."""
        path = self._paths.find(self.address(target).packed)
        return Counts.of([path.tally] if path else [])

    def _astray(self, fate: Fate) -> list[Reply]:
        self._stray[fate] += 1
        return []
