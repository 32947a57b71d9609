"""MPLS labels, short quotes, open ports: routers of the simulated internet, real packets to it."""

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest
from internet_tun import behind_tun
from peers import needs_root
from trace_rig import traces

from probes.errors import PacketError
from probes.icmp_errors import IcmpError, build_error, parse_error
from probes.internet import Delay, Host, Internet, Link, Reply, Route, Router, Target, Topology
from probes.ip_packet import IpPacket, build_ip, parse_ip
from probes.targets import family_of, parse_range
from probes.trace import HopState, TracePlan, TraceResult
from probes.transport import seal_icmp6

pytestmark = pytest.mark.slow

TARGETS = {4: "203.0.113.9", 6: "2001:db8:99::9"}
RANGES = ("203.0.113.0/24", "2001:db8:99::/48")
ROUTERS = (
    Router("r1", (ip_address("10.9.1.1"), ip_address("fd09:1::1"))),
    Router("r2", (ip_address("10.9.2.1"), ip_address("fd09:2::1")), mpls=(1001, 2002)),
    Router("r3", (ip_address("10.9.3.1"), ip_address("fd09:3::1")), link=Link(Delay(base_ms=4.0))),
)
PATHS = {
    version: [str(router.faces(version)[0]) for router in ROUTERS] + [target]
    for version, target in TARGETS.items()
}
versions = pytest.mark.parametrize("version", [4, 6])
protocols = pytest.mark.parametrize("protocol", ["icmp", "udp", "tcp"])


def topology(host: Host | None = None) -> Topology:
    route = Route(ROUTERS, host=host or Host())
    target = Target(tuple(map(parse_range, RANGES)), route=route)
    return Topology((target,), others=False)


class Rewriting(Internet):
    """An internet whose routers word their errors in another way."""

    def __init__(self, alter: Callable[[IcmpError], bytes]) -> None:
        super().__init__(topology())
        self.alter = alter

    def answer(self, packet: bytes, at_s: float, stream: Any = None) -> list[Reply]:
        return [
            Reply(self.rewritten(reply.packet), reply.delay_ms)
            for reply in super().answer(packet, at_s, stream)
        ]

    def rewritten(self, packet: bytes) -> bytes:
        heard = parse_ip(packet)
        try:
            error = parse_error(family_of(heard.source), heard.payload)
        except PacketError:
            return packet
        altered = self.alter(error)
        ends = (heard.source, heard.destination)
        if heard.source.version == 6:
            altered = seal_icmp6(altered, *ends)
        return build_ip(IpPacket(*ends, heard.protocol, heard.ttl, heard.ident, altered))


def run(namespace: Any, internet: Internet, plan: TracePlan, sockets: str = "raw") -> TraceResult:
    """Trace through the internet behind a device; `sockets` is the kind that is granted."""
    needs_root()

    def body() -> TraceResult:
        with behind_tun(internet):
            return asyncio.run(traces(RANGES, [plan]))[0]

    result: TraceResult = namespace(sockets).run(body)
    return result


@versions
@protocols
def test_labels_need_no_right(namespace: Any, version: int, protocol: str) -> None:
    plan = TracePlan(TARGETS[version], protocol)
    result = run(namespace, Internet(topology()), plan, "datagram")
    assert [hop.address for hop in result.hops] == PATHS[version]
    (response,) = result.hops[1].responses
    assert response.labels is not None
    assert [entry.label for entry in response.labels] == [1001, 2002]
    assert [entry.bottom for entry in response.labels] == [False, True]
    assert result.hops[0].responses[0].labels == ()


@versions
def test_raw_sockets_see_labels_too(namespace: Any, version: int) -> None:
    result = run(namespace, Internet(topology()), TracePlan(TARGETS[version]), "raw")
    assert [hop.address for hop in result.hops] == PATHS[version]
    assert result.hops[1].responses[0].labels


@protocols
def test_labels_of_a_router_that_states_no_length(namespace: Any, protocol: str) -> None:
    def old(error: IcmpError) -> bytes:
        packet = bytearray(build_error(error))
        packet[5] = 0
        return resealed(bytes(packet))

    result = run(namespace, Rewriting(old), TracePlan(TARGETS[4], protocol))
    labels = result.hops[1].responses[0].labels
    assert labels is not None
    assert [entry.label for entry in labels] == [1001, 2002]


def resealed(packet: bytes) -> bytes:
    from probes.packet import checksum  # noqa: PLC0415

    bare = packet[:2] + b"\0\0" + packet[4:]
    return packet[:2] + checksum(bare).to_bytes(2, "big") + packet[4:]


@versions
@protocols
def test_eight_quoted_bytes_are_enough(namespace: Any, version: int, protocol: str) -> None:
    """RFC 792 asks for no more, and for UDP that does not tell probes apart."""
    header = 20 if version == 4 else 40

    def terse(error: IcmpError) -> bytes:
        return build_error(
            IcmpError(error.family, error.kind, error.code, error.quoted[: header + 8])
        )

    plan = TracePlan(TARGETS[version], protocol, probes_per_hop=2, timeout_s=0.4)
    result = run(namespace, Rewriting(terse), plan)
    assert [hop.address for hop in result.hops] == PATHS[version]
    assert [(hop.sent, hop.received) for hop in result.hops] == [(2, 2)] * 4
    assert result.packet_loss == 0.0


def test_errors_that_quote_nothing_leave_hops_silent(namespace: Any) -> None:
    def mute(error: IcmpError) -> bytes:
        return build_error(IcmpError(error.family, error.kind, error.code, error.quoted[:20]))

    plan = TracePlan(TARGETS[4], timeout_s=0.3)
    result = run(namespace, Rewriting(mute), plan)
    assert [hop.state for hop in result.hops] == [HopState.SILENT] * 3 + [HopState.ANSWERS]


def test_an_open_udp_port_that_keeps_silent_is_a_timeout(namespace: Any) -> None:
    internet = Internet(topology(Host(open_udp=(5060,))))
    plan = TracePlan(TARGETS[4], "udp", 5060, timeout_s=0.3)
    result = run(namespace, internet, plan)
    assert [hop.address for hop in result.hops] == PATHS[4][:3]
    assert result.failure is not None


def test_an_open_tcp_port_answers_in_the_time_of_the_path(namespace: Any) -> None:
    internet = Internet(topology(Host(open_tcp=(443,))))
    result = run(namespace, internet, TracePlan(TARGETS[4], "tcp", 443))
    assert result.reached
    assert min(result.hops[-1].rtts_ms) > 8.0
