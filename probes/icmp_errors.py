"""ICMP and ICMPv6 errors as values: who says what about which packet, with MPLS labels."""

import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from probes.errors import PacketError
from probes.packet import checksum

SHORTEST_EXTENDED_QUOTE = 128
"""A packet that is quoted in front of extensions is padded to this length (RFC 4884, 3.)."""

_HEADER = struct.Struct("!BBH4s")
_EXTENSION_HEADER = struct.Struct("!BBH")
_OBJECT_HEADER = struct.Struct("!HBB")
_LABEL = struct.Struct("!I")
_EXTENSION_VERSION = 2
_MPLS = (1, 1)
# Unit of the length field and where in the second word it stands (RFC 4884, 4.).
_UNITS: Mapping[int, tuple[int, int]] = MappingProxyType(
    {socket.AF_INET: (4, 1), socket.AF_INET6: (8, 0)}
)
_LONGEST_IN_UNITS = 255


class ErrorKind(StrEnum):
    """What happened to the quoted packet."""

    TIME_EXCEEDED = "time_exceeded"
    """Its TTL ran out (code 0), or a part of it did not come in time (code 1)."""
    UNREACHABLE = "unreachable"
    """Its destination, or the port there, cannot or must not be reached."""
    PACKET_TOO_BIG = "packet_too_big"
    """It does not fit the next link: ICMPv6 type 2, ICMP type 3 code 4."""
    PARAMETER_PROBLEM = "parameter_problem"
    """Its header is wrong."""


_UNREACHABLE_4, _TOO_BIG_CODE_4 = 3, 4
_KINDS: Mapping[tuple[int, int], ErrorKind] = MappingProxyType(
    {
        (socket.AF_INET, _UNREACHABLE_4): ErrorKind.UNREACHABLE,
        (socket.AF_INET, 11): ErrorKind.TIME_EXCEEDED,
        (socket.AF_INET, 12): ErrorKind.PARAMETER_PROBLEM,
        (socket.AF_INET6, 1): ErrorKind.UNREACHABLE,
        (socket.AF_INET6, 2): ErrorKind.PACKET_TOO_BIG,
        (socket.AF_INET6, 3): ErrorKind.TIME_EXCEEDED,
        (socket.AF_INET6, 4): ErrorKind.PARAMETER_PROBLEM,
    }
)
_NUMBERS: Mapping[tuple[int, ErrorKind], int] = MappingProxyType(
    {(family, kind): number for (family, number), kind in _KINDS.items()}
    | {(socket.AF_INET, ErrorKind.PACKET_TOO_BIG): _UNREACHABLE_4}
)


@dataclass(frozen=True, slots=True)
class MplsLabel:
    """One entry of the label stack that the packet bore (RFC 3032, 2.1; RFC 4950)."""

    label: int
    traffic_class: int
    bottom: bool
    ttl: int

    def __post_init__(self) -> None:
        """Refuse values that have no room in the entry."""
        fits = self.label >> 20 == 0 and self.traffic_class >> 3 == 0 and self.ttl >> 8 == 0
        if not fits:
            raise PacketError(f"A label stack entry holds 20, 3, 1 and 8 bits, not {self}.")


@dataclass(frozen=True, slots=True)
class IcmpError:
    """One ICMP error (RFC 792, RFC 4443); `quoted` is the packet it is about, from its IP header.

    `mtu` in bytes goes with PACKET_TOO_BIG alone. The quoted packet is padded with zeros to
    at least 128 bytes where labels follow it.
    """

    family: int
    kind: ErrorKind
    code: int
    quoted: bytes
    labels: tuple[MplsLabel, ...] = ()
    mtu: int | None = None

    def __post_init__(self) -> None:
        """Refuse what has no room, and what would be read back as something else."""
        if not 0 <= self.code <= 0xFF:
            raise PacketError(f"The code {self.code} must fit 8 bits.")
        if kind_of(self.family, _NUMBERS[self.family, self.kind], self.code) is not self.kind:
            raise PacketError(f"The code {self.code} is not one of {self.kind}.")
        is_too_big = self.kind is ErrorKind.PACKET_TOO_BIG
        if self.mtu is not None and not (is_too_big and 0 <= self.mtu <= _widest(self.family)):
            raise PacketError(f"{self.kind} cannot state an MTU of {self.mtu}.")
        if self.labels and (is_too_big and self.family == socket.AF_INET6):
            raise PacketError("ICMPv6 has no room for extensions in a packet that is too big.")


def kind_of(family: int, number: int, code: int) -> ErrorKind:
    """Name an ICMP type and code, or raise PacketError."""
    if (family, number, code) == (socket.AF_INET, _UNREACHABLE_4, _TOO_BIG_CODE_4):
        return ErrorKind.PACKET_TOO_BIG
    kind = _KINDS.get((family, number))
    if kind is None:
        raise PacketError(f"ICMP type {number} is no error.")
    return kind


def build_error(error: IcmpError) -> bytes:
    """Put an error into bytes.

    ICMPv6 leaves the checksum zero: it covers the addresses (transport.seal_icmp6 writes it).
    """
    number = _NUMBERS[error.family, error.kind]
    quoted = _padded(error) if error.labels else error.quoted
    second = _second_word(error, len(quoted))
    packet = _HEADER.pack(number, error.code, 0, second) + quoted + _extensions(error.labels)
    if error.family == socket.AF_INET6:
        return packet
    return packet[:2] + checksum(packet).to_bytes(2, "big") + packet[4:]


def parse_error(family: int, packet: bytes) -> IcmpError:
    """Read an error, or raise PacketError; an ICMPv6 checksum is not looked at.

    Extensions are also found behind 128 bytes where a router of before RFC 4884 states no
    length (RFC 4884, 5.5); those that do not check are left out, as its section 5.2 asks.
    """
    if len(packet) < _HEADER.size:
        raise PacketError(f"An ICMP error has at least {_HEADER.size} bytes, not {len(packet)}.")
    number, code, _, second = _HEADER.unpack_from(packet)
    kind = kind_of(family, number, code)
    if family == socket.AF_INET and checksum(packet) != 0:
        raise PacketError("The ICMP checksum is wrong.")
    body = packet[_HEADER.size :]
    length = _stated_length(family, kind, second)
    may_extend = family == socket.AF_INET or kind is not ErrorKind.PACKET_TOO_BIG
    quoted, labels = _split(body, length) if may_extend else (body, ())
    return IcmpError(family, kind, code, quoted, labels, _stated_mtu(family, kind, second))


def parse_labels(extensions: bytes, *, checked: bool = False) -> tuple[MplsLabel, ...] | None:
    """Read the MPLS labels of an extension structure; None where it is none.

    `checked` asks for a checksum, which tells an extension from chance bytes.
    """
    if len(extensions) < _EXTENSION_HEADER.size:
        return None
    version, _, stated = _EXTENSION_HEADER.unpack_from(extensions)
    if version >> 4 != _EXTENSION_VERSION or (stated == 0 and checked):
        return None
    if stated and checksum(extensions) != 0:
        return None
    return _labels(extensions[_EXTENSION_HEADER.size :])


def _labels(objects: bytes) -> tuple[MplsLabel, ...] | None:
    found: list[MplsLabel] = []
    while objects:
        if len(objects) < _OBJECT_HEADER.size:
            return None
        length, *name = _OBJECT_HEADER.unpack_from(objects)
        if not _OBJECT_HEADER.size <= length <= len(objects):
            return None
        if tuple(name) == _MPLS:
            found += _stack(objects[_OBJECT_HEADER.size : length])
        objects = objects[length:]
    return tuple(found)


def _stack(entries: bytes) -> list[MplsLabel]:
    whole = entries[: len(entries) // _LABEL.size * _LABEL.size]
    return [
        MplsLabel(entry >> 12, entry >> 9 & 0b111, bool(entry >> 8 & 1), entry & 0xFF)
        for (entry,) in _LABEL.iter_unpack(whole)
    ]


def _extensions(labels: tuple[MplsLabel, ...]) -> bytes:
    if not labels:
        return b""
    stack = b"".join(
        _LABEL.pack(entry.label << 12 | entry.traffic_class << 9 | entry.bottom << 8 | entry.ttl)
        for entry in labels
    )
    objects = _OBJECT_HEADER.pack(_OBJECT_HEADER.size + len(stack), *_MPLS) + stack
    bare = _EXTENSION_HEADER.pack(_EXTENSION_VERSION << 4, 0, 0) + objects
    return bare[:2] + checksum(bare).to_bytes(2, "big") + bare[4:]


def _padded(error: IcmpError) -> bytes:
    unit, _ = _UNITS[error.family]
    quoted = error.quoted.ljust(SHORTEST_EXTENDED_QUOTE, b"\0")
    quoted += bytes(-len(quoted) % unit)
    if len(quoted) > unit * _LONGEST_IN_UNITS:
        raise PacketError(f"No length field can state the {len(quoted)} bytes before the labels.")
    return quoted


def _second_word(error: IcmpError, quoted: int) -> bytes:
    unit, place = _UNITS[error.family]
    if error.family == socket.AF_INET6 and error.kind is ErrorKind.PACKET_TOO_BIG:
        return (error.mtu or 0).to_bytes(4, "big")
    word = bytearray(4)
    word[place] = quoted // unit if error.labels else 0
    if error.mtu is not None:
        word[2:] = error.mtu.to_bytes(2, "big")
    return bytes(word)


def _stated_length(family: int, kind: ErrorKind, second: bytes) -> int:
    # ICMPv6 has no length where the word holds an MTU or a pointer.
    if family == socket.AF_INET6 and kind not in (ErrorKind.UNREACHABLE, ErrorKind.TIME_EXCEEDED):
        return 0
    unit, place = _UNITS[family]
    return second[place] * unit


def _stated_mtu(family: int, kind: ErrorKind, second: bytes) -> int | None:
    if kind is not ErrorKind.PACKET_TOO_BIG:
        return None
    width = 4 if family == socket.AF_INET6 else 2
    return int.from_bytes(second[-width:], "big")


def _split(body: bytes, length: int) -> tuple[bytes, tuple[MplsLabel, ...]]:
    if SHORTEST_EXTENDED_QUOTE <= length <= len(body):
        return body[:length], parse_labels(body[length:]) or ()
    labels = parse_labels(body[SHORTEST_EXTENDED_QUOTE:], checked=True)
    return (body, ()) if labels is None else (body[:SHORTEST_EXTENDED_QUOTE], labels)


def _widest(family: int) -> int:
    return 0xFFFF if family == socket.AF_INET else 0xFFFF_FFFF
