"""A packet on its way through the simulated internet: raw bytes and the few fields that steer it.

Nothing is decoded that is not needed: a simulated packet is to cost a few microseconds.
"""

from dataclasses import dataclass
from typing import Self
from zlib import crc32

from probes.errors import PacketError
from probes.ip_packet import (
    ICMP,
    ICMPV6,
    IPV4_HEADER,
    IPV6_HEADER,
    TCP,
    UDP,
    build_ip,
    parse_ip,
)

_PLAIN_IPV4 = 0x45
_PLAIN_PROTOCOLS = frozenset((ICMP, TCP, UDP, ICMPV6))
_MORE_OR_LATER_FRAGMENT = 0x3FFF


@dataclass(frozen=True, slots=True)
class Datagram:
    """One whole packet (`raw`, without padding), its header being `header` bytes long."""

    raw: bytes
    version: int
    header: int
    protocol: int
    ttl: int
    source: bytes
    destination: bytes

    @classmethod
    def read(cls, packet: bytes) -> Self:
        """Read a packet, or raise PacketError; options and extension headers are taken off."""
        first = packet[0] if packet else 0
        if first == _PLAIN_IPV4 and len(packet) >= IPV4_HEADER.size:
            return cls._read_ipv4(packet)
        if first >> 4 == 6 and len(packet) >= IPV6_HEADER.size and packet[6] in _PLAIN_PROTOCOLS:
            return cls._read_ipv6(packet)
        plain = build_ip(parse_ip(packet))
        return cls._read_ipv4(plain) if plain[0] == _PLAIN_IPV4 else cls._read_ipv6(plain)

    @classmethod
    def _read_ipv4(cls, packet: bytes) -> Self:
        _, _, length, _, fragment, ttl, protocol, _, source, destination = IPV4_HEADER.unpack_from(
            packet
        )
        # All 16-bit words together are 0xFFFF in one's complement, that is 0 modulo 0xFFFF.
        sound = int.from_bytes(packet[:20], "big") % 0xFFFF == 0
        whole = 20 <= length <= len(packet) and not fragment & _MORE_OR_LATER_FRAGMENT
        if not (sound and whole and ttl):
            raise PacketError("The bytes are no whole IPv4 packet that may travel.")
        return cls(packet[:length], 4, 20, protocol, ttl, source, destination)

    @classmethod
    def _read_ipv6(cls, packet: bytes) -> Self:
        _, length, protocol, ttl, source, destination = IPV6_HEADER.unpack_from(packet)
        if 40 + length > len(packet) or not ttl:
            raise PacketError("The bytes are no whole IPv6 packet that may travel.")
        return cls(packet[: 40 + length], 6, 40, protocol, ttl, source, destination)

    @property
    def payload(self) -> bytes:
        """What follows the IP header."""
        return self.raw[self.header :]

    @property
    def flow(self) -> int:
        """32 bits that all packets of one flow share.

        Routers look at addresses, protocol and the first four bytes behind the IP header: ports,
        or ICMP's type, code and checksum (Augustin et al., Paris traceroute, 2006).
        """
        ends = self.source + self.destination
        return crc32(ends + bytes((self.protocol,)) + self.raw[self.header : self.header + 4])

    def with_ttl(self, ttl: int) -> bytes:
        """Return the packet as it looks farther on, its header checksum kept right."""
        if self.version == 6:
            return self.raw[:7] + bytes((ttl,)) + self.raw[8:]
        change = (ttl - self.ttl) << 8
        total = altered(int.from_bytes(self.raw[10:12], "big"), change)
        head = self.raw[:8] + bytes((ttl, self.protocol)) + total.to_bytes(2, "big")
        return head + self.raw[12:]


def altered(checksum: int, change: int) -> int:
    """Return an Internet checksum after the words it covers grew by this sum (RFC 1624)."""
    # Where the sum is zero, 0xFFFF is right whatever the words; 0 is not if they are all zero.
    return 0xFFFF - ((checksum ^ 0xFFFF) + change) % 0xFFFF
