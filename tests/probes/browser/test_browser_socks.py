"""The bytes of SOCKS 5: what is understood, and that nothing else does harm."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.browser.socks import Reply, SocksError, read_greeting, read_request


def fed(read: Callable[[asyncio.StreamReader], Awaitable[Any]], content: bytes) -> Any:
    async def run() -> Any:
        reader = asyncio.StreamReader()
        reader.feed_data(content)
        reader.feed_eof()
        return await read(reader)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"\5\1\0\3\7foo.bar\1\xbb", ("foo.bar", 443)),
        (b"\5\1\0\1\x7f\0\0\1\0\x50", ("127.0.0.1", 80)),
        (b"\5\1\0\4" + bytes(15) + b"\1\x1f\x90", ("::1", 8080)),
        (b"\5\1\0\3\5[::1]\0\x50", ("[::1]", 80)),
    ],
)
def test_a_request_names_a_host_and_a_port(content: bytes, where: tuple[str, int]) -> None:
    assert fed(read_request, content) == where


@pytest.mark.parametrize(
    "content",
    [b"\4\1\0\1", b"\5\2\0\1", b"\5\1\0\2", b"\5\1\0\3\1\xff\0\0", b"\5\1\0\1\x7f", b""],
)
def test_what_is_no_connect_request_is_an_error(content: bytes) -> None:
    with pytest.raises(SocksError):
        fed(read_request, content)


def test_a_greeting_must_offer_to_do_without_a_login() -> None:
    assert fed(read_greeting, b"\5\2\2\0") is None
    with pytest.raises(SocksError):
        fed(read_greeting, b"\5\1\2")


@given(st.binary(max_size=300))
def test_garbage_raises_the_one_error_or_is_a_request(content: bytes) -> None:
    for read in (read_greeting, read_request):
        with suppress(SocksError):
            fed(read, content)


def test_an_answer_has_ten_bytes() -> None:
    assert Reply.NOT_ALLOWED.encoded() == b"\5\2\0\1\0\0\0\0\0\0"
