"""Bytes that no decent client sends: refused or cut off, and the server goes on answering."""

import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

HEAD = b"Host: h\r\nAuthorization: Bearer mock_ngrok_key\r\nNgrok-Version: 2\r\n"
GET = b"GET /ngrok/app/users?limit=1 HTTP/1.1\r\n" + HEAD
POST = b"POST /__mock/accounts HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
CLOSE = b"Connection: close\r\n"


@pytest.fixture(autouse=True)
def _still_answering(server: Any) -> Iterator[None]:
    yield
    assert server.get("/ngrok/app/users?limit=1").status_code == 200


def exchange(server: Any, data: bytes) -> bytes:
    """Send `data`; return all that comes back until the server closes the connection."""
    with server.connect() as connection:
        received = b""
        try:
            connection.sendall(data)
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionError:
            pass  # closed in the midst of our sending
        return received


def statuses(received: bytes) -> list[int]:
    parts = received.split(b"HTTP/1.1 ")[1:]
    return [int(part[:3]) for part in parts]


@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 500,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 20,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost h\r\n\r\n",
        b"GET / HTTP/1.1\r\n: empty\r\n\r\n",
        b"GET / HTTP/1.1\r\nA\x00B: c\r\n\r\n",
        b"GET /ngrok/\xc3\xa4 HTTP/1.1\r\n\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"CONNECT h:1 HTTP/1.1\r\n" + HEAD + b"\r\n",
        POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: ten\r\n\r\n",
        POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nnot hex\r\n",
        POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
    ],
    ids=lambda data: repr(data[:24]),
)
def test_what_is_not_http_is_400_and_the_end(server: Any, data: bytes) -> None:
    assert statuses(exchange(server, data)) == [400]


@pytest.mark.parametrize(
    "headers",
    [
        b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"X: " + b"y" * 100_000,
        b"X: y\r\n" * 20_000 + b"\r\n",
        b"X" * 100_000,
    ],
    ids=["one", "endless", "many", "a name"],
)
def test_headers_that_are_too_long_close_the_connection(server: Any, headers: bytes) -> None:
    assert statuses(exchange(server, GET + headers)) in ([], [400])


def test_random_bytes_never_hurt(server: Any) -> None:
    chance = random.Random(1)
    for _ in range(60):
        with server.connect() as connection:
            connection.sendall(chance.choice([b"", GET, POST]) + chance.randbytes(300))


def test_a_request_that_breaks_off_hurts_nobody(server: Any) -> None:
    whole = POST + b"Content-Length: 18\r\n\r\n" + b'{"name": "broken"}'
    for length in range(0, len(whole), 7):
        with server.connect() as connection:
            connection.sendall(whole[:length])
    assert server.get("/__mock/accounts/broken").status_code == 404


def test_a_body_that_is_shorter_than_announced_is_not_handled(server: Any) -> None:
    with server.connect() as connection:
        connection.sendall(POST + b"Content-Length: 99\r\n\r\n" + b'{"name": "shorter"}')
        connection.shutdown(socket.SHUT_WR)
    assert server.get("/__mock/accounts/shorter").status_code == 404


def test_a_body_that_is_longer_than_announced_is_another_request(server: Any) -> None:
    body = b'{"name": "longer"}'
    received = exchange(server, POST + b"Content-Length: 18\r\n\r\n" + body + b"and more\r\n\r\n")
    assert statuses(received)[-1] == 400


def test_pipelined_requests_are_answered_in_order(server: Any) -> None:
    paths = [b"/ngrok/app/users?limit=1", b"/ngrok/nowhere", b"/__mock/health", b"/nobody"]
    requests = b"".join(b"GET %s HTTP/1.1\r\n%s\r\n" % (path, HEAD) for path in paths)
    received = exchange(server, requests + GET + CLOSE + b"\r\n")
    assert statuses(received) == [200, 404, 200, 404, 200]
    order = [received.find(part) for part in (b"application_users", b"/nowhere", b'"seed"')]
    assert order == sorted(order)
    assert -1 not in order


def test_a_pipelined_body_is_not_taken_for_a_request(server: Any) -> None:
    smuggled = b"DELETE /ngrok/app/sessions/x HTTP/1.1\r\n" + HEAD + b"\r\n"
    head = POST + b"Content-Length: %d\r\n\r\n" % len(smuggled)
    received = exchange(server, head + smuggled + GET + CLOSE + b"\r\n")
    assert statuses(received) == [400, 200]


def test_an_upgrade_to_something_else_is_not_made(server: Any) -> None:
    for protocol in (b"h2c", b"websocket", b"TLS/1.2"):
        upgrade = b"Connection: Upgrade, close\r\nUpgrade: " + protocol + b"\r\n\r\n"
        assert statuses(exchange(server, GET + upgrade)) == [200]


def test_a_connection_may_go_on_after_an_upgrade_that_was_not_made(server: Any) -> None:
    # As Java's client does at its first request of a host.
    with server.connect() as connection:
        for extra in (b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b""):
            connection.sendall(GET + extra + b"\r\n")
            assert statuses(connection.recv(65536)) == [200]


def test_an_absolute_target_is_a_path_like_any_other(server: Any) -> None:
    target = GET.replace(b"/ngrok", b"http://elsewhere.example/ngrok", 1)
    assert statuses(exchange(server, target + CLOSE + b"\r\n")) == [200]


@pytest.mark.parametrize("host", [b"Host: a\r\nHost: b\r\n", b"Host: a b\r\n", b"Host: \r\n"])
def test_a_host_that_is_none_is_400(server: Any, host: bytes) -> None:
    data = b"GET /__mock/health HTTP/1.1\r\n" + host + CLOSE + b"\r\n"
    assert statuses(exchange(server, data)) == [400]


def test_unfinished_headers_hold_nobody_else_up(server: Any) -> None:
    connections = [server.connect() for _ in range(200)]
    try:
        for connection in connections:
            connection.sendall(GET + b"X-Slow: ")
        assert server.get("/ngrok/app/users").status_code == 200
    finally:
        for connection in connections:
            connection.close()


def test_a_big_body_is_413_and_the_same_connection_goes_on(server: Any) -> None:
    with httpx.Client(base_url=server.url, timeout=30) as client:
        headers = {"Content-Type": "application/json"}
        big = client.post("/__mock/accounts", content=b" " * 10_000_000, headers=headers)
        assert big.status_code == 413
        assert client.get("/__mock/health").status_code == 200


def test_a_big_body_without_a_length_is_413(server: Any) -> None:
    pieces = (b" " * 1_000_000 for _ in range(10))
    headers = {"Content-Type": "application/json"}
    assert server.post("/__mock/accounts", content=pieces, headers=headers).status_code == 413


def test_a_body_of_very_many_keys_with_one_repeated_is_400(server: Any) -> None:
    repeated = ",".join(f'"{number}":0' for number in range(90_000))
    headers = {"Content-Type": "application/json"}
    content = f'{{{repeated},"0":1}}'
    answer = server.post("/__mock/accounts", content=content, headers=headers)
    assert answer.status_code == 400


def test_many_files_are_not_left_open(server: Any) -> None:
    def open_files() -> int:
        return len(list(Path(f"/proc/{server.process.pid}/fd").iterdir()))

    if not Path("/proc/self/fd").is_dir():
        pytest.skip("this machine does not tell")
    server.get("/__mock/health")
    before = open_files()
    for _ in range(100):
        exchange(server, b"garbage\r\n\r\n")
    assert open_files() <= before + 5
