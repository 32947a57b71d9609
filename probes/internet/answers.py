"""What routers and hosts answer: bytes in, bytes out, as the RFCs word it."""

import socket
import struct
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import NamedTuple
from zlib import crc32

from probes.errors import PacketError
from probes.icmp_errors import ErrorKind, IcmpError, MplsLabel, build_error
from probes.internet.datagram import Datagram, altered
from probes.internet.topology import Host, Unreachable
from probes.ip_packet import ICMP, ICMPV6, TCP, UDP, IpPacket, build_ip
from probes.targets import Address
from probes.transport import TcpFlag, TcpSegment, build_tcp, parse_tcp, parse_udp, seal_icmp6

ROUTER_TTL, HOST_TTL = 255, 64
"""What answers set out with: routers' operating systems and hosts' are wont to differ so."""

_FAMILIES = MappingProxyType({4: socket.AF_INET, 6: socket.AF_INET6})
# IPv4: at most 576 bytes in all (RFC 1812, 4.3.2.3); IPv6: at most 1280 (RFC 4443, 3).
_LONGEST_ERRORS = MappingProxyType({4: 576 - 20, 6: 1280 - 40})
_ICMP_HEADER = 8
_IPV4_SWAPPED = struct.Struct("!8sBBH4s4s")
_UNREACHABLE_CODES: Mapping[tuple[int, Unreachable], int] = MappingProxyType(
    {
        (4, Unreachable.NETWORK): 0,
        (4, Unreachable.HOST): 1,
        (4, Unreachable.PROHIBITED): 13,
        (6, Unreachable.NETWORK): 0,
        (6, Unreachable.HOST): 3,
        (6, Unreachable.PROHIBITED): 1,
    }
)
_PORT_CODES = MappingProxyType({4: 3, 6: 4})
_MSS_1460 = bytes((2, 4, 5, 180))


def may_be_answered(datagram: Datagram) -> bool:
    """Tell whether an ICMP error about it is allowed: never about another (RFC 1122, 3.2.2)."""
    kind = datagram.raw[datagram.header : datagram.header + 1]
    if datagram.protocol == ICMP and datagram.version == 4:
        return kind not in {b"\x03", b"\x04", b"\x05", b"\x0b", b"\x0c"}
    return datagram.protocol != ICMPV6 or kind >= b"\x80"


def label_stack(labels: tuple[int, ...]) -> tuple[MplsLabel, ...]:
    """Return the label stack of a packet whose TTL ran out in a tunnel, outermost first."""
    bottom = len(labels) - 1
    return tuple(MplsLabel(label, 0, place == bottom, 1) for place, label in enumerate(labels))


def time_exceeded(
    datagram: Datagram, speaker: Address, labels: tuple[MplsLabel, ...], hops: int
) -> bytes:
    """Say that the packet's TTL ran out here, `hops` routers on; labels are those it bore."""
    says = _Saying(ErrorKind.TIME_EXCEEDED, 0, ROUTER_TTL, labels)
    return _error(datagram, speaker, says, hops)


def unreachable(datagram: Datagram, speaker: Address, reason: Unreachable, hops: int) -> bytes:
    """Say, `hops` routers on, that the packet cannot or must not go farther."""
    code = _UNREACHABLE_CODES[datagram.version, reason]
    return _error(datagram, speaker, _Saying(ErrorKind.UNREACHABLE, code, ROUTER_TTL), hops)


def host_answer(datagram: Datagram, host: Host, hops: int) -> bytes | None:
    """Return what the host behind this many routers says to a packet; None for nothing."""
    answer = _SPOKEN.get((datagram.version, datagram.protocol))
    try:
        return answer(datagram, host, hops) if answer else None
    except PacketError:
        # A host drops what it cannot read.
        return None


def _echo_reply(datagram: Datagram, host: Host, hops: int) -> bytes | None:
    raw = datagram.raw
    if not host.echo or raw[20:22] != b"\x08\x00" or len(raw) < 20 + _ICMP_HEADER:
        return None
    # Swapped addresses leave a header checksum alone, and the rest changes by known amounts.
    ttl = HOST_TTL - hops
    head = altered(int.from_bytes(raw[10:12], "big"), (ttl - datagram.ttl) << 8)
    body = altered(int.from_bytes(raw[22:24], "big"), -0x0800)
    swapped = _IPV4_SWAPPED.pack(raw[:8], ttl, ICMP, head, datagram.destination, datagram.source)
    return swapped + b"\0\0" + body.to_bytes(2, "big") + raw[24:]


def _echo_reply_6(datagram: Datagram, host: Host, hops: int) -> bytes | None:
    raw = datagram.raw
    if not host.echo or raw[40:42] != b"\x80\x00" or len(raw) < 40 + _ICMP_HEADER:
        return None
    body = altered(int.from_bytes(raw[42:44], "big"), 0x0100).to_bytes(2, "big")
    head = raw[:7] + bytes((HOST_TTL - hops,)) + datagram.destination + datagram.source
    return head + b"\x81\0" + body + raw[44:]


def _udp_answer(datagram: Datagram, host: Host, hops: int) -> bytes | None:
    port = parse_udp(datagram.payload).destination_port
    if host.filtered or port in host.open_udp:
        return None
    speaker = ip_address(datagram.destination)
    says = _Saying(ErrorKind.UNREACHABLE, _PORT_CODES[datagram.version], HOST_TTL)
    return _error(datagram, speaker, says, hops)


def _tcp_answer(datagram: Datagram, host: Host, hops: int) -> bytes | None:
    heard = parse_tcp(datagram.payload)
    is_open = heard.destination_port in host.open_tcp
    if host.filtered and not is_open:
        return None
    said = _accepted(heard) if is_open else _refused(heard)
    if said is None:
        return None
    source, destination = ip_address(datagram.destination), ip_address(datagram.source)
    segment = build_tcp(said, source, destination)
    return build_ip(IpPacket(source, destination, TCP, HOST_TTL - hops, 0, segment))


def _refused(heard: TcpSegment) -> TcpSegment | None:
    """Answer as a closed port does (RFC 9293, 3.10.7.1)."""
    if heard.flags & TcpFlag.RST:
        return None
    ports = (heard.destination_port, heard.source_port)
    if heard.flags & TcpFlag.ACK:
        return TcpSegment(*ports, heard.ack, 0, TcpFlag.RST, 0)
    return TcpSegment(*ports, 0, _next(heard), TcpFlag.RST | TcpFlag.ACK, 0)


def _accepted(heard: TcpSegment) -> TcpSegment | None:
    """Answer as a listener that remembers nothing: it opens, and closes when it is told to."""
    ports = (heard.destination_port, heard.source_port)
    both = heard.flags & (TcpFlag.SYN | TcpFlag.ACK | TcpFlag.FIN | TcpFlag.RST)
    if both == TcpFlag.SYN:
        first = crc32(struct.pack("!HHI", *ports, heard.seq))
        flags = TcpFlag.SYN | TcpFlag.ACK
        return TcpSegment(*ports, first, _next(heard), flags, 64_240, _MSS_1460)
    if both == TcpFlag.FIN | TcpFlag.ACK:
        return TcpSegment(*ports, heard.ack, _next(heard), TcpFlag.FIN | TcpFlag.ACK, 64_240)
    return None


def _next(heard: TcpSegment) -> int:
    marks = bool(heard.flags & TcpFlag.SYN) + bool(heard.flags & TcpFlag.FIN)
    return (heard.seq + len(heard.payload) + marks) & 0xFFFF_FFFF


class _Saying(NamedTuple):
    """An error, the TTL that it sets out with, and the labels that its packet bore."""

    kind: ErrorKind
    code: int
    ttl: int
    labels: tuple[MplsLabel, ...] = ()


def _error(datagram: Datagram, speaker: Address, says: _Saying, hops: int) -> bytes:
    """Word an error about the packet as it arrived there, that is with its TTL as it was then."""
    labels = says.labels
    room = _LONGEST_ERRORS[datagram.version] - _ICMP_HEADER - (8 + 4 * len(labels)) * bool(labels)
    quoted = datagram.with_ttl(datagram.ttl - hops)[: room & ~7]
    error = IcmpError(_FAMILIES[datagram.version], says.kind, says.code, quoted, labels)
    return _sent(build_error(error), speaker, ip_address(datagram.source), says.ttl - hops)


def _sent(message: bytes, speaker: Address, to: Address, ttl: int) -> bytes:
    if speaker.version == 4:
        return build_ip(IpPacket(speaker, to, ICMP, ttl, 0, message))
    return build_ip(IpPacket(speaker, to, ICMPV6, ttl, 0, seal_icmp6(message, speaker, to)))


_Answer = Callable[[Datagram, Host, int], bytes | None]
_SPOKEN: Mapping[tuple[int, int], _Answer] = MappingProxyType(
    {
        (4, ICMP): _echo_reply,
        (6, ICMPV6): _echo_reply_6,
        (4, UDP): _udp_answer,
        (6, UDP): _udp_answer,
        (4, TCP): _tcp_answer,
        (6, TCP): _tcp_answer,
    }
)
