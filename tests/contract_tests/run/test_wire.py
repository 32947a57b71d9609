"""The wire over real sockets: odd servers, pinned names, answers that never end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import requests

from contract_tests.wire.credential import placed
from contract_tests.wire.exchange import Request
from contract_tests.wire.limits import Allowance, Limits, OutOfLimits
from contract_tests.wire.pinned import Pinned
from contract_tests.wire.wire import Wire

Talk = Callable[[socket.socket, int], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@contextmanager
def peer(talk: Talk) -> Iterator[int]:
    """Listen; each connection is handed to `talk` with its number, and closed after that."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        number = 0
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                talk(connection, number)
            number += 1

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def wire(port: int, **limits: float) -> Wire:
    return Wire(f"http://127.0.0.1:{port}", Allowance(Limits(**limits)))  # type: ignore[arg-type]


def test_a_name_leads_to_the_address_it_was_resolved_to_and_stays_in_host() -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket, number: int) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(OK)

    with peer(talk) as port:
        named = Wire(f"http://api.invalid:{port}", adapter=Pinned("127.0.0.1"))
        assert named.send(Request("GET", "/x?a=%2F")).ok
    assert heard[0].startswith(b"GET /x?a=%2F HTTP/1.1\r\n")
    assert f"\r\nHost: api.invalid:{port}\r\n".encode() in heard[0]


def test_a_connection_that_was_closed_meanwhile_is_no_failure() -> None:
    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        if number:
            connection.sendall(OK)

    with peer(talk) as port:
        assert wire(port).send(Request("GET", "/")).ok


def test_a_request_that_may_have_done_something_is_not_sent_twice() -> None:
    count: list[int] = []

    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        count.append(number)

    with peer(talk) as port:
        exchange = wire(port).send(Request("POST", "/"))
    assert exchange.response is None
    assert exchange.failure == "the connection ended without an answer"
    assert count == [0]


def test_a_deletion_is_not_sent_twice_either() -> None:
    count: list[int] = []

    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        count.append(number)

    with peer(talk) as port:
        assert wire(port).send(Request("DELETE", "/")).response is None
    assert count == [0]


@pytest.mark.parametrize(("most", "sent"), [(1, 1), (2, 2)])
def test_what_is_sent_again_is_taken_from_the_limits(most: int, sent: int) -> None:
    count: list[int] = []

    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        count.append(number)

    with peer(talk) as port:
        own = wire(port, max_requests=most)
        exchange = own.send(Request("GET", "/"))
    assert exchange.failure
    assert (len(count), own.allowance.sent) == (sent, sent)


def test_an_answer_that_drips_for_ever_ends_at_the_timeout() -> None:
    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x")
                stop.wait(0.02)
        except OSError:
            return

    stop = threading.Event()
    with peer(talk) as port:
        exchange = wire(port, timeout_s=0.2).send(Request("POST", "/"))
    assert exchange.failure == "no answer within 0.2 s"


def test_an_answer_longer_than_the_limit_is_not_kept() -> None:
    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 200_000)

    with peer(talk) as port:
        exchange = wire(port, max_body_bytes=1000).send(Request("POST", "/"))
    assert exchange.failure == "the answer is longer than 1000 bytes"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"\r\n",
    ],
)
def test_what_is_no_http_is_a_failure_with_a_reason(raw: bytes) -> None:
    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(raw)

    with peer(talk) as port:
        exchange = wire(port, timeout_s=2.0).send(Request("GET", "/"))
    assert exchange.response is None
    assert exchange.failure


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: http://h.invalid/\r\nContent-Length: 0\r\n\r\n"
        )

    with peer(talk) as port:
        assert wire(port).send(Request("GET", "/")).status == 302


def test_an_exchange_of_another_engine_is_sent_again_with_its_secret() -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket, number: int) -> None:
        heard.append(connection.recv(65536))
        connection.sendall(OK)

    key = placed({"type": "http", "scheme": "bearer"}, "KEY", "a long secret")
    with peer(talk) as port:
        own = Wire(f"http://127.0.0.1:{port}", secrets=(key,))
        exchange = own.send(Request("GET", "/"), key)
        copy = type(exchange)(exchange.url, exchange.request, None, secrets=exchange.secrets)
        again = own.again(copy)
    assert again is not None
    assert heard[0] == heard[1]
    assert b"a long secret" in heard[1]
    assert "a long secret" not in repr(again)


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"]
)
def test_an_answer_that_drips_anywhere_ends_at_the_timeout(head: bytes) -> None:
    with peer(dripping(head)) as port:
        exchange = wire(port, timeout_s=0.2).send(Request("POST", "/"))
    assert exchange.failure == "no answer within 0.2 s"


def test_another_engine_is_not_held_by_an_answer_that_drips() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
    with peer(dripping(head)) as port, requests.Session() as session:
        wire(port).prepare(session)
        # Schemathesis takes the words of the library's error to pieces.
        with pytest.raises(requests.ReadTimeout, match=r"\(read timeout=0\.2\)"):
            session.get(f"http://127.0.0.1:{port}/", timeout=0.2)


def test_a_server_that_refuses_connections_is_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    away = wire(port)
    for _ in range(4):
        assert away.send(Request("GET", "/")).failure == "the connection was refused"
    with pytest.raises(OutOfLimits, match="the server went away"):
        away.send(Request("GET", "/"))
    assert away.allowance.sent == 4


def dripping(head: bytes) -> Talk:
    """Send a head, then a byte now and then until nobody listens any more."""

    def talk(connection: socket.socket, number: int) -> None:
        connection.recv(65536)
        connection.sendall(head)
        pause = threading.Event()
        try:
            while True:
                connection.sendall(b"0")
                pause.wait(0.02)
        except OSError:
            return

    return talk
