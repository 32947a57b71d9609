"""IPv4 and IPv6 packets as values: bytes in, bytes out, no I/O (RFC 791, 8200)."""

import struct
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address

from probes.errors import PacketError
from probes.packet import checksum
from probes.targets import Address

ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58

IPV4_HEADER = struct.Struct("!BBHHHBBH4s4s")
"""Version and header words, traffic class, length, ident, fragment, TTL, protocol, checksum."""
IPV6_HEADER = struct.Struct("!IHBB16s16s")
"""Version, traffic class and flow label; payload length, next header, hop limit."""

_IPV4_CHANGES = struct.Struct("!2sHH4sH")
_IPV6_CHANGES = struct.Struct("!IH")
_MORE_OR_LATER_FRAGMENT = 0x3FFF
_FRAGMENT = 44
_EXTENSIONS = frozenset((0, 43, _FRAGMENT, 60))
"""Hop-by-hop options, routing, fragment and destination options: what may precede a payload."""


@dataclass(frozen=True, slots=True)
class IpPacket:
    """One packet; its addresses tell the version.

    `ttl` is IPv6's hop limit; `ident` is IPv4's identification, and IPv6's flow label.
    """

    source: Address
    destination: Address
    protocol: int
    ttl: int
    ident: int
    payload: bytes
    traffic_class: int = 0

    def __post_init__(self) -> None:
        """Refuse values that have no room in the header."""
        version = self.source.version
        bits, most = (16, 0xFFFF - 20) if version == 4 else (20, 0xFFFF)
        if version != self.destination.version:
            raise PacketError(f"{self.source} and {self.destination} are of two versions.")
        # A negative number stays negative when it is shifted.
        if (self.protocol | self.ttl | self.traffic_class) >> 8 or self.ident >> bits:
            given = (self.protocol, self.ttl, self.traffic_class, self.ident)
            raise PacketError(f"8, 8, 8 and {bits} bits must hold {given}.")
        if len(self.payload) > most:
            raise PacketError(f"A payload of {len(self.payload)} bytes is longer than {most}.")
        if version == 6 and self.protocol in _EXTENSIONS:
            raise PacketError(f"Protocol {self.protocol} is a header that extends IPv6.")


def build_ip(packet: IpPacket) -> bytes:
    """Put a packet into bytes, with "don't fragment" and the header checksum where IPv4."""
    source, destination = packet.source.packed, packet.destination.packed
    if packet.source.version == 6:
        first = 6 << 28 | packet.traffic_class << 20 | packet.ident
        sizes = (len(packet.payload), packet.protocol, packet.ttl)
        return IPV6_HEADER.pack(first, *sizes, source, destination) + packet.payload
    length = IPV4_HEADER.size + len(packet.payload)
    before = (0x45, packet.traffic_class, length, packet.ident, 0x4000)
    after = (packet.ttl, packet.protocol)
    bare = IPV4_HEADER.pack(*before, *after, 0, source, destination)
    head = IPV4_HEADER.pack(*before, *after, checksum(bare), source, destination)
    return head + packet.payload


class IpTemplate:
    """What the packets of one conversation have in common, so that each is one `pack`."""

    def __init__(self, sample: IpPacket) -> None:
        """Take everything but ident and payload from the sample."""
        self._is_ipv6 = sample.source.version == 6
        self._start = build_ip(replace(sample, ident=0, payload=b""))
        self._sum = sum(struct.unpack(f"!{len(self._start) // 2}H", self._start))
        if not self._is_ipv6:
            stated = int.from_bytes(self._start[10:12], "big")
            self._sum -= stated

    def wrap(self, ident: int, payload: bytes) -> bytes:
        """Put a payload into a packet, the same that `build_ip` would make."""
        start = self._start
        if self._is_ipv6:
            first = int.from_bytes(start[:4], "big") | ident
            return _IPV6_CHANGES.pack(first, len(payload)) + start[6:] + payload
        length = len(start) + len(payload)
        checksum_ = ~((self._sum - len(start) + length + ident - 1) % 0xFFFF + 1) & 0xFFFF
        changes = _IPV4_CHANGES.pack(start[:2], length, ident, start[6:10], checksum_)
        return changes + start[12:] + payload


def parse_ip(packet: bytes) -> IpPacket:
    """Read a whole packet, or raise PacketError; options are skipped, padding is cut off.

    A fragment is an error: what it carries is no packet of any protocol.
    """
    if _version(packet) == 6:
        return _parse_ipv6(packet, whole=True)
    head = packet[: (packet[0] & 0x0F) * 4]
    read = _parse_ipv4(packet, whole=True)
    if checksum(head):
        raise PacketError("The IPv4 header checksum is wrong.")
    return read


def parse_quoted(packet: bytes) -> IpPacket:
    """Read the beginning of a packet, as ICMP errors quote it, or raise PacketError.

    Neither length nor checksum is looked at: routers cut quotes short and rewrite them.
    """
    return (_parse_ipv6 if _version(packet) == 6 else _parse_ipv4)(packet, whole=False)


def _version(packet: bytes) -> int:
    version = packet[0] >> 4 if packet else 0
    least = {4: IPV4_HEADER.size, 6: IPV6_HEADER.size}.get(version)
    if least is None:
        raise PacketError("The bytes are neither an IPv4 nor an IPv6 packet.")
    if len(packet) < least:
        raise PacketError(f"An IPv{version} header has {least} bytes, not {len(packet)}.")
    return version


def _parse_ipv4(packet: bytes, *, whole: bool) -> IpPacket:
    first, traffic_class, length, ident, fragment, ttl, protocol, _, source, destination = (
        IPV4_HEADER.unpack_from(packet)
    )
    header = (first & 0x0F) * 4
    if header < IPV4_HEADER.size or (whole and not header <= length <= len(packet)):
        raise PacketError(f"An IPv4 packet of {len(packet)} bytes claims {header} of {length}.")
    # Some systems quote the length without the header, or in another byte order.
    end = length if header <= length else len(packet)
    if fragment & _MORE_OR_LATER_FRAGMENT:
        raise PacketError("The packet is a fragment.")
    ends = IPv4Address(source), IPv4Address(destination)
    return IpPacket(*ends, protocol, ttl, ident, packet[header:end], traffic_class)


def _parse_ipv6(packet: bytes, *, whole: bool) -> IpPacket:
    first, length, protocol, ttl, source, destination = IPV6_HEADER.unpack_from(packet)
    if whole and IPV6_HEADER.size + length > len(packet):
        raise PacketError(f"An IPv6 packet claims {length} bytes beyond its {len(packet)}.")
    protocol, payload = _unextended(protocol, packet[40 : 40 + length])
    ends = IPv6Address(source), IPv6Address(destination)
    return IpPacket(*ends, protocol, ttl, first & 0xFFFFF, payload, first >> 20 & 0xFF)


def _unextended(protocol: int, payload: bytes) -> tuple[int, bytes]:
    """Step over the extension headers (RFC 8200, section 4)."""
    while protocol in _EXTENSIONS:
        if len(payload) < 8:
            raise PacketError("An IPv6 extension header is cut short.")
        if protocol == _FRAGMENT and payload[2:4] not in {b"\0\0", b"\0\2", b"\0\4", b"\0\6"}:
            raise PacketError("The packet is a fragment.")
        length = 8 if protocol == _FRAGMENT else 8 + payload[1] * 8
        protocol, payload = payload[0], payload[length:]
    return protocol, payload
