"""The paths of one simulation: looked up in the topology or made up, and kept ready."""

import socket
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address
from random import Random

from probes.internet.atlas import Atlas
from probes.internet.condition import Condition
from probes.internet.fate import Fate, Tally, empty_tally
from probes.internet.generate import generate_route
from probes.internet.path import Path
from probes.internet.profile import profile_of
from probes.internet.topology import Route, Topology
from probes.path_profile import PathProfile, draw_profile
from probes.targets import Address

MOST_PATHS = 10_000
"""Paths that are kept ready; beyond these the one that was made first is forgotten."""


class Paths:
    """Finds the path of a destination; names decide which one where the seed makes it up."""

    def __init__(
        self,
        topology: Topology,
        seed: int,
        profiles: Mapping[str, PathProfile],
        vantage: str = "",
    ) -> None:
        self._others = topology.others
        # Names lead to the same addresses from everywhere, by other ways.
        self._seed = f"{seed} {vantage}" if vantage else str(seed)
        self._profiles = dict(profiles)
        self._atlas = Atlas(topology, seed, self._profiles)
        self._names: dict[bytes, str] = {}
        self._kept: dict[bytes, Path] = {}
        self._conditions: Mapping[str, Condition] = {}
        self._forgotten = empty_tally()

    def address(self, target: str, family: socket.AddressFamily) -> Address:
        """Return where the target is; from then on that address has this name's path."""
        address = self._atlas.address(target, family)
        self._names[address.packed] = target
        kept = self._kept.get(address.packed)
        if kept and kept.name != target:
            self._forget(address.packed)
        return address

    def find(self, destination: bytes) -> Path | None:
        """Return the path to an address, made now if need be; None where nothing is."""
        if kept := self._kept.get(destination):
            return kept
        address = ip_address(destination)
        path = self._made(self._names.get(destination, str(address)), address)
        if path is None:
            return None
        if len(self._kept) >= MOST_PATHS:
            self._forget(next(iter(self._kept)))
        self._kept[destination] = path
        return path

    def route(self, target: str) -> Route | None:
        """Return the truth about the path to a target; None where nothing is."""
        return self._route(target, self._atlas.address(target))

    def describe(self, target: str) -> PathProfile:
        """Sum up the path to a target, without outages and conditions."""
        if target in self._profiles:
            return self._profiles[target]
        covering = self._atlas.covering(self._atlas.address(target))
        if covering and covering[1].route:
            return profile_of(covering[1].route)
        drawn = draw_profile(Random(f"{self._seed} path {target}"))
        return drawn if covering or self._others else replace(drawn, loss_probability=1.0)

    def suffer(self, conditions: Mapping[str, Condition]) -> None:
        """Put all paths under these conditions."""
        self._conditions = conditions
        for path in self._kept.values():
            path.suffer(conditions)

    def tallies(self) -> list[Tally]:
        """Return what became of the packets of every path there has been."""
        return [self._forgotten, *(path.tally for path in self._kept.values())]

    def _made(self, name: str, address: Address) -> Path | None:
        route = self._route(name, address)
        if route is None:
            return None
        covering = self._atlas.covering(address)
        listed = (*covering[1].names, str(covering[0])) if covering else ()
        marks = frozenset((name, str(address), *listed))
        path = Path(name, address, route, marks, Random(f"{self._seed} packets {name}"))
        path.suffer(self._conditions)
        return path

    def _route(self, target: str, address: Address) -> Route | None:
        covering = self._atlas.covering(address)
        if covering and covering[1].route and target not in self._profiles:
            return covering[1].route
        exists = covering or self._others or target in self._profiles
        if address.is_multicast or not exists:
            return None
        stream = Random(f"{self._seed} route {target}")
        return generate_route(target, stream, self.describe(target))

    def _forget(self, destination: bytes) -> None:
        path = self._kept.pop(destination)
        for fate in Fate:
            self._forgotten[fate] += path.tally[fate]
