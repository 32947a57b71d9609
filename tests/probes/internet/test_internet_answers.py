"""What routers and hosts answer, by the letter of the RFCs."""

from ipaddress import ip_address
from socket import AF_INET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from internet_calls import (
    SITE,
    SITE_6,
    Caller,
    addresses,
    error_of,
    router,
    segment_of,
    speaker_of,
    topology,
)

from probes.icmp_errors import ErrorKind, MplsLabel
from probes.internet import Counts, Host, Internet, Unreachable
from probes.ip_packet import ICMP, ICMPV6, UDP, IpPacket, build_ip, parse_ip, parse_quoted
from probes.packet import Echo, EchoKind, build_echo, checksum, parse_echo
from probes.targets import family_of
from probes.transport import TcpFlag, parse_ports, pseudo_checksum

CHAIN = [router(1), router(2), router(3)]
VERSIONS = pytest.mark.parametrize("to", [SITE, SITE_6])


def calling(to: str = SITE, routers: object = CHAIN, **host: object) -> Caller:
    return Caller(Internet(topology(routers, host=Host(**host))), to)


@VERSIONS
def test_an_echo_request_that_arrives_is_answered_by_the_host(to: str) -> None:
    (reply,) = calling(to).echo(seq=9)
    packet = parse_ip(reply.packet)
    echo = parse_echo(family_of(packet.source), packet.payload)
    assert (str(packet.source), packet.ttl) == (to, 64 - 3)
    assert (echo.kind, echo.ident, echo.seq, echo.token) == (EchoKind.REPLY, 5, 9, 0xABCDEF)


@VERSIONS
def test_every_answer_bears_a_right_checksum(to: str) -> None:
    caller = calling(to, open_tcp=(80,))
    replies = [caller.echo(), caller.echo(ttl=2), caller.udp(), caller.tcp(), caller.tcp(81)]
    for (reply,) in replies:
        packet = parse_ip(reply.packet)
        covered = (packet.source, packet.destination, packet.protocol, packet.payload)
        total = checksum(packet.payload) if packet.protocol == ICMP else pseudo_checksum(*covered)
        assert total == 0


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.integers(1, 255), st.integers(0, 255))
def test_changed_checksums_stay_right(ident: int, seq: int, ttl: int, traffic_class: int) -> None:
    """They are not computed anew but altered, which has its corner cases (RFC 1624)."""
    caller = calling()
    echo = build_echo(Echo(AF_INET, EchoKind.REQUEST, ident, seq, 0))
    ends = (caller.source, caller.destination)
    packet = IpPacket(*ends, ICMP, ttl, ident, echo, traffic_class)
    (reply,) = caller.internet.answer(build_ip(packet), 0.0)
    answer = parse_ip(reply.packet)
    assert checksum(answer.payload) == 0
    if ttl <= len(CHAIN):
        assert parse_ip(error_of(reply).quoted).ttl == 1


@VERSIONS
@pytest.mark.parametrize("ttl", [1, 2, 3])
def test_a_ttl_that_runs_out_is_told_by_the_router_where_it_did(to: str, ttl: int) -> None:
    (reply,) = calling(to).echo(ttl=ttl)
    error = error_of(reply)
    assert speaker_of(reply) in {f"10.0.0.{ttl}", f"fd00::{ttl}"}
    assert (error.kind, error.code) == (ErrorKind.TIME_EXCEEDED, 0)
    assert parse_ip(reply.packet).ttl == 255 - (ttl - 1)


@VERSIONS
def test_the_quoted_packet_is_the_one_that_arrived(to: str) -> None:
    (reply,) = calling(to).udp(port=33_500, ttl=2, source_port=1234)
    quoted = parse_quoted(error_of(reply).quoted)
    assert (str(quoted.destination), quoted.ttl) == (to, 1)
    assert parse_ports(quoted.payload) == (1234, 33_500)


def test_the_quoted_header_is_sound() -> None:
    (reply,) = calling().echo(ttl=3)
    assert checksum(error_of(reply).quoted[:20]) == 0


@VERSIONS
def test_no_error_is_longer_than_the_rfcs_allow(to: str) -> None:
    caller = calling(to, [router(1, mpls=(16, 17, 18))])
    longest = {SITE: 576, SITE_6: 1280}
    for size in (0, 100, 500, 1400):
        (reply,) = caller.send(UDP, bytes(8 + size), ttl=1)
        assert len(reply.packet) <= longest[to]
        assert len(error_of(reply).labels) == 3


def test_labels_are_told_outermost_first() -> None:
    (reply,) = calling(routers=[router(1, mpls=(16001, 24005))]).echo(ttl=1)
    assert error_of(reply).labels == (
        MplsLabel(16001, 0, bottom=False, ttl=1),
        MplsLabel(24005, 0, bottom=True, ttl=1),
    )


def test_a_router_without_labels_adds_no_extension() -> None:
    (reply,) = calling().echo(ttl=1)
    assert error_of(reply).labels == ()
    assert len(reply.packet) == 20 + 8 + 20 + 64


@VERSIONS
def test_a_closed_udp_port_is_unreachable(to: str) -> None:
    (reply,) = calling(to).udp()
    error = error_of(reply)
    assert (speaker_of(reply), error.kind) == (to, ErrorKind.UNREACHABLE)
    assert error.code == {SITE: 3, SITE_6: 4}[to]


def test_an_open_udp_port_is_silent() -> None:
    assert calling(open_udp=(53,)).udp(53) == []


@VERSIONS
def test_an_open_tcp_port_accepts(to: str) -> None:
    (reply,) = calling(to, open_tcp=(80,)).tcp(80)
    segment = segment_of(reply)
    assert (segment.source_port, segment.destination_port) == (80, 40_000)
    assert (segment.flags, segment.ack) == (TcpFlag.SYN | TcpFlag.ACK, 1001)


@VERSIONS
def test_a_closed_tcp_port_refuses(to: str) -> None:
    segment = segment_of(*calling(to).tcp(81))
    assert (segment.flags, segment.seq, segment.ack) == (TcpFlag.RST | TcpFlag.ACK, 0, 1001)


def test_a_closed_port_resets_a_strange_connection_by_its_own_numbers() -> None:
    segment = segment_of(*calling().tcp(81, TcpFlag.ACK))
    assert (segment.flags, segment.seq) == (TcpFlag.RST, 5000)


@pytest.mark.parametrize("port", [80, 81])
def test_a_reset_is_not_answered(port: int) -> None:
    assert calling(open_tcp=(80,)).tcp(port, TcpFlag.RST) == []


def test_a_connection_that_is_closed_is_closed_from_there_too() -> None:
    segment = segment_of(*calling(open_tcp=(80,)).tcp(80, TcpFlag.FIN | TcpFlag.ACK))
    assert (segment.flags, segment.seq, segment.ack) == (TcpFlag.FIN | TcpFlag.ACK, 5000, 1001)


def test_a_filtered_host_answers_only_what_is_open() -> None:
    caller = calling(filtered=True, open_tcp=(80,))
    assert (caller.udp(), caller.tcp(81)) == ([], [])
    assert len(caller.tcp(80)) == len(caller.echo()) == 1


@VERSIONS
def test_a_host_may_ignore_echo_requests(to: str) -> None:
    caller = calling(to, echo=False)
    assert caller.echo() == []
    assert caller.internet.counts() == Counts(ignored=1)


@pytest.mark.parametrize(
    ("to", "reason", "code"),
    [
        (SITE, Unreachable.NETWORK, 0),
        (SITE, Unreachable.HOST, 1),
        (SITE, Unreachable.PROHIBITED, 13),
        (SITE_6, Unreachable.NETWORK, 0),
        (SITE_6, Unreachable.HOST, 3),
        (SITE_6, Unreachable.PROHIBITED, 1),
    ],
)
def test_the_last_router_turns_packets_away(to: str, reason: Unreachable, code: int) -> None:
    (reply,) = calling(to, unreachable=reason).echo()
    error = error_of(reply)
    assert speaker_of(reply) in {"10.0.0.3", "fd00::3"}
    assert (error.kind, error.code) == (ErrorKind.UNREACHABLE, code)
    assert parse_quoted(error.quoted).ttl == 64 - 2


def test_a_silent_router_passes_packets_on_and_says_nothing() -> None:
    caller = calling(routers=[router(1), router(2, silent=True)])
    assert caller.echo(ttl=2) == []
    assert len(caller.echo(ttl=3)) == 1
    assert caller.internet.counts() == Counts(silent=1, answered=1)


def test_a_router_without_an_address_of_the_version_is_silent() -> None:
    routers = [router(1, addresses=addresses("10.0.0.1"))]
    assert calling(SITE_6, routers).echo(ttl=1) == []
    assert len(calling(SITE, routers).echo(ttl=1)) == 1


@pytest.mark.parametrize("kind", [3, 4, 5, 11, 12])
def test_no_error_is_sent_about_an_error(kind: int) -> None:
    assert calling().send(ICMP, bytes((kind, 0)) + bytes(30), ttl=1) == []


def test_no_error_is_sent_about_an_icmpv6_error() -> None:
    caller = calling(SITE_6)
    assert caller.send(ICMPV6, b"\x01\x00" + bytes(30), ttl=1) == []
    assert len(caller.send(ICMPV6, b"\x80\x00" + bytes(30), ttl=1)) == 1


@VERSIONS
def test_a_flow_meets_one_router_of_an_ecmp_set_and_flows_meet_all(to: str) -> None:
    faces = ["10.1.0.1", "10.1.0.2", "10.1.0.3", "fd01::1", "fd01::2", "fd01::3"]
    caller = calling(to, [router(1, addresses=addresses(*faces))])
    met = {port: {speaker_of(*caller.udp(ttl=1, source_port=port)) for _ in range(3)}
           for port in range(40_000, 40_060)}  # fmt: skip
    assert all(len(speakers) == 1 for speakers in met.values())
    assert set.union(*met.values()) == {face for face in faces if (":" in face) == (":" in to)}


def test_two_ecmp_sets_choose_independently() -> None:
    pairs = [addresses(f"10.{hop}.0.1", f"10.{hop}.0.2") for hop in (1, 2)]
    caller = calling(routers=[router(hop, addresses=pair) for hop, pair in enumerate(pairs)])
    seen = {
        tuple(speaker_of(*caller.udp(ttl=ttl, source_port=port)) for ttl in (1, 2))
        for port in range(40_000, 40_060)
    }
    assert len(seen) == 4


def test_echo_requests_alike_in_checksum_are_one_flow() -> None:
    faces = addresses(*(f"10.1.0.{number}" for number in range(1, 9)))
    caller = calling(routers=[router(1, addresses=faces)])
    one_flow = {speaker_of(*caller.echo(seq=7, ttl=1)) for _ in range(20)}
    many = {speaker_of(*caller.echo(seq=seq, ttl=1)) for seq in range(60)}
    assert (len(one_flow), len(many)) == (1, 8)


@given(st.binary(max_size=120))
def test_garbage_comes_to_nothing_and_is_counted(garbage: bytes) -> None:
    internet = Internet(topology(CHAIN))
    assert internet.answer(garbage, 0.0) == []
    counts = internet.counts()
    assert counts.received == counts.malformed + counts.no_route == 1


@given(st.sampled_from([ICMP, 6, UDP, ICMPV6, 99]), st.binary(max_size=60), st.integers(1, 255))
def test_any_payload_is_carried_or_dropped(protocol: int, payload: bytes, ttl: int) -> None:
    caller = calling()
    replies = caller.send(protocol, payload, ttl)
    assert len(replies) <= 1
    assert caller.internet.counts().received == 1
    assert all(parse_ip(reply.packet).destination == caller.source for reply in replies)


def test_what_no_target_covers_has_no_route() -> None:
    caller = calling("203.0.113.81")
    assert caller.echo() == []
    assert caller.internet.counts() == Counts(no_route=1)


def test_multicast_leads_nowhere_even_where_paths_are_made_up() -> None:
    assert Caller(Internet(), "224.0.0.1").echo() == []


def test_a_packet_without_ttl_goes_nowhere() -> None:
    caller = calling()
    assert caller.echo(ttl=0) == []
    assert caller.internet.counts() == Counts(malformed=1)


def test_ip_options_do_not_stop_a_packet() -> None:
    internet = Internet(topology(CHAIN))
    ends = internet.source(ip_address(SITE_6)), ip_address(SITE_6)
    body = bytes((17, 0, 1, 4, 0, 0, 0, 0)) + bytes((0x9C, 0x40, 0x82, 0x9A, 0, 8, 0, 0))
    packet = build_ip(IpPacket(*ends, 17, 64, 0, body))
    (reply,) = internet.answer(packet[:6] + b"\0" + packet[7:], 0.0)
    assert error_of(reply).kind is ErrorKind.UNREACHABLE
