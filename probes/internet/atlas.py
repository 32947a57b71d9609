"""Who is where: names to addresses, and addresses to the target that covers them."""

import ipaddress
import socket
from collections.abc import Collection, Sequence
from random import Random

from probes.errors import TargetUnresolvable
from probes.internet.topology import Target, Topology
from probes.resolve import literal_address
from probes.targets import Address, Range, family_of

LABORATORY_IPV4 = ipaddress.IPv4Network("198.18.0.0/15")
LABORATORY_IPV6 = ipaddress.IPv6Network("2001:2::/48")
"""Where names that no topology lists have their addresses (RFC 2544, RFC 5180)."""


class Atlas:
    """The directory of one simulation."""

    def __init__(self, topology: Topology, seed: int, extra: Collection[str] = ()) -> None:
        """Take the topology, and names that exist besides it."""
        self._others = topology.others
        self._extra = extra
        self._seed = seed
        self._listed = {name: target for target in topology.targets for name in target.names}
        self._ranges: dict[Range, Target] = {
            range_: target for target in topology.targets for range_ in target.ranges
        }
        lengths = {(range_.version, range_.prefixlen) for range_ in self._ranges}
        # Longest first: the most particular range decides.
        self._lengths = sorted(lengths, key=lambda length: -length[1])

    def address(self, name: str, family: socket.AddressFamily = socket.AF_UNSPEC) -> Address:
        """Return where a name leads: a literal address to itself, others always to the same.

        TargetUnresolvable where it does not exist, or has no address of the family.
        """
        for address in self._addresses(name):
            if family in (socket.AF_UNSPEC, family_of(address)):
                return address
        raise TargetUnresolvable(name, f"it has no {family.name} address in the simulation")

    def _addresses(self, name: str) -> Sequence[Address]:
        if literal := literal_address(name):
            return (literal,)
        if listed := self._listed.get(name):
            return listed.addresses
        if not (self._others or name in self._extra):
            raise TargetUnresolvable(name, "the topology does not list it")
        offset = int(Random(f"{self._seed} address {name}").random() * 2**17)
        return (LABORATORY_IPV4[offset], LABORATORY_IPV6[offset])

    def covering(self, address: Address) -> tuple[Range, Target] | None:
        """Return the most particular listed range that holds the address, and its target."""
        for version, length in self._lengths:
            if version == address.version:
                range_ = ipaddress.ip_network((address, length), strict=False)
                if range_ in self._ranges:
                    return range_, self._ranges[range_]
        return None
