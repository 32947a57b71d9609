"""Control messages of the kernel, read as stamps; the live ones are tested with the sockets."""

import socket
import struct

import pytest

from probes import timestamps

STAMP = struct.pack("=qqqqqq", 12, 345, 0, 0, 0, 0)
UNRELATED = (socket.SOL_SOCKET, socket.SCM_CREDENTIALS, bytes(12))


def error(origin: int, number: int) -> bytes:
    return struct.pack("=IBBBBII", 42, origin, 0, 0, 0, 0, number) + bytes(16)


@pytest.mark.parametrize("kind", [timestamps.SO_TIMESTAMPNS_NEW, timestamps.SO_TIMESTAMPING_NEW])
def test_either_kind_of_stamp_is_read(kind: int) -> None:
    messages = [UNRELATED, (socket.SOL_SOCKET, kind, STAMP)]
    assert timestamps.stamp_ns(messages) == 12_000_000_345


def test_no_stamp_is_none() -> None:
    assert timestamps.stamp_ns([UNRELATED]) is None


@pytest.mark.parametrize(
    ("level", "kind"),
    [
        (socket.SOL_IP, timestamps.IP_RECVERR),
        (socket.IPPROTO_IPV6, timestamps.IPV6_RECVERR),
    ],
)
def test_a_departure_is_known_by_its_number(level: int, kind: int) -> None:
    assert timestamps.departure_number([UNRELATED, (level, kind, error(4, 99))]) == 99


def test_an_error_that_is_no_departure_has_no_number() -> None:
    """A refusal by ICMP uses the same queue, with another origin."""
    message = (socket.SOL_IP, timestamps.IP_RECVERR, error(2, 99))
    assert timestamps.departure_number([message]) is None
    assert timestamps.departure_number([UNRELATED]) is None
