"""ICMP and ICMPv6 echo packets as values: bytes in, bytes out, no I/O."""

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType

from probes.errors import PacketError

HEADER = struct.Struct("!BBHHHI")
"""Type, code, checksum, identifier, sequence; then our token, the first word of the payload."""

SMALLEST_PAYLOAD = 4
LARGEST_PAYLOAD = 65_507
DEFAULT_PAYLOAD = 56
_ICMP_HEADER = 8


class EchoKind(Enum):
    """A question or its answer."""

    REQUEST = "request"
    REPLY = "reply"


_KINDS: Mapping[tuple[socket.AddressFamily, int], EchoKind] = MappingProxyType(
    {
        (socket.AF_INET, 8): EchoKind.REQUEST,
        (socket.AF_INET, 0): EchoKind.REPLY,
        (socket.AF_INET6, 128): EchoKind.REQUEST,
        (socket.AF_INET6, 129): EchoKind.REPLY,
    }
)
_NUMBERS: Mapping[tuple[socket.AddressFamily, EchoKind], int] = MappingProxyType(
    {(family, kind): number for (family, number), kind in _KINDS.items()}
)


@dataclass(frozen=True, slots=True)
class Echo:
    """One echo packet; the token is what an answer is recognised by, `size` its payload."""

    family: socket.AddressFamily
    kind: EchoKind
    ident: int
    seq: int
    token: int
    size: int = DEFAULT_PAYLOAD

    def __post_init__(self) -> None:
        """Refuse values that have no room in the packet."""
        if not (0 <= self.ident <= 0xFFFF and 0 <= self.seq <= 0xFFFF):
            raise PacketError(f"ident {self.ident} and seq {self.seq} must each fit 16 bits.")
        if not 0 <= self.token <= 0xFFFF_FFFF:
            raise PacketError(f"The token {self.token} must fit 32 bits.")
        if not SMALLEST_PAYLOAD <= self.size <= LARGEST_PAYLOAD:
            raise PacketError(f"A payload of {self.size} bytes is not possible.")

    def reply(self) -> "Echo":
        """Return what a host that is asked this would answer."""
        return replace(self, kind=EchoKind.REPLY)

    def answers(self, request: "Echo") -> bool:
        """Tell whether this is the reply to exactly that request."""
        return (
            self.kind is EchoKind.REPLY
            and request.kind is EchoKind.REQUEST
            and self.token == request.token
            and self.seq == request.seq
            and self.ident == request.ident
            and self.size == request.size
            and self.family == request.family
        )


def build_echo(echo: Echo) -> bytes:
    """Put an echo packet into bytes.

    ICMPv6 leaves the checksum zero: it covers the addresses, so the kernel fills it in.
    """
    number = _NUMBERS[echo.family, echo.kind]
    head = HEADER.pack(number, 0, 0, echo.ident, echo.seq, echo.token)
    packet = head + bytes(echo.size - SMALLEST_PAYLOAD)
    if echo.family == socket.AF_INET6:
        return packet
    return packet[:2] + checksum(head).to_bytes(2, "big") + packet[4:]


def parse_echo(family: socket.AddressFamily, packet: bytes) -> Echo:
    """Read an echo packet, or raise PacketError.

    An ICMPv6 checksum is not looked at: the kernel has dropped packets in which it is wrong.
    """
    if len(packet) < HEADER.size:
        raise PacketError(f"An echo packet has at least {HEADER.size} bytes, not {len(packet)}.")
    number, code, _, ident, seq, token = HEADER.unpack_from(packet)
    kind = _KINDS.get((family, number))
    if kind is None:
        raise PacketError(f"ICMP type {number} is neither an echo request nor a reply.")
    if code != 0:
        raise PacketError(f"An echo packet has code 0, not {code}.")
    if family == socket.AF_INET and checksum(packet) != 0:
        raise PacketError("The ICMP checksum is wrong.")
    return Echo(family, kind, ident, seq, token, len(packet) - _ICMP_HEADER)


class EchoTemplate:
    """What all requests of one socket have in common, so that each is one `pack`."""

    def __init__(self, family: socket.AddressFamily, ident: int, size: int) -> None:
        self._head = _NUMBERS[family, EchoKind.REQUEST] << 8
        self._ident = ident
        self._has_checksum = family == socket.AF_INET
        self._pack = struct.Struct(f"!HHHHI{size - SMALLEST_PAYLOAD}x").pack

    def request(self, seq: int, token: int) -> bytes:
        """Put a request into bytes, the same that `build_echo` would make."""
        total = self._head + self._ident + seq + (token >> 16) + (token & 0xFFFF)
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        checksum_ = ~total & 0xFFFF if self._has_checksum else 0
        return self._pack(self._head, checksum_, self._ident, seq, token)


def token_of(packet: bytes) -> int:
    """Read the token of an echo packet; of anything else some number."""
    return int.from_bytes(packet[8:12])


def is_reply(packet: bytes, request: bytes) -> bool:
    """Tell whether these bytes answer that request: the same but for type and checksum.

    All that was sent has to come back (RFC 792, RFC 4443 section 4.2), so nothing is parsed.
    """
    if packet[4:] != request[4:] or packet[1] != 0:
        return False
    if request[0] == 128:
        return packet[0] == 129
    # The type falls by 8, so the checksum, a one's complement sum, rises by 0x0800.
    risen = int.from_bytes(packet[2:4]) - int.from_bytes(request[2:4]) - 0x0800
    return packet[0] == 0 and risen % 0xFFFF == 0


def strip_ipv4_header(packet: bytes) -> bytes:
    """Take off the header that raw IPv4 sockets deliver with the packet."""
    length = (packet[0] & 0x0F) * 4 if packet else 0
    if not packet or packet[0] >> 4 != 4 or not 20 <= length <= len(packet):
        raise PacketError("The packet has no valid IPv4 header.")
    return packet[length:]


def checksum(packet: bytes) -> int:
    """Internet checksum (RFC 1071); zero over a packet that already carries a right one."""
    padded = packet + b"\0" * (len(packet) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
