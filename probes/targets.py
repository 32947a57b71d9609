"""The gate in front of every socket: which addresses may be probed at all."""

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from probes.errors import RangeInvalid, TargetRefused

Address = IPv4Address | IPv6Address
Range = IPv4Network | IPv6Network

LOOPBACK: tuple[Range, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))

# Cloud metadata services hand out credentials to whoever reaches them.
_METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
    )
)
_THIS_NETWORK = IPv4Network("0.0.0.0/8")
_LIMITED_BROADCAST = IPv4Address("255.255.255.255")
# IPv6 ranges that carry an IPv4 address in their last 32 bits.
_CARRIERS = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


@dataclass(frozen=True, slots=True)
class TargetPolicy:
    """Addresses that may be probed: loopback, and whatever ranges were named."""

    allowed: tuple[Range, ...] = LOOPBACK

    @classmethod
    def allowing(cls, *ranges: str) -> "TargetPolicy":
        """Open these ranges besides loopback."""
        return cls((*LOOPBACK, *map(parse_range, ranges)))

    def check(self, address: Address) -> Address:
        """Return the address as it would go on the wire, or raise TargetRefused."""
        address = unmapped(address)
        bare = zoneless(address)
        if self._named_singly(bare):
            return address
        if rule := self._objection(bare):
            raise TargetRefused(str(address), rule, single(bare))
        # A gateway's address is off this machine even when it carries 127.0.0.1: both must pass.
        for inner in carried(bare):
            if rule := self._objection(inner):
                raise TargetRefused(str(address), f"leads to {inner}, which {rule}", single(bare))
        return address

    def _named_singly(self, address: Address) -> bool:
        return any(_is_single(network) and address in network for network in self.allowed)

    def _objection(self, address: Address) -> str | None:
        if rule := _forbidden(address):
            return rule
        networks = [network for network in self.allowed if address in network]
        if not networks:
            return f"lies outside the allowed ranges ({', '.join(map(str, self.allowed))})"
        if any(_is_edge(address, network) for network in networks):
            return "is the network or broadcast address of an allowed range"
        return None


def parse_range(text: str) -> Range:
    """Read a CIDR range or a single address."""
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise RangeInvalid(text, str(error)) from None


def unmapped(address: Address) -> Address:
    """Turn ::ffff:a.b.c.d into the IPv4 address the kernel would really contact."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def zoneless(address: Address) -> Address:
    """Drop an IPv6 zone, which makes fd00::1%eth0 unequal to fd00::1."""
    return IPv6Address(int(address)) if isinstance(address, IPv6Address) else address


def carried(address: Address) -> Iterator[Address]:
    """IPv4 addresses at which a gateway would deliver what is sent to this IPv6 one."""
    if not isinstance(address, IPv6Address) or int(address) <= 1:
        return
    if any(address in network for network in _CARRIERS):
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo


def single(address: Address) -> str:
    """Write the range that holds this address alone."""
    return f"{address}/{address.max_prefixlen}"


def family_of(address: Address) -> socket.AddressFamily:
    """Tell which kind of socket reaches this address."""
    return socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6


def _is_single(network: Range) -> bool:
    return network.prefixlen == network.max_prefixlen


def _is_edge(address: Address, network: Range) -> bool:
    if not isinstance(network, IPv4Network) or network.prefixlen > 30:
        return False
    return address in (network.network_address, network.broadcast_address)


def _forbidden(address: Address) -> str | None:
    if address in _METADATA:
        return "is a cloud metadata service"
    if address.is_link_local:
        return "is link-local"
    if address.is_multicast:
        return "is multicast"
    if address.is_unspecified or address in _THIS_NETWORK:
        return "is unspecified"
    if address == _LIMITED_BROADCAST:
        return "is the broadcast address"
    return None
