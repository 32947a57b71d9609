"""IP packets: what is built is read back, and garbage is one error."""

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import PacketError
from probes.ip_packet import IpPacket, IpTemplate, build_ip, parse_ip, parse_quoted
from probes.packet import checksum

# A widely used example of a header checksum: b861.
KNOWN = bytes.fromhex("45000073000040004011b861c0a80001c0a800c7") + bytes(0x73 - 20)

payloads = st.binary(max_size=200)
octets = st.integers(0, 255)
ipv4_packets = st.builds(
    IpPacket, st.ip_addresses(v=4), st.ip_addresses(v=4), octets, octets, st.integers(0, 0xFFFF),
    payloads, octets,
)  # fmt: skip
ipv6_packets = st.builds(
    IpPacket, st.ip_addresses(v=6), st.ip_addresses(v=6), octets.filter(lambda p: p not in
    {0, 43, 44, 60}), octets, st.integers(0, 0xFFFFF), payloads, octets,
)  # fmt: skip
packets = ipv4_packets | ipv6_packets


@given(packets)
def test_a_packet_survives_the_wire(packet: IpPacket) -> None:
    assert parse_ip(build_ip(packet)) == packet


@given(packets, st.binary(max_size=40))
def test_padding_behind_a_packet_is_cut_off(packet: IpPacket, padding: bytes) -> None:
    assert parse_ip(build_ip(packet) + padding) == packet


@given(ipv4_packets)
def test_the_header_checksum_is_right(packet: IpPacket) -> None:
    assert checksum(build_ip(packet)[:20]) == 0


@given(ipv4_packets, st.integers(0, 19), st.integers(1, 255))
def test_a_header_that_was_altered_is_an_error(packet: IpPacket, place: int, flip: int) -> None:
    altered = bytearray(build_ip(packet))
    altered[place] ^= flip
    with pytest.raises(PacketError):
        parse_ip(bytes(altered))


@given(packets, st.integers(0, 0xFFFF), payloads)
def test_a_template_makes_the_same_packets(packet: IpPacket, ident: int, payload: bytes) -> None:
    wrapped = IpTemplate(packet).wrap(ident, payload)
    again = parse_ip(wrapped)
    assert (again.ident, again.payload, wrapped) == (ident, payload, build_ip(again))
    assert (again.source, again.ttl, again.protocol) == (
        packet.source,
        packet.ttl,
        packet.protocol,
    )


@given(st.binary(max_size=80) | st.builds(bytes.__add__, st.sampled_from([b"\x45", b"\x60"]),
                                          st.binary(max_size=80)))  # fmt: skip
def test_garbage_is_a_packet_error_or_nothing(garbage: bytes) -> None:
    for read in (parse_ip, parse_quoted):
        try:
            read(garbage)
        except PacketError:
            continue


@given(packets, st.data())
def test_a_packet_cut_short_is_an_error(packet: IpPacket, data: st.DataObject) -> None:
    whole = build_ip(packet)
    with pytest.raises(PacketError):
        parse_ip(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(packets, st.data())
def test_the_beginning_of_a_packet_can_be_read(packet: IpPacket, data: st.DataObject) -> None:
    whole = build_ip(packet)
    header = len(whole) - len(packet.payload)
    kept = data.draw(st.integers(0, len(packet.payload)))
    quoted = parse_quoted(whole[: header + kept])
    assert quoted.payload == packet.payload[:kept]
    assert (quoted.source, quoted.destination) == (packet.source, packet.destination)


def test_a_quote_with_a_wrong_checksum_can_be_read() -> None:
    assert parse_quoted(KNOWN[:10] + b"\0\0" + KNOWN[12:28]).ttl == 64


def test_a_known_header_is_read_and_built() -> None:
    packet = parse_ip(KNOWN)
    assert (str(packet.source), str(packet.destination)) == ("192.168.0.1", "192.168.0.199")
    assert (packet.protocol, packet.ttl, len(packet.payload)) == (17, 64, 95)
    assert build_ip(packet) == KNOWN


def test_ipv4_options_are_stepped_over() -> None:
    bare = bytearray(build_ip(packet_of("10.0.0.1", "10.0.0.2", b"payload")))
    options = b"\x94\x04\x00\x00"
    bare[0], bare[2:4] = 0x46, struct.pack("!H", len(bare) + 4)
    bare[10:12] = b"\0\0"
    head = bytes(bare[:20]) + options
    sealed = head[:10] + checksum(head).to_bytes(2, "big") + head[12:]
    assert parse_ip(sealed + bytes(bare[20:])).payload == b"payload"


@pytest.mark.parametrize("extension", [0, 43, 60])
def test_ipv6_extension_headers_are_stepped_over(extension: int) -> None:
    body = bytes((17, 1)) + bytes(14) + b"payload"
    head = build_ip(packet_of("fd00::1", "fd00::2", body))
    packet = parse_ip(head[:6] + bytes((extension,)) + head[7:])
    assert (packet.protocol, packet.payload) == (17, b"payload")


@pytest.mark.parametrize("fragment", [0x2000, 0x0001, 0x1FFF])
def test_a_fragment_is_an_error(fragment: int) -> None:
    bare = bytearray(build_ip(packet_of("10.0.0.1", "10.0.0.2", b"payload")))
    bare[6:8], bare[10:12] = struct.pack("!H", fragment), b"\0\0"
    bare[10:12] = checksum(bytes(bare[:20])).to_bytes(2, "big")
    with pytest.raises(PacketError, match="fragment"):
        parse_ip(bytes(bare))


def atomic(offset: int) -> bytes:
    body = struct.pack("!BBHI", 17, 0, offset, 77) + b"payload"
    head = build_ip(packet_of("fd00::1", "fd00::2", body))
    return head[:6] + bytes((44,)) + head[7:]


def test_an_atomic_fragment_of_ipv6_is_a_whole_packet() -> None:
    assert parse_ip(atomic(0)).payload == b"payload"


@pytest.mark.parametrize("offset", [1, 8, 0xFFF8])
def test_any_other_fragment_of_ipv6_is_an_error(offset: int) -> None:
    with pytest.raises(PacketError, match="fragment"):
        parse_ip(atomic(offset))


@pytest.mark.parametrize(
    "changed",
    [
        {"ttl": 256},
        {"ttl": -1},
        {"protocol": 256},
        {"traffic_class": 256},
        {"ident": 0x10000},
        {"ident": -1},
        {"payload": bytes(0xFFFF)},
        {"destination": IPv6Address("fd00::1")},
    ],
)
def test_what_has_no_room_in_the_header_is_refused(changed: dict[str, object]) -> None:
    fields = {
        "source": IPv4Address("10.0.0.1"),
        "destination": IPv4Address("10.0.0.2"),
        "protocol": 1,
        "ttl": 64,
        "ident": 0,
        "payload": b"",
    }
    with pytest.raises(PacketError):
        IpPacket(**(fields | changed))


def packet_of(source: str, destination: str, payload: bytes) -> IpPacket:
    return IpPacket(ip_address(source), ip_address(destination), 17, 64, 0, payload)
