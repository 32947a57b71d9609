"""Curl lines do what they say: bash runs them, and a server sees the very same request."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peers import needs

from contract_tests.wire.credential import Credential, placed
from contract_tests.wire.curl import curl
from contract_tests.wire.exchange import Exchange, Request
from contract_tests.wire.masking import masked

SECRET = "s3cr!t $HOME `id` \"q\" 'x' \\ %s"
KEY = Credential("API_KEY", SECRET, (("X-API-KEY", SECRET),))
JSON = (("Content-Type", "application/json"),)


@dataclass
class Desk:
    """A server that writes down the last request."""

    url: str = ""
    line: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    needs("bash", "curl")
    seen = Desk()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def parse_request(self) -> bool:
            seen.line = self.raw_requestline.decode("latin-1").strip()
            parsed = super().parse_request()
            if parsed:
                self.note()
            return False

        def note(self) -> None:
            seen.headers = list(self.headers.items())
            seen.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    seen.url = f"http://127.0.0.1:{server.server_port}"
    yield seen
    server.shutdown()
    server.server_close()
    thread.join(10)


def pasted(desk: Desk, request: Request, *secrets: Credential) -> str:
    """Run the line of a request in bash with the secrets in its environment; return the line."""
    exchange = masked(Exchange(desk.url + request.target, request, None), secrets)
    line = curl(exchange)
    known = {s.variable: s.secret for s in secrets} | {
        s.user_variable: s.user for s in secrets if s.user_variable
    }
    # Nothing of this machine's proxies or settings is wanted.
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": "/nonexistent",
        **known,
    }
    desk.line, desk.headers, desk.body = "", [], b""
    done = subprocess.run(
        ["bash", "-s"],
        input=line.replace("curl ", "curl -q -s ", 1).encode("utf-8"),
        env=environment,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, (line, done.stderr)
    return line


@settings(max_examples=12, deadline=None)
@given(
    body=st.binary(min_size=1, max_size=60)
    | st.text(min_size=1).map(lambda t: t.encode("utf-8", "replace"))
)
def test_any_body_arrives_byte_for_byte(desk: Desk, body: bytes) -> None:
    pasted(desk, Request("POST", "/things", JSON, body))
    assert desk.body == body
    assert desk.header("Content-Type") == "application/json"


@pytest.mark.parametrize(
    "body",
    [
        b"@/etc/hostname",
        b'it\'s "so"\n\ttab',
        b"\0\x01%d\\n\xff",
        b"\x00" + b"x" * 200_000,
        b"$API_KEY! `id`",
    ],
    ids=["at", "quotes", "escapes", "long", "shell"],
)
def test_an_awkward_body_arrives_byte_for_byte(desk: Desk, body: bytes) -> None:
    pasted(desk, Request("PUT", "/things", JSON, body))
    assert desk.body == body


@settings(max_examples=10, deadline=None)
@given(
    value=st.text(
        st.characters(min_codepoint=0x21, max_codepoint=0xFF, blacklist_categories=["Cc"]),
        min_size=1,
    )
)
def test_any_header_arrives_as_it_was(desk: Desk, value: str) -> None:
    pasted(desk, Request("GET", "/things", (("X-Odd", value),)))
    assert desk.header("X-Odd") == value


@pytest.mark.parametrize(
    "target",
    [
        "/a%2Fb?x=1&y=%20",
        "/a/../b/./c",
        "/x[1]{2}?q=[a]",
        "/say('hi')?$HOME=`id`",
        "/über?ü=1",
        "/a#b",
        "/a b",
    ],
)
def test_a_path_is_sent_as_it_is(desk: Desk, target: str) -> None:
    pasted(desk, Request("GET", target))
    assert desk.line == f"GET {target.encode().decode('latin-1')} HTTP/1.1"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "PATCH", "QUERY", "get"])
@pytest.mark.parametrize("body", [b"", b"{}"])
def test_every_method_is_sent(desk: Desk, method: str, body: bytes) -> None:
    pasted(desk, Request(method, "/things", (), body))
    assert desk.line == f"{method} /things HTTP/1.1"
    assert desk.body == body


def test_an_empty_header_is_sent_and_what_was_not_there_is_not(desk: Desk) -> None:
    pasted(desk, Request("POST", "/things", (("X-Empty", ""),), b"x"))
    assert desk.header("X-Empty") == ""
    assert desk.header("Content-Type") is None


def test_a_secret_is_its_variable_and_the_server_gets_it(desk: Desk) -> None:
    request = Request("POST", "/t", (*KEY.headers, *JSON), f'it\'s "{SECRET}" \0'.encode())
    line = pasted(desk, request, KEY)
    assert SECRET not in line
    assert desk.header("X-API-KEY") == SECRET
    assert desk.body == request.body


def test_a_bearer_line_reads_well(desk: Desk) -> None:
    key = Credential("NGROK_API_KEY", "a" * 20, (("Authorization", "Bearer " + "a" * 20),))
    line = pasted(desk, Request("GET", "/app/sessions?limit=2", key.headers), key)
    assert line == (
        f"curl -i '{desk.url}/app/sessions?limit=2' -H \"Authorization: Bearer $NGROK_API_KEY\""
    )
    assert desk.header("Authorization") == "Bearer " + "a" * 20


def test_basic_is_encoded_by_the_shell(desk: Desk) -> None:
    scheme = {"type": "http", "scheme": "basic"}
    key = placed(scheme, "PASSWORD", "two words", "ada", "USERNAME")
    line = pasted(desk, Request("GET", "/t", key.headers), key)
    encoded = base64.b64encode(b"ada:two words").decode()
    assert encoded not in line
    assert desk.header("Authorization") == f"Basic {encoded}"
