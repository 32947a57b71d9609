"""Cutting datagrams and streams into messages, wherever the segments end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import PacketError
from probes.sip.framing import StreamFramer, cut_datagram

BODIES = st.binary(max_size=200)
HEADS = st.sampled_from(
    [b"Content-Length: %d", b"content-length : %d", b"l: %d", b"L:\r\n %d", b"CONTENT-LENGTH:%d "]
)


def message(body: bytes, length: bytes = b"Content-Length: %d") -> bytes:
    return b"SIP/2.0 200 OK\r\nVia: x\r\n" + length % len(body) + b"\r\n\r\n" + body


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(edges)]


@given(st.lists(st.tuples(BODIES, HEADS), max_size=5), st.lists(st.integers(0), max_size=20))
def test_a_stream_cut_anywhere_gives_the_same_messages(
    parts: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    # A body that begins with line ends is still a body.
    whole = [message(body, head) for body, head in parts]
    framer = StreamFramer()
    found = [one for piece in pieces(b"\r\n\r\n".join(whole), cuts) for one in framer.feed(piece)]
    assert found == whole


@given(st.lists(st.binary(max_size=300), max_size=10))
def test_garbage_in_a_stream_raises_nothing_but_the_packet_error(garbage: list[bytes]) -> None:
    framer = StreamFramer()
    try:
        for piece in garbage:
            framer.feed(piece)
    except PacketError:
        return


@given(st.binary(max_size=500))
def test_a_garbage_datagram_raises_nothing_but_the_packet_error(garbage: bytes) -> None:
    try:
        cut_datagram(garbage)
    except PacketError:
        return


@pytest.mark.parametrize(
    "head",
    [
        b"SIP/2.0 200 OK\r\nVia: x",
        b"SIP/2.0 200 OK\r\nContent-Length: -1",
        b"SIP/2.0 200 OK\r\nContent-Length: 1x",
        b"SIP/2.0 200 OK\r\nContent-Length: ",
        b"SIP/2.0 200 OK\r\nContent-Length: 99999999999999999999",
        b"SIP/2.0 200 OK\r\nContent-Length: 70000",
        b"SIP/2.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2",
        b"SIP/2.0 200 OK\r\nX: " + b"x" * 20_000,
    ],
)
def test_a_stream_without_an_honest_length_cannot_go_on(head: bytes) -> None:
    with pytest.raises(PacketError):
        StreamFramer().feed(head + b"\r\n\r\nbody")


def test_an_endless_head_is_cut_off() -> None:
    framer = StreamFramer()
    with pytest.raises(PacketError):
        any(framer.feed(b"X: " + b"x" * 1000 + b"\r\n") for _ in range(100))


def test_a_length_that_is_too_great_waits_for_more() -> None:
    assert StreamFramer().feed(b"SIP/2.0 200 OK\r\nContent-Length: 9\r\n\r\n1234") == []


def test_what_follows_the_body_of_a_datagram_is_dropped() -> None:
    assert cut_datagram(message(b"body") + b"more") == message(b"body")


def test_a_datagram_without_a_length_is_one_message() -> None:
    assert cut_datagram(b"\r\nA\r\n\r\nbody") == b"A\r\n\r\nbody"


def test_a_datagram_that_ends_too_early_is_none() -> None:
    with pytest.raises(PacketError):
        cut_datagram(b"A\r\nContent-Length: 9\r\n\r\nbody")
