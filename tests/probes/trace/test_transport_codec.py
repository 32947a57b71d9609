"""UDP and TCP headers: what is built is read back, and garbage is refused in one way."""

import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import PacketError
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
    pseudo_checksum,
    seal_icmp6,
)

PORTS = st.integers(0, 65_535)
WORDS = st.integers(0, 2**32 - 1)
PAIRS = st.one_of(
    st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)),
    st.tuples(st.ip_addresses(v=6), st.ip_addresses(v=6)),
)
DATAGRAMS = st.builds(UdpDatagram, PORTS, PORTS, st.binary(max_size=200))
SEGMENTS = st.builds(
    TcpSegment,
    PORTS,
    PORTS,
    WORDS,
    WORDS,
    st.integers(0, 255),
    PORTS,
    st.integers(0, 10).flatmap(lambda words: st.binary(min_size=words * 4, max_size=words * 4)),
    st.binary(max_size=200),
)


@given(DATAGRAMS, PAIRS)
def test_a_datagram_is_read_back(datagram: UdpDatagram, pair: tuple) -> None:
    assert parse_udp(build_udp(datagram, *pair)) == datagram


@given(SEGMENTS, PAIRS)
def test_a_segment_is_read_back(segment: TcpSegment, pair: tuple) -> None:
    assert parse_tcp(build_tcp(segment, *pair)) == segment


@given(DATAGRAMS, PAIRS)
def test_a_datagram_checks(datagram: UdpDatagram, pair: tuple) -> None:
    packet = build_udp(datagram, *pair)
    assert packet[6:8] != b"\0\0"
    assert pseudo_checksum(*pair, socket.IPPROTO_UDP, packet) == 0


@given(SEGMENTS, PAIRS)
def test_a_segment_checks(segment: TcpSegment, pair: tuple) -> None:
    assert pseudo_checksum(*pair, socket.IPPROTO_TCP, build_tcp(segment, *pair)) == 0


@given(st.binary(min_size=8, max_size=100), st.tuples(*[st.ip_addresses(v=6)] * 2))
def test_a_sealed_icmp6_packet_checks(packet: bytes, pair: tuple) -> None:
    sealed = seal_icmp6(packet, *pair)
    assert pseudo_checksum(*pair, socket.IPPROTO_ICMPV6, sealed) == 0


@pytest.mark.parametrize("parse", [parse_udp, parse_tcp, parse_ports, parse_tcp_seq])
@given(packet=st.binary(max_size=100))
def test_garbage_is_read_or_a_packet_error(
    parse: Callable[[bytes], object], packet: bytes
) -> None:
    with suppress(PacketError):
        parse(packet)


@given(SEGMENTS, PAIRS)
def test_eight_quoted_bytes_tell_ports_and_sequence_number(
    segment: TcpSegment, pair: tuple
) -> None:
    head = build_tcp(segment, *pair)[:8]
    assert parse_ports(head) == (segment.source_port, segment.destination_port)
    assert parse_tcp_seq(head) == segment.seq


def test_a_checksum_is_what_adding_by_hand_gives() -> None:
    # 7f00+0001+7f00+0001 + 0011+000a + 9c40+0035+000a + 6869, carries added, is 0307.
    here = ip_address("127.0.0.1")
    built = build_udp(UdpDatagram(40_000, 53, b"hi"), here, here)
    assert built == bytes.fromhex("9c40 0035 000a fcf8 6869")


@pytest.mark.parametrize(
    "values",
    [
        {"seq": 1 << 32},
        {"flags": 256},
        {"options": b"abc"},
        {"options": bytes(44)},
        {"source_port": 65_536},
        {"window": -1},
    ],
)
def test_a_segment_that_cannot_be_written_cannot_be_made(values: dict) -> None:
    right = {"source_port": 1, "destination_port": 2, "seq": 3, "ack": 4, "flags": TcpFlag.SYN}
    with pytest.raises(PacketError):
        TcpSegment(**(right | values))


def test_addresses_of_two_families_have_no_checksum() -> None:
    with pytest.raises(PacketError, match="family"):
        build_udp(UdpDatagram(1, 2), ip_address("127.0.0.1"), ip_address("::1"))
