"""Signals: a stop is clean, what was begun is finished, nothing is said."""

import signal
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

BODY = b'{"name": "late", "key": "late_key"}'


def begin_upload(server: Any) -> socket.socket:
    """Send all of a request but its body; return once the server asks for that."""
    connection: socket.socket = server.connect()
    connection.sendall(
        b"POST /__mock/accounts HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % len(BODY)
    )
    assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    return connection


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_is_exit_code_0_without_a_word(
    serve: Callable[..., Any], number: signal.Signals
) -> None:
    server = serve()
    server.get("/ngrok/app/users")
    assert server.end(number) == 0
    assert server.rest() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_finished(
    serve: Callable[..., Any], settled: Callable[..., None], number: signal.Signals
) -> None:
    server = serve("--state", "s.db")
    with begin_upload(server) as connection:
        server.process.send_signal(number)
        settled(server)
        connection.sendall(BODY)
        assert connection.recv(65536).startswith(b"HTTP/1.1 201 ")
    assert server.process.wait(10) == 0
    again = serve("--state", "s.db")
    assert again.get("/__mock/accounts/late").status_code == 200


def test_an_idle_connection_does_not_hold_up_the_stop(serve: Callable[..., Any]) -> None:
    server = serve()
    with httpx.Client() as client:
        client.get(f"{server.url}/__mock/health")
        assert server.end() == 0


def test_a_second_interrupt_does_not_wait_for_requests(
    serve: Callable[..., Any], settled: Callable[..., None]
) -> None:
    server = serve()
    with begin_upload(server):
        server.process.send_signal(signal.SIGINT)
        settled(server)
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(4) == 0


def test_a_port_is_free_again_after_a_stop(serve: Callable[..., Any]) -> None:
    first = serve()
    port = str(first.address[1])
    first.get("/__mock/health")
    first.end()
    assert serve("--port", port).address[1] == int(port)
