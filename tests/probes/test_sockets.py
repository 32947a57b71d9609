"""Echo sockets: the least privilege that works, kernel stamps, and clear refusals."""

import ctypes
import select
import socket
import struct
from typing import Any

import pytest

from probes import PermissionMissing
from probes.packet import Echo, EchoKind, build_echo, parse_echo
from probes.sockets import EchoSocket, open_echo_socket
from probes.stamped import MOST_DEPARTURES
from probes.timestamps import SO_TIMESTAMPING_NEW

FAMILIES = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def drop_capabilities() -> None:
    """Give up every right that root has beyond an ordinary user."""
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x2008_0522, 0))
    if ctypes.CDLL(None, use_errno=True).capset(header, ctypes.create_string_buffer(24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def readable(echo_socket: EchoSocket) -> None:
    ready, _, _ = select.select([echo_socket], [], [], 10)
    assert ready


def exchange(echo_socket: EchoSocket, token: int) -> None:
    request = Echo(echo_socket.family, EchoKind.REQUEST, echo_socket.ident, 1, token)
    where = (FAMILIES[echo_socket.family], 0)
    echo_socket.send(build_echo(request), where, token)


def test_the_unprivileged_socket_is_preferred(namespace: Any) -> None:
    def body() -> bool:
        return open_echo_socket(socket.AF_INET, 56).is_raw

    assert namespace(sockets="datagram").run(body) is False


def test_the_raw_socket_is_the_second_choice(namespace: Any) -> None:
    def body() -> bool:
        return open_echo_socket(socket.AF_INET, 56).is_raw

    assert namespace(sockets="raw").run(body) is True


@pytest.mark.parametrize("family", FAMILIES)
def test_without_either_right_the_error_names_both(
    namespace: Any, family: socket.AddressFamily
) -> None:
    def body() -> str:
        drop_capabilities()
        with pytest.raises(PermissionMissing) as missing:
            open_echo_socket(family, 56)
        return str(missing.value)

    message = namespace().run(body)
    assert "net.ipv4.ping_group_range" in message
    assert "CAP_NET_RAW" in message


def test_no_right_is_needed_where_the_group_may_ping(namespace: Any) -> None:
    def body() -> bool:
        drop_capabilities()
        return open_echo_socket(socket.AF_INET, 56).is_raw

    assert namespace(sockets="datagram").run(body) is False


@pytest.mark.parametrize("family", FAMILIES)
def test_departure_and_arrival_are_stamped_by_the_kernel(
    namespace: Any, sockets: str, family: socket.AddressFamily
) -> None:
    def body() -> tuple[bool, list[int], bool]:
        echo_socket = open_echo_socket(family, 56)
        exchange(echo_socket, 7)
        readable(echo_socket)
        (arrival,) = echo_socket.arrivals(10)
        departures = dict(echo_socket.departures())
        reply = parse_echo(family, arrival.packet)
        in_order = departures[7] <= (arrival.stamp_ns or 0) <= arrival.wall_ns
        return in_order, list(departures), reply.ident == echo_socket.ident

    assert namespace(sockets=sockets).run(body) == (True, [7], True)


def test_departures_keep_their_tokens_after_a_send_that_failed(
    namespace: Any, sockets: str
) -> None:
    def body() -> list[int]:
        echo_socket = open_echo_socket(socket.AF_INET, 56)
        exchange(echo_socket, 1)
        list(echo_socket.departures())
        with pytest.raises(OSError, match="unreachable"):
            echo_socket.send(b"\x08" + bytes(63), ("192.0.2.1", 0), 2)
        exchange(echo_socket, 3)
        exchange(echo_socket, 4)
        return [token for token, _ in echo_socket.departures()]

    assert namespace(sockets=sockets).run(body) == [3, 4]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_raw_socket_is_spared_everything_but_replies(
    namespace: Any, family: socket.AddressFamily
) -> None:
    """On loopback a raw socket would also hear the requests themselves."""

    def body() -> list[str]:
        echo_socket = open_echo_socket(family, 56)
        for token in range(3):
            exchange(echo_socket, token)
        readable(echo_socket)
        arrivals = echo_socket.arrivals(100)
        return [parse_echo(family, arrival.packet).kind.value for arrival in arrivals]

    assert namespace().run(body) == ["reply"] * 3


def test_no_more_than_the_limit_is_read_at_once(namespace: Any) -> None:
    def body() -> list[int]:
        echo_socket = open_echo_socket(socket.AF_INET, 56)
        for token in range(5):
            exchange(echo_socket, token)
        readable(echo_socket)
        return [len(list(echo_socket.arrivals(limit))) for limit in (2, 100, 100)]

    assert namespace().run(body) == [2, 3, 0]


def test_reading_never_blocks(namespace: Any) -> None:
    def body() -> int:
        return len(list(open_echo_socket(socket.AF_INET, 56).arrivals(5)))

    assert namespace().run(body) == 0


def test_drivers_that_never_stamp_fill_no_memory(namespace: Any) -> None:
    def body() -> int:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        echo_socket = EchoSocket(sock, 4)
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPING_NEW, 0)
        packet = build_echo(Echo(socket.AF_INET, EchoKind.REQUEST, echo_socket.ident, 1, 1, 4))
        for token in range(MOST_DEPARTURES + 1000):
            echo_socket.send(packet, ("127.0.0.1", 0), token)
        return len(vars(echo_socket)["_tokens"])

    assert namespace(silent=True).run(body) == MOST_DEPARTURES
