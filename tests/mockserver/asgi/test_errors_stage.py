"""The outermost stage: every exception becomes the vendor's own body, and is sent as HTTP asks."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mockserver.core.errors import Conflict, InsufficientStorage, NotFound
from mockserver.core.rate_limit import FixedWindow, Quota
from mockserver.core.sqlite_store import SqliteStore, SqliteTransaction

pytestmark = pytest.mark.anyio


async def fine(backend: Any) -> dict[str, str]:
    return {"a": "ä"}


async def taken(backend: Any) -> None:
    raise Conflict("taken", headers={"Retry-After": "3"})


async def broken(backend: Any) -> None:
    raise ZeroDivisionError("secret detail")


async def gone(backend: Any) -> None:
    """Answer with nothing."""


@pytest.fixture
async def toy(serve: Any, op: Any) -> Any:
    nothing = {"204": {"description": ""}}
    paths = {
        "/fine": {"get": op("fine")},
        "/taken": {"get": op("taken")},
        "/broken": {"get": op("broken")},
        "/gone": {"get": op("gone", responses=nothing)},
    }
    return await serve(paths, fine, taken, broken, gone, headers=(("server", "toy/1"),))


async def test_an_api_error_has_its_status_body_and_headers(toy: Any) -> None:
    answer = await toy.get("/taken")
    assert answer.status_code == 409
    assert answer.json() == {"error": "taken", "violations": [], "operation": "taken"}
    assert answer.headers["retry-after"] == "3"


async def test_any_other_exception_is_a_500_without_its_text(
    toy: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await toy.get("/broken")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert answer.json()["operation"] == "broken"


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, 2**64, "\ud800"], ids=lambda value: type(value).__name__
)
async def test_an_answer_that_is_no_json_is_a_500_like_any_other(
    serve: Any, op: Any, caplog: pytest.LogCaptureFixture, value: object
) -> None:
    async def odd(backend: Any) -> Any:
        return {"value": value}

    toy = await serve({"/odd": {"get": op("odd")}}, odd)
    with caplog.at_level(logging.CRITICAL):
        answer = await toy.get("/odd")
    assert (answer.status_code, answer.json()["operation"]) == (500, "odd")


async def test_the_log_tells_what_happened(toy: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        await toy.get("/broken")
    assert "GET /toy/broken failed" in caplog.text
    assert "secret detail" in caplog.text


async def test_the_next_request_after_a_500_is_served(
    toy: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL):
        await toy.get("/broken")
    assert (await toy.get("/fine")).status_code == 200


async def test_an_error_before_routing_has_no_operation(toy: Any) -> None:
    assert (await toy.get("/nowhere")).json()["operation"] == ""


@pytest.mark.parametrize("path", ["/fine", "/taken", "/nowhere", "/gone"])
async def test_every_answer_has_the_vendors_headers(toy: Any, path: str) -> None:
    assert (await toy.get(path)).headers["server"] == "toy/1"


@pytest.mark.parametrize("path", ["/fine", "/taken", "/nowhere"])
async def test_a_body_is_json_of_the_announced_length(toy: Any, path: str) -> None:
    answer = await toy.get(path)
    assert answer.headers.get_list("content-type") == ["application/json"]
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_a_204_has_neither_type_nor_length_nor_body(toy: Any) -> None:
    answer = await toy.get("/gone")
    assert answer.status_code == 204
    assert not {"content-type", "content-length"} & set(answer.headers)
    assert answer.content == b""


@pytest.mark.parametrize("path", ["/fine", "/taken", "/nowhere"])
async def test_head_announces_what_get_sends_and_sends_nothing(toy: Any, path: str) -> None:
    got, headed = await toy.get(path), await toy.client.head(f"/toy{path}")
    assert headed.status_code == got.status_code
    assert headed.headers["content-length"] == got.headers["content-length"]
    assert headed.content == b""


async def test_every_request_has_an_id_of_its_own(serve: Any, op: Any) -> None:
    toy = await serve(
        {"/fine": {"get": op("fine")}},
        fine,
        request_id=lambda _, number, now_ms: f"r{number}-{now_ms}",
        request_id_header="x-request-id",
    )
    answers = [await toy.get(path) for path in ("/fine", "/nowhere", "/fine")]
    ids = [answer.headers["x-request-id"] for answer in answers]
    assert ids == [f"r{number}-{toy.clock.now_ms()}" for number in (1, 2, 3)]


async def test_strangers_are_told_the_limits_that_are_for_everybody(serve: Any, op: Any) -> None:
    headers = ("x-limit", "x-remaining", "x-reset")
    quotas = (
        Quota("toy", FixedWindow, 10, headers=headers, everywhere=True),
        Quota("toy-more", FixedWindow, 5, headers=("y-limit",)),
    )
    paths = {"/fine": {"get": op("fine", security=[{"key": []}])}}
    toy = await serve(paths, fine, quotas=quotas)
    answer = await toy.get("/fine", headers={"X-Key": "wrong"})
    assert (answer.headers["x-limit"], answer.headers["x-remaining"]) == ("10", "10")
    assert "y-limit" not in answer.headers


async def test_a_commit_that_fails_is_told_instead_of_the_answer(serve: Any, op: Any) -> None:
    class FullStore(SqliteStore):
        @asynccontextmanager
        async def transaction(self) -> AsyncIterator[SqliteTransaction]:
            async with super().transaction() as transaction:
                yield transaction
                raise InsufficientStorage("the disk is full")

    toy = await serve({"/fine": {"get": op("fine")}}, fine, store=FullStore())
    answer = await toy.get("/fine")
    assert (answer.status_code, answer.json()["error"]) == (507, "the disk is full")


async def test_an_error_is_worded_with_the_request_before_it_is_lost(serve: Any, op: Any) -> None:
    seen: list[Any] = []

    async def look(backend: Any, id_: str) -> None:
        raise NotFound(facts={"id": id_})

    def word(error: Any, situation: Any) -> Any:
        seen.append((error.facts, situation.operation_id))
        return {}

    path = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    paths = {"/a/{id}": {"get": op("look", parameters=[path])}}
    toy = await serve(paths, look, word_error=word)
    await toy.get("/a/7")
    assert seen == [({"id": "7"}, "look")]
