"""How a body is read: in pieces, up to a size, and only when it is whole."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mockserver.asgi import body
from mockserver.core.errors import BadRequest, ContentTooLarge, RequestTimeout

pytestmark = pytest.mark.anyio
Bringing = Callable[..., Callable[[], Awaitable[Any]]]


async def test_pieces_are_put_together(bringing: Bringing) -> None:
    assert await body.read(bringing(b"ab", b"", b"cd"), {}) == b"abcd"


async def test_no_body_is_an_empty_one(bringing: Bringing) -> None:
    assert await body.read(bringing(b""), {}) == b""


@pytest.mark.parametrize("length", [0, 9, 10])
async def test_as_much_as_allowed_is_read(bringing: Bringing, length: int) -> None:
    assert await body.read(bringing(b"x" * length), {}, max_bytes=10) == b"x" * length


@pytest.mark.parametrize("chunks", [(b"x" * 11,), (b"x" * 6, b"x" * 6), (b"x",) * 11])
async def test_one_byte_more_is_too_much(bringing: Bringing, chunks: tuple[bytes, ...]) -> None:
    with pytest.raises(ContentTooLarge, match="longer than 10 bytes"):
        await body.read(bringing(*chunks), {}, max_bytes=10)


async def test_a_declared_length_is_believed_before_the_body_is_kept(bringing: Bringing) -> None:
    with pytest.raises(ContentTooLarge):
        await body.read(bringing(b"x"), {"content-length": "11"}, max_bytes=10)


@pytest.mark.parametrize("length", ["", "-1", "ten", "²", "1_0", "+3", "0" * 30 + "3"])
async def test_a_senseless_length_counts_for_nothing(bringing: Bringing, length: str) -> None:
    assert await body.read(bringing(b"abc"), {"content-length": length}) == b"abc"


async def test_an_astronomic_length_is_too_much(bringing: Bringing) -> None:
    with pytest.raises(ContentTooLarge):
        await body.read(bringing(b""), {"content-length": "9" * 5000})


async def test_the_rest_of_a_body_that_is_too_long_is_read_before_the_answer(
    bringing: Bringing,
) -> None:
    receive = bringing(*[b"x" * 8] * 5)
    with pytest.raises(ContentTooLarge):
        await body.read(receive, {}, max_bytes=10)
    assert (await receive())["type"] == "http.disconnect"


async def test_an_endless_body_is_given_up() -> None:
    pieces = 0

    async def endless() -> Any:
        nonlocal pieces
        pieces += 1
        return {"type": "http.request", "body": b"x" * body.MAX_BYTES, "more_body": True}

    with pytest.raises(ContentTooLarge):
        await body.read(endless, {})
    assert pieces <= body.MAX_DRAINED // body.MAX_BYTES + 1


async def test_half_a_body_is_never_taken_for_a_whole_one() -> None:
    messages = [
        {"type": "http.request", "body": b"ping=1", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def broken_off() -> Any:
        return messages.pop(0)

    with pytest.raises(BadRequest) as refused:
        await body.read(broken_off, {"content-length": "12"})
    assert refused.value.violations[0].expected == "the whole body"


async def test_a_body_that_does_not_end_in_time_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "DEADLINE_S", 0)

    async def silence() -> Any:
        await asyncio.Event().wait()

    with pytest.raises(RequestTimeout):
        await body.read(silence, {})
