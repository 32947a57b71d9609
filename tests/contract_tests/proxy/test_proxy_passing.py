"""What goes through the proxy is what came: both ways, byte for byte where HTTP lets it."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Coroutine
from typing import Any

import pytest
from proxy_rig import OK, Answering, request, rig


def run(story: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(story)


async def asked(raw: str, answer: bytes = OK, base: str = "") -> tuple[Answering, bytes]:
    upstream = Answering(answer)
    async with rig(upstream, base=base) as proxy:
        got = await proxy.ask(raw.replace("\n", "\r\n").encode())
    return upstream, got


@pytest.mark.parametrize(
    "target",
    ["/", "/a%2Fb/c?x=1&x=2&&y=%20+", "/a//b", "/?", "/%C3%A4;p=1?q=a%26b", "/a?b?c=/d"],
)
def test_the_target_arrives_as_it_was_written(target: str) -> None:
    upstream, _ = run(asked(f"GET {target} HTTP/1.1\nHost: x\nConnection: close\n\n"))
    assert upstream.lines[0] == f"GET {target} HTTP/1.1"


def test_the_path_of_the_upstream_stands_before_the_target() -> None:
    upstream, _ = run(asked("GET /a HTTP/1.1\nHost: x\nConnection: close\n\n", base="/shop"))
    assert upstream.lines[0] == "GET /shop/a HTTP/1.1"


def test_an_address_in_absolute_form_is_taken_for_its_path() -> None:
    raw = "GET http://elsewhere.example/a?b=1 HTTP/1.1\nHost: x\nConnection: close\n\n"
    upstream, _ = run(asked(raw))
    assert upstream.lines[0] == "GET /a?b=1 HTTP/1.1"


def test_headers_keep_their_order_and_spelling_and_those_of_one_hop_stay_behind() -> None:
    raw = (
        "GET / HTTP/1.1\nHost: x\nX-bEta: 1\nAccept: */*\nX-alpha: ä\nX-bEta: 2\nX-Hop: h\n"
        "Keep-Alive: 5\nTE: trailers\nProxy-Connection: close\nConnection: close, X-Hop\n\n"
    )
    upstream, _ = run(asked(raw))
    host, *rest = upstream.lines[1:]
    assert host.startswith("Host: 127.0.0.1:")
    assert rest == ["X-bEta: 1", "Accept: */*", "X-alpha: Ã¤", "X-bEta: 2"]


def test_the_line_of_code_that_sent_it_stays_behind() -> None:
    raw = "GET / HTTP/1.1\nHost: x\nX-Contract-Tests-Caller: a.py%3A7\nConnection: close\n\n"

    async def story() -> tuple[Answering, str]:
        upstream = Answering()
        async with rig(upstream) as proxy:
            await proxy.ask(raw.replace("\n", "\r\n").encode())
            return upstream, proxy.heard[0].exchange.caller

    upstream, caller = run(story())
    assert (len(upstream.lines), caller) == (2, "a.py:7")


@pytest.mark.parametrize(
    ("framing", "sent", "arrives"),
    [
        ("Content-Length: 5", b"a\r\nbc", b"a\r\nbc"),
        ("Transfer-Encoding: chunked", b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abc"),
    ],
)
def test_a_body_arrives_framed_as_it_was_sent(framing: str, sent: bytes, arrives: bytes) -> None:
    async def story() -> bytes:
        upstream = Answering()
        async with rig(upstream) as proxy:
            head = f"POST /a HTTP/1.1\r\nHost: x\r\n{framing}\r\nConnection: close\r\n\r\n"
            await proxy.ask(head.encode() + sent)
        assert framing in upstream.lines
        return upstream.requests[0].partition(b"\r\n\r\n")[2]

    assert arrives in run(story())


def test_an_answer_arrives_with_its_headers_as_they_were_spelt() -> None:
    raw = b"HTTP/1.1 418 Odd\r\nX-bB: 1\r\nSet-Cookie: a=1\r\nset-cookie: b\r\nContent-Length: 2"
    _, got = run(asked("GET / HTTP/1.1\nHost: x\nConnection: close\n\n", raw + b"\r\n\r\nhi"))
    lines = got.split(b"\r\n")
    assert lines[0].startswith(b"HTTP/1.1 418")
    assert lines[1:5] == [b"X-bB: 1", b"Set-Cookie: a=1", b"set-cookie: b", b"content-length: 2"]
    assert got.endswith(b"hi")


def test_a_compressed_body_passes_as_it_is() -> None:
    body = gzip.compress(b"{}")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    _, got = run(asked("GET / HTTP/1.1\nHost: x\nConnection: close\n\n", head + body))
    assert got.endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
def test_answers_that_have_no_body_are_passed_on(status: str) -> None:
    answer = f'HTTP/1.1 {status}\r\nETag: "1"\r\n\r\n'.encode()
    _, got = run(asked("GET / HTTP/1.1\nHost: x\nConnection: close\n\n", answer))
    assert b'ETag: "1"' in got
    assert b"ransfer-" not in got
    assert got.endswith(b"\r\n\r\n")


def test_head_keeps_the_length_of_what_is_not_sent() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
    _, got = run(asked("HEAD / HTTP/1.1\nHost: x\nConnection: close\n\n", answer))
    assert b"content-length: 500" in got
    assert got.endswith(b"\r\n\r\n")


def test_an_early_hint_is_passed_on() -> None:
    answer = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK
    _, got = run(asked("GET / HTTP/1.1\nHost: x\nConnection: close\n\n", answer))
    assert got.startswith(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200")


def test_a_body_that_the_upstream_refuses_is_never_asked_for() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")

    async def story() -> bytes:
        async with rig(refuse) as proxy:
            return await proxy.ask(
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
            )

    got = run(story())
    assert got.startswith(b"HTTP/1.1 417")
    assert b"100 Continue" not in got


def test_a_body_that_the_upstream_wants_is_asked_for() -> None:
    async def want(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = await reader.readexactly(4)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + body)

    async def story() -> bytes:
        async with rig(want) as proxy:
            reader, writer = await proxy.dial()
            writer.write(
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n"
                b"Connection: close\r\n\r\n"
            )
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"body")
            return await reader.read()

    assert run(story()).endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize("count", [2, 5])
def test_one_connection_serves_many_requests(count: int) -> None:
    async def story() -> int:
        upstream = Answering()
        async with rig(upstream) as proxy:
            reader, writer = await proxy.dial()
            for _ in range(count):
                writer.write(b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
                assert (await reader.readuntil(b"{}")).startswith(b"HTTP/1.1 200")
        return upstream.connections

    assert run(story()) == 1


def test_a_large_answer_is_not_held_in_memory() -> None:
    """The upstream is never far ahead of a client that reads as it likes."""
    size, chunk, sent, ahead = 48 * 2**20, b"x" * 2**16, 0, 0

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        while sent < size:
            writer.write(chunk)
            sent += len(chunk)
            await writer.drain()

    async def story() -> int:
        nonlocal ahead
        got = 0
        async with rig(send) as proxy:
            reader, writer = await proxy.dial()
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            while chunk := await reader.read(2**16):
                got += len(chunk)
                ahead = max(ahead, sent - got)
            assert proxy.heard[0].answer_cut
        return got

    assert run(story()) == size
    # What the kernel holds on two connections, and a little of ours.
    assert ahead < 32 * 2**20


def test_a_large_request_is_passed_on_whole() -> None:
    size, arrived = 24 * 2**20, 0

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived
        await reader.readuntil(b"\r\n\r\n")
        while arrived < size:
            arrived += len(await reader.read(2**16))
        writer.write(OK)

    async def story() -> bytes:
        async with rig(count) as proxy:
            reader, writer = await proxy.dial()
            head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\nConnection: close"
            writer.write(head.encode() + b"\r\n\r\n")
            for _ in range(size // 2**16):
                writer.write(b"y" * 2**16)
                await writer.drain()
            got = await reader.read()
            assert proxy.heard[0].request_cut
            return got

    assert run(story()).startswith(b"HTTP/1.1 200")
    assert arrived == size
