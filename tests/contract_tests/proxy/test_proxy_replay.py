"""A recording is served as it was: in its order, and masked secrets match whatever is shown."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from proxy_rig import Rig, served

from contract_tests.conduct.heard import Heard
from contract_tests.proxy.replay import Replay
from contract_tests.wire.exchange import Exchange, Request, Response


def entry(method: str, target: str, answer: bytes, sent: bytes = b"") -> Heard:
    request = Request(method, target, (), sent)
    response = Response(200, (("Content-Encoding", "gzip"), ("X-aB", "1")), answer)
    return Heard(Exchange(f"http://x{target}", request, response), 1, 1.0, 1.0)


ENTRIES = (
    entry("GET", "/a", b"first"),
    entry("GET", "/a", b"second"),
    entry("GET", "/a?x=1&y=2", b"both"),
    entry("GET", "/a?key=masked-key-1", b"masked"),
    entry("POST", "/a", b"one", b'{"n": 1, "password": "masked-value"}'),
    entry("POST", "/a", b"two", b'{"n": 2}'),
)


def replayed(*requests: tuple[str, str, bytes]) -> list[bytes]:
    async def story() -> list[bytes]:
        got = []
        async with served(Replay(ENTRIES)) as port:
            proxy = Rig(port, "")
            for method, target, body in requests:
                head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
                got.append(await proxy.ask(head.encode() + b"Connection: close\r\n\r\n" + body))
            proxy.close()
            await asyncio.sleep(0)
        return got

    return asyncio.run(story())


def bodies(*requests: tuple[str, str, bytes]) -> list[bytes]:
    return [got.partition(b"\r\n\r\n")[2] for got in replayed(*requests)]


def test_what_repeats_comes_in_its_order_and_the_last_again_and_again() -> None:
    asked = ("GET", "/a", b"")
    assert bodies(asked, asked, asked, asked) == [b"first", b"second", b"second", b"second"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (("GET", "/a?y=2&x=1", b""), b"both"),
        (("GET", "/a?key=anything", b""), b"masked"),
        (("POST", "/a", b'{"password":"real","n":1}'), b"one"),
        (("POST", "/a", b'{"n":2}'), b"two"),
    ],
)
def test_the_nearest_entry_answers(asked: tuple[str, str, bytes], answer: bytes) -> None:
    assert bodies(asked) == [answer]


def test_another_body_is_answered_by_the_same_address() -> None:
    asked = ("POST", "/a", b'{"n":3}')
    assert bodies(asked, asked) == [b"one", b"two"]


@pytest.mark.parametrize("asked", [("GET", "/b", b""), ("GET", "/a?x=1", b""), ("PUT", "/a", b"")])
def test_what_was_not_recorded_is_told_with_the_nearest(asked: tuple[str, str, bytes]) -> None:
    told: Any = json.loads(bodies(asked)[0])
    assert told["status"] == 404
    assert f"no {asked[0]} {asked[1]}" in told["error"]
    assert "the nearest is" in told["error"]


def test_headers_are_replayed_but_for_those_of_a_body_that_was_decoded() -> None:
    head = replayed(("GET", "/a", b""))[0].partition(b"\r\n\r\n")[0].lower()
    assert b"x-ab: 1" in head
    assert b"content-length: 5" in head
    assert b"content-encoding" not in head
