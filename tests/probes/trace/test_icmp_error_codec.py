"""ICMP errors: what is built is read back, and garbage is refused in one way."""

import socket
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import PacketError
from probes.icmp_errors import (
    ErrorKind,
    IcmpError,
    MplsLabel,
    build_error,
    kind_of,
    parse_error,
    parse_labels,
)
from probes.packet import checksum

FAMILIES = st.sampled_from([socket.AF_INET, socket.AF_INET6])
LABELS = st.builds(
    MplsLabel,
    label=st.integers(0, 2**20 - 1),
    traffic_class=st.integers(0, 7),
    bottom=st.booleans(),
    ttl=st.integers(0, 255),
)
STACK = (MplsLabel(1001, 0, bottom=False, ttl=1), MplsLabel(2002, 5, bottom=True, ttl=255))


@st.composite
def errors(draw: st.DrawFn) -> IcmpError:
    family, kind = draw(FAMILIES), draw(st.sampled_from(ErrorKind))
    too_big = kind is ErrorKind.PACKET_TOO_BIG
    code = 4 if too_big and family == socket.AF_INET else draw(st.integers(0, 255))
    if family == socket.AF_INET and kind is ErrorKind.UNREACHABLE and code == 4:
        code = 3
    mtu = draw(st.integers(0, 65_535)) if too_big else None
    bare = too_big and family == socket.AF_INET6
    labels = () if bare else tuple(draw(st.lists(LABELS, max_size=4)))
    # More than 128 bytes could by chance look like an extension of an old router.
    quoted = draw(st.binary(max_size=300 if labels else 128))
    return IcmpError(family, kind, code, quoted, labels, mtu)


@given(errors())
def test_an_error_is_read_back_but_for_the_padding_of_its_quote(error: IcmpError) -> None:
    back = parse_error(error.family, build_error(error))
    assert (back.kind, back.code, back.labels) == (error.kind, error.code, error.labels)
    assert back.mtu == error.mtu
    assert back.quoted[: len(error.quoted)] == error.quoted
    assert not any(back.quoted[len(error.quoted) :])


@given(errors())
def test_a_quote_is_padded_only_in_front_of_labels(error: IcmpError) -> None:
    back = parse_error(error.family, build_error(error))
    assert len(back.quoted) >= 128 if error.labels else back.quoted == error.quoted


@given(FAMILIES, st.binary(max_size=400))
def test_garbage_is_a_packet_error(family: int, packet: bytes) -> None:
    with suppress(PacketError):
        parse_error(family, packet)


@given(FAMILIES, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=400))
def test_garbage_behind_a_right_head_is_read_or_a_packet_error(
    family: int, number: int, code: int, rest: bytes
) -> None:
    bare = bytes((number, code, 0, 0)) + rest
    packet = bare[:2] + checksum(bare).to_bytes(2, "big") + bare[4:]
    with suppress(PacketError):
        assert parse_error(family, packet).code == code


@given(st.binary(max_size=64))
def test_garbage_holds_no_labels_that_would_raise(extensions: bytes) -> None:
    parse_labels(b"\x20\0\0\0" + extensions)


def test_the_length_field_counts_words_of_four_bytes_in_icmp() -> None:
    packet = build_error(IcmpError(socket.AF_INET, ErrorKind.TIME_EXCEEDED, 0, bytes(28), STACK))
    assert (packet[0], packet[5], len(packet)) == (11, 32, 8 + 128 + 4 + 4 + 8)


def test_the_length_field_counts_words_of_eight_bytes_in_icmp6() -> None:
    packet = build_error(IcmpError(socket.AF_INET6, ErrorKind.TIME_EXCEEDED, 0, bytes(48), STACK))
    assert (packet[0], packet[4]) == (3, 16)


def test_a_known_extension_is_written_as_rfc_4950_draws_it() -> None:
    packet = build_error(IcmpError(socket.AF_INET, ErrorKind.TIME_EXCEEDED, 0, b"", STACK[:1]))
    assert packet[136:138] == b"\x20\x00"
    assert packet[140:] == bytes.fromhex("0008 0101 003e9001")


def test_an_old_router_that_states_no_length_is_understood() -> None:
    packet = bytearray(
        build_error(IcmpError(socket.AF_INET, ErrorKind.TIME_EXCEEDED, 0, b"q" * 28, STACK))
    )
    packet[5] = 0
    packet[2:4] = bytes(2)
    packet[2:4] = checksum(bytes(packet)).to_bytes(2, "big")
    back = parse_error(socket.AF_INET, bytes(packet))
    assert (back.labels, len(back.quoted)) == (STACK, 128)


def test_an_extension_whose_checksum_is_wrong_is_left_out() -> None:
    packet = bytearray(
        build_error(IcmpError(socket.AF_INET6, ErrorKind.TIME_EXCEEDED, 0, b"", STACK))
    )
    packet[-1] ^= 1
    assert parse_error(socket.AF_INET6, bytes(packet)).labels == ()


def test_a_wrong_icmp_checksum_is_refused() -> None:
    packet = bytearray(build_error(IcmpError(socket.AF_INET, ErrorKind.UNREACHABLE, 3, b"x")))
    packet[-1] ^= 1
    with pytest.raises(PacketError, match="checksum"):
        parse_error(socket.AF_INET, bytes(packet))


@pytest.mark.parametrize(("family", "number"), [(socket.AF_INET, 0), (socket.AF_INET6, 129)])
def test_an_echo_reply_is_no_error(family: int, number: int) -> None:
    with pytest.raises(PacketError, match="no error"):
        kind_of(family, number, 0)


def test_code_4_of_unreachable_means_too_big_in_icmp_alone() -> None:
    assert kind_of(socket.AF_INET, 3, 4) is ErrorKind.PACKET_TOO_BIG
    assert kind_of(socket.AF_INET6, 1, 4) is ErrorKind.UNREACHABLE


@pytest.mark.parametrize(
    "values",
    [
        {"kind": ErrorKind.UNREACHABLE, "code": 4},
        {"kind": ErrorKind.TIME_EXCEEDED, "code": 256},
        {"kind": ErrorKind.TIME_EXCEEDED, "code": 0, "mtu": 1400},
        {"kind": ErrorKind.PACKET_TOO_BIG, "code": 4, "mtu": 65_536},
    ],
)
def test_what_cannot_be_written_cannot_be_made(values: dict[str, int]) -> None:
    with pytest.raises(PacketError):
        IcmpError(family=socket.AF_INET, quoted=b"", **values)


@pytest.mark.parametrize("label", [(1 << 20, 0, 0), (0, 8, 0), (0, 0, 256), (-1, 0, 0)])
def test_a_label_has_its_bits_and_no_more(label: tuple[int, int, int]) -> None:
    with pytest.raises(PacketError):
        MplsLabel(label[0], label[1], bottom=True, ttl=label[2])
