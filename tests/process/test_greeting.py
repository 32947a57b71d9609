"""What a served process says when it is ready, and that all of it is true."""

import argparse
import shlex
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest

import specs
from mockserver import vendors as rooms


def test_the_last_line_says_where_it_is_ready(server: Any) -> None:
    host, port = server.address
    assert server.greeting[-1] == f"mockserver ready on http://{host}:{port}"
    assert server.get("/__mock/health").status_code == 200


def test_each_vendor_is_named_with_its_address_and_credential(server: Any) -> None:
    assert server.greeting[0] == f"ngrok application sessions: {server.url}/ngrok"
    assert server.greeting[1] == "  Authorization: Bearer mock_ngrok_key, Ngrok-Version: 2"


VENDORS = [name for name in specs.vendors() if (Path(rooms.__file__).parent / name).is_dir()]


@pytest.fixture(scope="module")
def everything(begin: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A server of every vendor that has a room."""
    flags = [word for name in VENDORS for word in ("--vendor", name)]
    return begin(tmp_path_factory.mktemp("everything"), "--port", "0", *flags)


def curl(line: str) -> httpx.Response:
    """Do what a curl line says, as far as our lines go."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("-X", default="GET")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("-d")
    parser.add_argument("-u")
    command, *words = shlex.split(line)
    assert command == "curl"
    told = parser.parse_args(words)
    headers = dict(header.split(": ", 1) for header in told.H)
    auth = tuple(told.u.split(":", 1)) if told.u else None
    return httpx.request(told.X, told.url, headers=headers, content=told.d, auth=auth)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_curl_line_of_each_vendor_works(everything: Any, vendor: str) -> None:
    at = [line.endswith(f"/{vendor}") for line in everything.greeting].index(True)
    answer = curl(everything.greeting[at + 2])
    assert answer.is_success, answer.text
    assert answer.json()


def test_every_vendor_can_be_served_at_once(everything: Any) -> None:
    assert everything.get("/__mock/health").json()["vendors"] == VENDORS


def test_nothing_is_said_about_requests(serve: Any) -> None:
    server = serve()
    for path in ("/ngrok/app/users", "/ngrok/nowhere", "/nobody"):
        server.get(path)
    server.end()
    assert server.rest() == ""


def test_answers_do_not_name_the_software_that_sends_them(server: Any) -> None:
    assert "server" not in server.get("/ngrok/app/users").headers


def test_an_ipv6_address_stands_in_brackets(serve: Any) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    server = serve("--host", "::1")
    assert server.url.startswith("http://[::1]:")
    page = server.get("/ngrok/app/sessions?limit=1").json()
    assert page["uri"] == f"{server.url}/ngrok/app/sessions"


def test_a_name_may_be_given_for_the_address(serve: Any) -> None:
    assert serve("--host", "localhost").get("/__mock/health").status_code == 200


def test_a_host_header_reaches_the_vendor_without_a_prefix(server: Any) -> None:
    headers = {"Authorization": "Bearer mock_ngrok_key", "Ngrok-Version": "2"}
    page = server.get("/app/users", headers={**headers, "Host": "api.ngrok.com"}).json()
    assert page["uri"] == "http://api.ngrok.com/app/users"


def test_a_client_of_http_1_0_without_a_host_gets_links_to_the_socket(server: Any) -> None:
    with server.connect() as connection:
        connection.sendall(
            b"GET /ngrok/app/users?limit=1 HTTP/1.0\r\n"
            b"Authorization: Bearer mock_ngrok_key\r\nNgrok-Version: 2\r\n\r\n"
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert f'"uri":"{server.url}/ngrok/app/users"'.encode() in answer
