"""Echo packets survive the way into bytes and back; garbage is only ever a PacketError."""

import socket
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import PacketError
from probes.packet import (
    LARGEST_PAYLOAD,
    Echo,
    EchoKind,
    EchoTemplate,
    build_echo,
    checksum,
    is_reply,
    parse_echo,
    strip_ipv4_header,
    token_of,
)

FAMILIES = st.sampled_from([socket.AF_INET, socket.AF_INET6])
WORD = st.integers(0, 0xFFFF)
ECHOES = st.builds(
    Echo,
    FAMILIES,
    st.sampled_from(EchoKind),
    WORD,
    WORD,
    st.integers(0, 0xFFFF_FFFF),
    st.integers(4, 1500),
)


@given(echo=ECHOES)
def test_an_echo_is_the_same_after_a_round_trip(echo: Echo) -> None:
    assert parse_echo(echo.family, build_echo(echo)) == echo


@given(family=FAMILIES, packet=st.binary(max_size=200))
def test_garbage_is_a_packet_error(family: socket.AddressFamily, packet: bytes) -> None:
    with suppress(PacketError):
        parse_echo(family, packet)
    with suppress(PacketError):
        strip_ipv4_header(packet)


@given(echo=ECHOES, where=st.integers(0, 1507), mask=st.integers(1, 255))
def test_a_changed_byte_is_noticed_in_ipv4(echo: Echo, where: int, mask: int) -> None:
    packet = bytearray(build_echo(echo))
    packet[where % len(packet)] ^= mask
    if echo.family == socket.AF_INET:
        with pytest.raises(PacketError):
            parse_echo(echo.family, bytes(packet))


def test_a_request_is_laid_out_as_rfc_792_says() -> None:
    echo = Echo(socket.AF_INET, EchoKind.REQUEST, 0x1234, 0x0002, 0xDEADBEEF, 8)
    packet = build_echo(echo)
    assert packet.hex(" ", 2) == "0800 482c 1234 0002 dead beef 0000 0000"


def test_an_icmpv6_request_leaves_the_checksum_to_the_kernel() -> None:
    packet = build_echo(Echo(socket.AF_INET6, EchoKind.REQUEST, 1, 2, 3, 4))
    assert packet[:4] == bytes([128, 0, 0, 0])


def test_a_code_other_than_0_is_no_echo() -> None:
    packet = bytearray(build_echo(Echo(socket.AF_INET6, EchoKind.REPLY, 1, 2, 3)))
    packet[1] = 1
    with pytest.raises(PacketError, match="code"):
        parse_echo(socket.AF_INET6, bytes(packet))


def test_the_checksum_example_of_rfc_1071() -> None:
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == ~0xDDF2 & 0xFFFF


def test_an_odd_length_is_summed_as_if_padded() -> None:
    assert checksum(b"\x01\x02\x03") == checksum(b"\x01\x02\x03\x00")


@given(echo=ECHOES)
def test_only_the_reply_to_exactly_this_request_answers_it(echo: Echo) -> None:
    assert echo.reply().answers(echo) == (echo.kind is EchoKind.REQUEST)
    assert not echo.answers(echo)


@pytest.mark.parametrize("changed", ["ident", "seq", "token", "size"])
def test_a_reply_that_differs_in_one_field_is_no_answer(changed: str) -> None:
    fields = {"ident": 1, "seq": 2, "token": 3, "size": 64}
    request = Echo(socket.AF_INET, EchoKind.REQUEST, **fields)
    other = {**fields, changed: fields[changed] + 1}
    assert not Echo(socket.AF_INET, EchoKind.REPLY, **other).answers(request)


@pytest.mark.parametrize(
    "fields",
    [
        (-1, 0, 0, 56),
        (0x10000, 0, 0, 56),
        (0, 0x10000, 0, 56),
        (0, 0, 1 << 32, 56),
        (0, 0, 0, 3),
        (0, 0, 0, LARGEST_PAYLOAD + 1),
    ],
)
def test_values_without_room_in_the_packet_are_refused(fields: tuple[int, ...]) -> None:
    ident, seq, token, size = fields
    with pytest.raises(PacketError):
        Echo(socket.AF_INET, EchoKind.REQUEST, ident, seq, token, size)


@pytest.mark.parametrize("header", [b"", b"\x45", b"\x44" + bytes(40), b"\x65" + bytes(40)])
def test_bytes_without_an_ipv4_header_are_refused(header: bytes) -> None:
    with pytest.raises(PacketError):
        strip_ipv4_header(header)


def test_ip_options_are_taken_off_with_the_header() -> None:
    assert strip_ipv4_header(b"\x46" + bytes(23) + b"icmp") == b"icmp"


@given(echo=ECHOES)
def test_a_template_makes_what_the_builder_makes(echo: Echo) -> None:
    template = EchoTemplate(echo.family, echo.ident, echo.size)
    request = replace(echo, kind=EchoKind.REQUEST)
    assert template.request(echo.seq, echo.token) == build_echo(request)


@given(echo=ECHOES)
def test_the_reply_to_a_request_is_known_by_its_bytes(echo: Echo) -> None:
    request = build_echo(replace(echo, kind=EchoKind.REQUEST))
    reply = build_echo(replace(echo, kind=EchoKind.REPLY))
    assert is_reply(reply, request)
    assert token_of(reply) == echo.token
    assert not is_reply(request, request)


@given(echo=ECHOES, data=st.data())
def test_a_reply_with_any_byte_changed_is_none(echo: Echo, data: st.DataObject) -> None:
    """The checksum of ICMPv6, bytes 2 and 3, is the kernel's to judge."""
    request = build_echo(replace(echo, kind=EchoKind.REQUEST))
    reply = bytearray(build_echo(replace(echo, kind=EchoKind.REPLY)))
    places = [at for at in range(len(reply)) if echo.family == socket.AF_INET or at not in (2, 3)]
    reply[data.draw(st.sampled_from(places))] ^= data.draw(st.integers(1, 254))
    assert not is_reply(bytes(reply), request)


@given(packet=st.binary(max_size=80), echo=ECHOES)
def test_no_garbage_is_a_reply(packet: bytes, echo: Echo) -> None:
    assert not is_reply(packet, build_echo(replace(echo, kind=EchoKind.REQUEST)))
    assert token_of(packet) >= 0
