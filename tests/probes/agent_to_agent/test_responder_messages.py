"""What goes over the wire to a responder: strict, bounded, and never more than one error."""

import json
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.errors import PacketError, PlanInvalid
from probes.responder.messages import (
    MOST_LISTED,
    Denied,
    Grant,
    Kind,
    MessageInvalid,
    Request,
    line,
    read_grant,
    read_request,
    read_rows,
    read_wait_ms,
)
from probes.responder.packets import (
    GREETING_BYTES,
    Greeting,
    decode_numbered,
    encode_numbered,
)
from probes.responder.rtp import RtpHeader, voice_packet

ASKED = Request(Kind.VOICE, 250, 172, 5000, 46)
TOKEN = bytes(range(16))
NAMES = [
    "kind",
    "packets",
    "size_bytes",
    "duration_ms",
    "dscp",
    "port",
    "token",
    "machine",
    "wait_ms",
    "rows",
    "error",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
READERS: tuple[Callable[[bytes], object], ...] = (
    read_request,
    read_wait_ms,
    read_grant,
    lambda text: read_rows(text, 3),
)


def changed(**fields: object) -> bytes:
    return json.dumps(json.loads(ASKED.line()) | fields).encode()


def test_a_request_is_read_as_it_was_written() -> None:
    assert read_request(ASKED.line()) == ASKED


def test_a_grant_is_read_as_it_was_written() -> None:
    grant = Grant(49_153, TOKEN, "ab" * 32, 10**9)
    assert read_grant(grant.line()) == grant


@given(text=st.binary())
def test_no_bytes_raise_anything_but_the_one_error(text: bytes) -> None:
    for reader in READERS:
        with suppress(MessageInvalid):
            reader(text)


@settings(max_examples=30)
@given(content=st.dictionaries(st.sampled_from(NAMES) | st.text(), JSON))
def test_no_object_raises_anything_but_the_one_error(content: dict[str, object]) -> None:
    for reader in READERS:
        with suppress(MessageInvalid):
            reader(line(content))


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 2},
        {"version": True},
        {"kind": "shell"},
        {"packets": 0},
        {"packets": MOST_LISTED + 1},
        {"packets": True},
        {"packets": 1.0},
        {"packets": "1"},
        {"size_bytes": 19},
        {"size_bytes": 65_001},
        {"duration_ms": 0},
        {"duration_ms": 60_001},
        {"dscp": 64},
        {"dscp": -1},
        {"host": "10.0.0.1"},
    ],
)
def test_what_is_out_of_bounds_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(MessageInvalid):
        read_request(changed(**fields))


def test_a_request_that_cannot_be_made_is_an_invalid_plan() -> None:
    with pytest.raises(PlanInvalid, match="expected"):
        Request(Kind.TCP_SINK, 1, 100, 1000, 0)


def test_a_denial_carries_the_others_words() -> None:
    with pytest.raises(Denied, match="too much"):
        read_grant(line({"error": "too much"}))


def test_a_grant_names_no_address() -> None:
    """The peer chooses a port; an address it would like to send us to is not even read."""
    content = json.loads(Grant(5, TOKEN, "", 1).line()) | {"host": "10.9.9.9"}
    with pytest.raises(MessageInvalid):
        read_grant(json.dumps(content).encode())


@pytest.mark.parametrize(
    "rows", [[[1, 2]], [[1, 2, 3.0]], [[1, 2, True]], [1], {}, [[1, 2, 2**63]]]
)
def test_rows_of_another_shape_are_refused(rows: object) -> None:
    with pytest.raises(MessageInvalid):
        read_rows(line({"rows": rows}), 3)


@given(number=st.integers(0, 2**32 - 1), extra=st.integers(0, 2**64 - 1))
def test_numbered_packets_there_and_back(number: int, extra: int) -> None:
    packet = encode_numbered(TOKEN, number, extra, 64)
    assert (len(packet), decode_numbered(TOKEN, packet)) == (64, (number, extra))


@given(packet=st.binary())
def test_no_packet_raises_anything_but_the_one_error(packet: bytes) -> None:
    for decode in (Greeting.decode, RtpHeader.decode, lambda text: decode_numbered(TOKEN, text)):
        with suppress(PacketError):
            decode(packet)


def test_a_packet_of_another_session_is_refused() -> None:
    with pytest.raises(PacketError):
        decode_numbered(bytes(16), encode_numbered(TOKEN, 1, 0, 64))


def test_a_greeting_there_and_back() -> None:
    greeting = Greeting(TOKEN, 7, 8, 9)
    assert Greeting.decode(greeting.encode()) == greeting
    assert len(greeting.encode()) == GREETING_BYTES


@given(
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 65_535),
    timestamp=st.integers(0, 2**32 - 1),
    source=st.integers(0, 2**32 - 1),
    marker=st.booleans(),
)
def test_rtp_there_and_back(**fields: int) -> None:
    header = RtpHeader(**fields)  # type: ignore[arg-type]
    assert RtpHeader.decode(voice_packet(header, 160)) == header


def test_rtp_as_rfc_3550_draws_it() -> None:
    """Version 2, marker, PCMU, sequence 1, timestamp 160, source 0xDEADBEEF."""
    packet = voice_packet(RtpHeader(0, 1, 160, 0xDEADBEEF, marker=True), 1)
    assert packet == bytes.fromhex("80 80 0001 000000a0 deadbeef d5")
