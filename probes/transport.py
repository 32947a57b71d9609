"""UDP and TCP packets as values: bytes in, bytes out, no I/O."""

import socket
import struct
from dataclasses import dataclass
from enum import IntFlag

from probes.errors import PacketError
from probes.packet import checksum
from probes.targets import Address

_PORTS = struct.Struct("!HH")
_UDP = struct.Struct("!HHHH")
_TCP = struct.Struct("!HHIIBBHHH")
_PSEUDO_4 = struct.Struct("!4s4sBBH")
_PSEUDO_6 = struct.Struct("!16s16sIxxxB")
_LONGEST_OPTIONS = 40


class TcpFlag(IntFlag):
    """Control bits (RFC 9293, 3.1)."""

    FIN = 0x01
    SYN = 0x02
    RST = 0x04
    PSH = 0x08
    ACK = 0x10


@dataclass(frozen=True, slots=True)
class UdpDatagram:
    """One UDP datagram (RFC 768)."""

    source_port: int
    destination_port: int
    payload: bytes = b""

    def __post_init__(self) -> None:
        """Refuse what has no room."""
        _check_ports(self.source_port, self.destination_port)
        if len(self.payload) > 0xFFFF - _UDP.size:
            raise PacketError(f"A datagram cannot hold {len(self.payload)} bytes.")


@dataclass(frozen=True, slots=True)
class TcpSegment:
    """One TCP segment (RFC 9293, 3.1); `options` fill whole words of 4 bytes."""

    source_port: int
    destination_port: int
    seq: int
    ack: int
    flags: int
    window: int = 0xFFFF
    options: bytes = b""
    payload: bytes = b""

    def __post_init__(self) -> None:
        """Refuse what has no room."""
        _check_ports(self.source_port, self.destination_port)
        if not (0 <= self.seq <= 0xFFFF_FFFF and 0 <= self.ack <= 0xFFFF_FFFF):
            raise PacketError(f"seq {self.seq} and ack {self.ack} must each fit 32 bits.")
        if not (0 <= self.flags <= 0xFF and 0 <= self.window <= 0xFFFF):
            raise PacketError(f"flags {self.flags} and window {self.window} must fit 8, 16 bits.")
        if len(self.options) % 4 or len(self.options) > _LONGEST_OPTIONS:
            raise PacketError(f"Options of {len(self.options)} bytes do not fill whole words.")


def build_udp(datagram: UdpDatagram, source: Address, destination: Address) -> bytes:
    """Put a datagram into bytes with its checksum over the addresses."""
    length = _UDP.size + len(datagram.payload)
    ports = (datagram.source_port, datagram.destination_port)
    bare = _UDP.pack(*ports, length, 0) + datagram.payload
    # Zero would say that there is no checksum (RFC 768).
    total = pseudo_checksum(source, destination, socket.IPPROTO_UDP, bare) or 0xFFFF
    return bare[:6] + total.to_bytes(2, "big") + bare[8:]


def parse_udp(packet: bytes) -> UdpDatagram:
    """Read a whole datagram, or raise PacketError; its checksum is not looked at."""
    if len(packet) < _UDP.size:
        raise PacketError(f"A UDP header has {_UDP.size} bytes, not {len(packet)}.")
    source_port, destination_port, length, _ = _UDP.unpack_from(packet)
    if not _UDP.size <= length <= len(packet):
        raise PacketError(f"The datagram says {length} bytes where there are {len(packet)}.")
    return UdpDatagram(source_port, destination_port, packet[_UDP.size : length])


def build_tcp(segment: TcpSegment, source: Address, destination: Address) -> bytes:
    """Put a segment into bytes with its checksum over the addresses."""
    words = (_TCP.size + len(segment.options)) // 4
    ports = (segment.source_port, segment.destination_port)
    numbers = (segment.seq, segment.ack, words << 4, segment.flags, segment.window)
    bare = _TCP.pack(*ports, *numbers, 0, 0) + segment.options + segment.payload
    total = pseudo_checksum(source, destination, socket.IPPROTO_TCP, bare)
    return bare[:16] + total.to_bytes(2, "big") + bare[18:]


def parse_tcp(packet: bytes) -> TcpSegment:
    """Read a whole segment, or raise PacketError; its checksum is not looked at."""
    if len(packet) < _TCP.size:
        raise PacketError(f"A TCP header has at least {_TCP.size} bytes, not {len(packet)}.")
    source_port, destination_port, seq, ack, offset, *rest = _TCP.unpack_from(packet)
    length = (offset >> 4) * 4
    if not _TCP.size <= length <= len(packet):
        raise PacketError(f"The TCP header says {length} bytes where there are {len(packet)}.")
    options, payload = packet[_TCP.size : length], packet[length:]
    flags, window, _, _ = rest
    return TcpSegment(source_port, destination_port, seq, ack, flags, window, options, payload)


def parse_ports(head: bytes) -> tuple[int, int]:
    """Read source and destination port of a UDP or TCP head, however short it was quoted."""
    if len(head) < _PORTS.size:
        raise PacketError(f"Two ports take {_PORTS.size} bytes, not {len(head)}.")
    source_port, destination_port = _PORTS.unpack_from(head)
    return source_port, destination_port


def parse_tcp_seq(head: bytes) -> int:
    """Read the sequence number, which the 8 bytes that every ICMP error quotes still hold."""
    if len(head) < 8:
        raise PacketError(f"A quoted TCP head has at least 8 bytes, not {len(head)}.")
    return int.from_bytes(head[4:8], "big")


def seal_icmp6(packet: bytes, source: Address, destination: Address) -> bytes:
    """Write the checksum of an ICMPv6 packet, which covers the addresses (RFC 4443, 2.3)."""
    bare = packet[:2] + b"\0\0" + packet[4:]
    total = pseudo_checksum(source, destination, socket.IPPROTO_ICMPV6, bare)
    return packet[:2] + total.to_bytes(2, "big") + packet[4:]


def pseudo_checksum(source: Address, destination: Address, protocol: int, packet: bytes) -> int:
    """Checksum over packet and addresses (RFC 9293, 3.1; RFC 8200, 8.1); 0 where it is right."""
    return checksum(_pseudo_header(source, destination, protocol, len(packet)) + packet)


def _pseudo_header(source: Address, destination: Address, protocol: int, length: int) -> bytes:
    if source.version != destination.version:
        raise PacketError(f"{source} and {destination} are not of one family.")
    if source.version == 4:
        return _PSEUDO_4.pack(source.packed, destination.packed, 0, protocol, length)
    return _PSEUDO_6.pack(source.packed, destination.packed, length, protocol)


def _check_ports(source_port: int, destination_port: int) -> None:
    if not (0 <= source_port <= 0xFFFF and 0 <= destination_port <= 0xFFFF):
        raise PacketError(f"Ports {source_port}, {destination_port} must each fit 16 bits.")
