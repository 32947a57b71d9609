"""What the proxy writes down: whole after every entry, and without a single secret."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import brotli
import jsonschema_rs
import pytest
from backports import zstd
from har_schema import HAR
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.conduct.heard import Heard
from contract_tests.proxy.decoding import NotDecoded, decoded
from contract_tests.proxy.hiding import Hiding
from contract_tests.proxy.recording import CannotRecord, Recording
from contract_tests.traffic.reading import recorded
from contract_tests.wire.exchange import Exchange, Headers, Request, Response

CONTRACT: dict[str, Any] = {
    "paths": {},
    "security": [{"key": []}],
    "components": {
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    },
}
BASE = "http://127.0.0.1:9/shop"


def heard(
    number: int = 1,
    target: str = "/a",
    headers: Headers = (),
    body: bytes = b"",
    answer: Response | None = None,
    **told: Any,
) -> Heard:
    answer = answer or Response(200, (("Content-Type", "application/json"),), b"{}", 0.25)
    request = Request("POST", target, headers, body)
    exchange = Exchange(BASE + target, request, answer, at=float(number))
    return Heard(exchange, number, float(number), number + 0.25, **told)


def test_the_file_is_a_proper_har_after_every_entry(tmp_path: Path) -> None:
    path = tmp_path / "run.har"
    check = jsonschema_rs.validator_for(HAR)
    with Recording(path, BASE) as recording:
        for number in range(1, 4):
            recording.add(heard(number, answer=Response(200, (), b"\xff\x00")))
            written = json.loads(path.read_text())
            check.validate(written)
            assert len(written["log"]["entries"]) == number
    assert json.loads(path.read_text()) == written


def test_a_recording_without_any_entry_is_a_har_too(tmp_path: Path) -> None:
    with Recording(tmp_path / "run.har", BASE):
        pass
    assert json.loads((tmp_path / "run.har").read_text())["log"]["entries"] == []


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRecord, match="Is a directory"):
        Recording(tmp_path, BASE)


@pytest.mark.parametrize(
    "told", [{}, {"given_up": True}, {"request_cut": True}, {"answer_cut": True}]
)
def test_what_is_written_is_read_again(tmp_path: Path, told: dict[str, bool]) -> None:
    path, key = tmp_path / "run.har", (("X-Key", "masked-key-1"),)
    one = heard(1, "/a?b=%20", key, b'{"a": "\xc3\xa4"}', **told)
    with Recording(path, BASE) as recording:
        recording.add(one)
    assert recorded([path], CONTRACT).entries == [replace(one, recorded=True)]


def test_a_request_without_an_answer_keeps_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "run.har"
    exchange = Exchange(f"{BASE}/a", Request("GET", "/a"), None, "the upstream is gone", at=1.0)
    with Recording(path, BASE) as recording:
        recording.add(Heard(exchange, 1, 1.0, 1.0))
    assert recorded([path], CONTRACT).entries[0].exchange == exchange


SECRET = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=12, max_size=20)


@given(SECRET, SECRET)
def test_no_secret_is_left_wherever_it_stands(key: str, other: str) -> None:
    exchange = heard(
        target=f"/a?api_key={other}&page_token=plain&echo={key}",
        headers=(("X-Key", key), ("Cookie", f"sid={other}; b={other}")),
        body=json.dumps({"password": other, "nested": [{"clientSecret": other}]}).encode(),
        answer=Response(
            200,
            (("Set-Cookie", f"sid={other}; Path=/"), ("Location", f"/b?token={other}")),
            json.dumps({"access_token": other, "echo": f"Bearer {key}"}).encode(),
        ),
    ).exchange
    hidden = Hiding(CONTRACT).hidden(exchange)
    assert key not in repr(hidden)
    assert other not in repr(hidden)
    assert "page_token=plain" in hidden.request.target
    assert json.loads(hidden.request.body)["nested"]


def test_two_accounts_stay_two() -> None:
    hiding = Hiding(CONTRACT)
    keys = ("first-account-key", "second-account-key", "first-account-key")
    shown = [hiding.hidden(heard(headers=(("X-Key", key),)).exchange) for key in keys]
    assert [one.request.headers[0][1] for one in shown] == [
        "masked-key-1",
        "masked-key-2",
        "masked-key-1",
    ]


def encoded(name: str, body: bytes) -> Exchange:
    answer = Response(200, (("content-encoding", name),), body)
    return heard(answer=answer).exchange


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", gzip.compress(b"plain")),
        ("x-gzip", gzip.compress(b"plain")),
        ("deflate", zlib.compress(b"plain")),
        ("deflate", zlib.compress(b"plain")[2:-4]),
        ("br", brotli.compress(b"plain")),
        ("ZSTD", zstd.compress(b"plain")),
        ("identity", b"plain"),
        ("gzip, br", brotli.compress(gzip.compress(b"plain"))),
    ],
    ids=range(8),
)
def test_a_body_is_read_without_its_encoding(name: str, body: bytes) -> None:
    answer = decoded(encoded(name, body)).response
    assert answer is not None
    assert answer.body == b"plain"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("gzip", b"plain"),
        ("gzip", gzip.compress(b"plain")[:-6]),
        ("br", b"\xff\xff\xff"),
        ("zstd", b"plain"),
        ("pack200", b"plain"),
        ("gzip", gzip.compress(bytes(80 * 2**20))),
    ],
    ids=range(6),
)
def test_a_body_that_cannot_be_read_is_told(name: str, body: bytes) -> None:
    with pytest.raises(NotDecoded):
        decoded(encoded(name, body))
