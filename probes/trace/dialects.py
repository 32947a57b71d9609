"""Whole IP packets of a trace, and how their answers are read: one class a protocol."""

from __future__ import annotations

import socket
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType

from probes.errors import PacketError
from probes.icmp_errors import parse_error
from probes.ip_packet import ICMP, ICMPV6, TCP, UDP, IpPacket, build_ip, parse_ip, parse_quoted
from probes.packet import parse_echo
from probes.targets import Address, family_of
from probes.trace.packets import (
    UDP_HEADER,
    EchoFlow,
    ident_and_seq,
    leading_token,
    udp_payload,
)
from probes.trace.plan import TraceProtocol
from probes.trace.shot import Answer, Shot
from probes.transport import (
    TcpFlag,
    TcpSegment,
    UdpDatagram,
    build_tcp,
    build_udp,
    parse_ports,
    parse_tcp,
    parse_tcp_seq,
    parse_udp,
    seal_icmp6,
)

FIRST_SOURCE_PORT = 49_152
"""Flow n sends from this port plus n: the first of those free for any use (RFC 6335)."""

_IDENT = 0x5052


class Dialect(ABC):
    """Probes from one address to another, written out in full."""

    def __init__(self, source: Address, destination: Address, port: int) -> None:
        self.source, self.destination, self.port = source, destination, port
        self.family = family_of(destination)
        is_ipv6 = self.family == socket.AF_INET6
        self._icmp, self._echo_reply = (ICMPV6, b"\x81") if is_ipv6 else (ICMP, b"\0")

    def packet(self, shot: Shot) -> bytes:
        """Return the probe from its IP header on."""
        protocol, payload = self._payload(shot)
        ends, ident = (self.source, self.destination), shot.key & 0xFFFF
        # IPv6 has a flow label there, which has to stay the same.
        ident = ident if self.family == socket.AF_INET else 0
        return build_ip(IpPacket(*ends, protocol, shot.ttl, ident, payload))

    def answer(self, packet: bytes, shot: Shot) -> Answer | None:
        """Read what came back; None where it is no answer to this probe."""
        try:
            heard = parse_ip(packet)
            if heard.protocol == self._icmp and heard.payload[:1] != self._echo_reply:
                return self._error(heard, shot)
            right = heard.source == self.destination and self._replies(heard, shot)
        except PacketError:
            return None
        return Answer(str(heard.source)) if right else None

    def _error(self, heard: IpPacket, shot: Shot) -> Answer | None:
        error = parse_error(self.family, heard.payload)
        quoted = parse_quoted(error.quoted)
        if quoted.destination != self.destination or not self._is_ours(quoted.payload, shot):
            return None
        return Answer(str(heard.source), error.kind, error.code, error.labels)

    @abstractmethod
    def _payload(self, shot: Shot) -> tuple[int, bytes]:
        """Return protocol number and payload of the IP packet."""

    @abstractmethod
    def _is_ours(self, quoted: bytes, shot: Shot) -> bool:
        """Tell whether the payload that an error quotes is that of the probe."""

    @abstractmethod
    def _replies(self, heard: IpPacket, shot: Shot) -> bool:
        """Tell whether a packet of the target is its answer to the probe."""


class IcmpDialect(Dialect):
    """Echo requests; a flow is a checksum."""

    def _payload(self, shot: Shot) -> tuple[int, bytes]:
        flow = EchoFlow(self.family, _IDENT, shot.lane.flow)
        request = flow.request(shot.key & 0xFFFF, shot.token)
        if self.family == socket.AF_INET6:
            request = seal_icmp6(request, self.source, self.destination)
        return self._icmp, request

    def _is_ours(self, quoted: bytes, shot: Shot) -> bool:
        right = ident_and_seq(quoted) == (_IDENT, shot.key & 0xFFFF)
        return right and leading_token(quoted[8:]) in (None, shot.token)

    def _replies(self, heard: IpPacket, shot: Shot) -> bool:
        echo = parse_echo(self.family, heard.payload)
        return (echo.ident, echo.seq, echo.token) == (_IDENT, shot.key & 0xFFFF, shot.token)


class UdpDialect(Dialect):
    """Datagrams; a flow is a source port."""

    def _payload(self, shot: Shot) -> tuple[int, bytes]:
        datagram = UdpDatagram(_port_of(shot), self.port, udp_payload(shot.token))
        return UDP, build_udp(datagram, self.source, self.destination)

    def _is_ours(self, quoted: bytes, shot: Shot) -> bool:
        right = parse_ports(quoted) == (_port_of(shot), self.port)
        return right and leading_token(quoted[UDP_HEADER:]) in (None, shot.token)

    def _replies(self, heard: IpPacket, shot: Shot) -> bool:
        said = parse_udp(heard.payload)
        return (said.source_port, said.destination_port) == (self.port, _port_of(shot))


class TcpDialect(Dialect):
    """SYNs; a flow is a source port."""

    def _payload(self, shot: Shot) -> tuple[int, bytes]:
        segment = TcpSegment(_port_of(shot), self.port, shot.token, 0, TcpFlag.SYN)
        return TCP, build_tcp(segment, self.source, self.destination)

    def _is_ours(self, quoted: bytes, shot: Shot) -> bool:
        right = parse_ports(quoted) == (_port_of(shot), self.port)
        return right and parse_tcp_seq(quoted) == shot.token

    def _replies(self, heard: IpPacket, shot: Shot) -> bool:
        said = parse_tcp(heard.payload)
        right = (said.source_port, said.destination_port) == (self.port, _port_of(shot))
        return right and said.ack == (shot.token + 1) & 0xFFFF_FFFF


DIALECTS: Mapping[TraceProtocol, type[Dialect]] = MappingProxyType(
    {
        TraceProtocol.ICMP: IcmpDialect,
        TraceProtocol.UDP: UdpDialect,
        TraceProtocol.TCP: TcpDialect,
    }
)


def _port_of(shot: Shot) -> int:
    return FIRST_SOURCE_PORT + shot.lane.flow
