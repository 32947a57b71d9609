"""What the probe itself costs is in no phase: the moment of writing, and large bodies."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import pycurl
import pytest
from http_peers import Site, fetch

from probes.http.answer import Answer

LATE_S = 0.05


def test_what_this_process_does_after_writing_is_not_sending(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has the request by then, so that the time belongs to the wait for it."""
    original = Answer.on_debug

    def slow(answer: Answer, kind: int, content: bytes) -> None:
        original(answer, kind, content)
        if kind == pycurl.INFOTYPE_HEADER_OUT:
            time.sleep(LATE_S)

    monkeypatch.setattr(Answer, "on_debug", slow)
    result = fetch(site.url("plain", "/text.txt"))
    assert result.wait_ms is not None
    assert result.wait_ms >= LATE_S * 1000


def test_the_call_that_writes_the_request_is_waited_in() -> None:
    """On loopback the peer may run, and answer, before it returns."""
    answer = Answer(float("inf"))
    answer.on_debug(pycurl.INFOTYPE_TEXT, b"using HTTP/1.x")
    time.sleep(LATE_S)
    answer.on_debug(pycurl.INFOTYPE_HEADER_OUT, b"GET / HTTP/1.1")
    answer.on_debug(pycurl.INFOTYPE_HEADER_IN, b"HTTP/1.1 200 OK")
    assert answer.waited_s is not None
    assert answer.waited_s >= LATE_S


def test_a_large_body_is_read_in_large_pieces(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs two calls; of themselves they would have 16 KiB at most."""
    pieces: list[int] = []
    original = Answer.on_debug

    def counted(answer: Answer, kind: int, content: bytes) -> None:
        original(answer, kind, content)
        if kind == pycurl.INFOTYPE_DATA_IN:
            pieces.append(len(content))

    monkeypatch.setattr(Answer, "on_debug", counted)
    result = fetch(site.url("plain", "/big.bin"))
    assert max(pieces) > 16_384
    assert sum(pieces) == result.last.body_bytes


def test_a_body_longer_than_what_is_kept_has_no_digest() -> None:
    short, long = Answer(float("inf")), Answer(float("inf"))
    short.on_body(b"x" * (1 << 20))
    for _ in range(2):
        long.on_body(b"x" * (1 << 20))
    assert _digest(short) == hashlib.sha256(b"x" * (1 << 20)).hexdigest()
    assert _digest(long) is None


def _digest(answer: Answer) -> Any:
    assert answer.content is not None
    return answer.content.sha256
