"""Probes as bytes: alike in what routers choose paths by, and read back from any quote."""

import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.icmp_errors import ErrorKind, IcmpError, build_error
from probes.ip_packet import ICMP, ICMPV6, IpPacket, build_ip, parse_ip
from probes.packet import checksum, parse_echo
from probes.trace.dialects import DIALECTS, Dialect
from probes.trace.lane import Lane, Order
from probes.trace.packets import EchoFlow, ident_and_seq, leading_token
from probes.trace.plan import TraceProtocol
from probes.trace.shot import Shot
from probes.transport import pseudo_checksum, seal_icmp6

HERE = {4: ip_address("10.0.0.1"), 6: ip_address("fd00::1")}
THERE = {4: ip_address("10.9.9.9"), 6: ip_address("fd00::9")}
ROUTER = {4: ip_address("10.1.1.1"), 6: ip_address("fd00::11")}
FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
WORD, TOKEN = st.integers(0, 0xFFFF), st.integers(0, 0xFFFF_FFFF)
protocols = pytest.mark.parametrize("protocol", TraceProtocol)
versions = pytest.mark.parametrize("version", [4, 6])


def dialect(protocol: TraceProtocol, version: int) -> Dialect:
    return DIALECTS[protocol](HERE[version], THERE[version], 443)


def shot(flow: int = 0, ttl: int = 5, key: int = 7, token: int = 0xDEAD_BEEF) -> Shot:
    return Shot(Lane(flow, Order(), str(THERE[4])), ttl, 0.0, 1.0, key, token)


def error_from(router: int, packet: bytes, quoted: int) -> bytes:
    """Word what a router says about a packet, quoting so many bytes of it."""
    family, source, to = FAMILIES[router], ROUTER[router], HERE[router]
    message = build_error(IcmpError(family, ErrorKind.TIME_EXCEEDED, 0, packet[:quoted]))
    message = seal_icmp6(message, source, to) if router == 6 else message
    return build_ip(IpPacket(source, to, ICMPV6 if router == 6 else ICMP, 250, 0, message))


@given(WORD, st.integers(0, 15), st.tuples(WORD, TOKEN), st.tuples(WORD, TOKEN))
def test_all_echo_requests_of_a_flow_have_one_checksum(
    ident: int, flow: int, one: tuple[int, int], other: tuple[int, int]
) -> None:
    requests = EchoFlow(socket.AF_INET, ident, flow)
    first, second = requests.request(*one), requests.request(*other)
    assert first[:6] == second[:6]
    assert checksum(first) == checksum(second) == 0


@given(WORD, WORD, TOKEN)
def test_flows_differ_in_their_checksum(ident: int, seq: int, token: int) -> None:
    sums = {EchoFlow(socket.AF_INET, ident, n).request(seq, token)[2:4] for n in range(16)}
    assert len(sums) == 16


@given(st.integers(0, 15), WORD, TOKEN, WORD, TOKEN)
def test_icmp6_flows_have_one_checksum_too(
    flow: int, seq: int, token: int, other_seq: int, other_token: int
) -> None:
    requests = EchoFlow(socket.AF_INET6, 77, flow)
    ends = HERE[6], THERE[6]
    first = seal_icmp6(requests.request(seq, token), *ends)
    second = seal_icmp6(requests.request(other_seq, other_token), *ends)
    assert first[:4] == second[:4]
    assert pseudo_checksum(*ends, socket.IPPROTO_ICMPV6, first) == 0


@given(WORD, WORD, TOKEN)
def test_an_echo_request_is_one(ident: int, seq: int, token: int) -> None:
    request = EchoFlow(socket.AF_INET, ident, 0).request(seq, token)
    echo = parse_echo(socket.AF_INET, request)
    assert (echo.ident, echo.seq, echo.token) == (ident, seq, token)
    assert ident_and_seq(request[:8]) == (ident, seq)
    assert leading_token(request[8:]) == token


@protocols
@versions
@given(drawn=st.tuples(st.integers(1, 255), WORD, TOKEN), flow=st.integers(0, 15))
def test_a_flow_is_constant_where_routers_look(
    protocol: TraceProtocol, version: int, drawn: tuple[int, int, int], flow: int
) -> None:
    speaks = dialect(protocol, version)
    first = parse_ip(speaks.packet(shot(flow)))
    second = parse_ip(speaks.packet(shot(flow, *drawn)))
    assert first.payload[:4] == second.payload[:4]
    assert first.traffic_class == second.traffic_class
    assert version == 4 or first.ident == second.ident
    assert second.ttl == drawn[0]


@protocols
@versions
@pytest.mark.parametrize("quoted", [8, 12, 60])
def test_a_quote_is_recognised_however_short(
    protocol: TraceProtocol, version: int, quoted: int
) -> None:
    speaks, probe = dialect(protocol, version), shot()
    header = 20 if version == 4 else 40
    answer = speaks.answer(error_from(version, speaks.packet(probe), header + quoted), probe)
    assert answer is not None
    assert (answer.host, answer.kind) == (str(ROUTER[version]), ErrorKind.TIME_EXCEEDED)


@protocols
@versions
def test_a_quote_of_another_probe_is_none_of_ours(protocol: TraceProtocol, version: int) -> None:
    speaks = dialect(protocol, version)
    packet = error_from(version, speaks.packet(shot(key=8, token=1)), 100)
    assert speaks.answer(packet, shot()) is None


@protocols
@versions
def test_a_probe_to_another_host_is_none_of_ours(protocol: TraceProtocol, version: int) -> None:
    elsewhere = DIALECTS[protocol](HERE[version], ROUTER[version], 443)
    packet = error_from(version, elsewhere.packet(shot()), 100)
    assert dialect(protocol, version).answer(packet, shot()) is None


@protocols
@versions
@given(garbage=st.binary(max_size=120))
def test_garbage_is_no_answer(protocol: TraceProtocol, version: int, garbage: bytes) -> None:
    assert dialect(protocol, version).answer(garbage, shot()) is None


@protocols
@versions
@given(garbage=st.binary(max_size=80), number=st.sampled_from([1, 6, 17, 58]))
def test_garbage_in_ip_packets_is_no_answer(
    protocol: TraceProtocol, version: int, garbage: bytes, number: int
) -> None:
    packet = build_ip(IpPacket(ROUTER[version], HERE[version], number, 9, 0, garbage))
    assert dialect(protocol, version).answer(packet, shot()) is None
