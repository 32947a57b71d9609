"""Packets for the simulated internet, and readings of what it answers."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from random import Random

from probes.icmp_errors import IcmpError, parse_error
from probes.internet import Delay, Host, Internet, Link, Reply, Route, Router, Target, Topology
from probes.ip_packet import ICMP, ICMPV6, TCP, UDP, IpPacket, build_ip, parse_ip
from probes.packet import Echo, EchoKind, build_echo
from probes.targets import Address, family_of, parse_range
from probes.transport import (
    TcpFlag,
    TcpSegment,
    UdpDatagram,
    build_tcp,
    build_udp,
    parse_tcp,
    seal_icmp6,
)

SITE, SITE_6 = "203.0.113.80", "2001:db8:80::80"


def router(number: int, **settings: object) -> Router:
    """A hop 1 ms behind the one before, with an address of each version."""
    known = {
        "addresses": addresses(f"10.0.0.{number}", f"fd00::{number}"),
        "link": Link(Delay(base_ms=1.0)),
    }
    return Router(f"hop{number}", **(known | settings))


def addresses(*texts: str) -> tuple[Address, ...]:
    """Read addresses."""
    return tuple(map(ip_address, texts))


def topology(
    routers: Sequence[Router], link: Link | None = None, host: Host | None = None
) -> Topology:
    """One path to SITE and SITE_6, which is also called www.example; nothing else exists."""
    route = Route(tuple(routers), link or Link(Delay(base_ms=1.0)), host or Host())
    ranges = (parse_range(SITE), parse_range(SITE_6))
    return Topology((Target(ranges, ("www.example",), route),), others=False)


@dataclass
class Caller:
    """Somebody at the vantage point who asks one address."""

    internet: Internet
    to: str = SITE

    @property
    def destination(self) -> Address:
        """Who is asked."""
        return ip_address(self.to)

    @property
    def source(self) -> Address:
        """Who asks."""
        return self.internet.source(self.destination)

    def send(self, protocol: int, payload: bytes, ttl: int = 64, at_s: float = 0.0) -> list[Reply]:
        """Send any payload."""
        packet = IpPacket(self.source, self.destination, protocol, ttl, 7, payload)
        return self.internet.answer(build_ip(packet), at_s)

    def echo(
        self, seq: int = 1, ttl: int = 64, at_s: float = 0.0, stream: Random | None = None
    ) -> list[Reply]:
        """Send an echo request."""
        packet = IpPacket(self.source, self.destination, *self._echo(seq, ttl))
        return self.internet.answer(build_ip(packet), at_s, stream)

    def _echo(self, seq: int, ttl: int) -> tuple[int, int, int, bytes]:
        family = family_of(self.destination)
        message = build_echo(Echo(family, EchoKind.REQUEST, 5, seq, 0xABCDEF))
        if family == socket.AF_INET:
            return ICMP, ttl, seq, message
        return ICMPV6, ttl, seq, seal_icmp6(message, self.source, self.destination)

    def udp(self, port: int = 33434, ttl: int = 64, source_port: int = 40_000) -> list[Reply]:
        """Send a UDP datagram."""
        datagram = UdpDatagram(source_port, port, b"who goes there?")
        return self.send(UDP, build_udp(datagram, self.source, self.destination), ttl)

    def tcp(self, port: int = 80, flags: int = TcpFlag.SYN, ttl: int = 64) -> list[Reply]:
        """Send a TCP segment with sequence number 1000, acknowledging 5000."""
        segment = TcpSegment(40_000, port, 1000, 5000, flags)
        return self.send(TCP, build_tcp(segment, self.source, self.destination), ttl)


def error_of(reply: Reply) -> IcmpError:
    """Read the ICMP error in a reply."""
    packet = parse_ip(reply.packet)
    return parse_error(family_of(packet.source), packet.payload)


def segment_of(reply: Reply) -> TcpSegment:
    """Read the TCP segment in a reply."""
    return parse_tcp(parse_ip(reply.packet).payload)


def speaker_of(reply: Reply) -> str:
    """Say who answered."""
    return str(parse_ip(reply.packet).source)
