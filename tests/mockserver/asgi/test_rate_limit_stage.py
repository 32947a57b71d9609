"""Calls are counted on their way in; headers count down; past the limit there is the 429."""

from typing import Any

import pytest

from mockserver.core.rate_limit import FixedWindow, Quota, RollingWindow, TokenBucket

pytestmark = pytest.mark.anyio
HEADERS = ("x-limit", "x-remaining", "x-reset")


async def look(backend: Any) -> dict[str, Any]:
    return {}


async def order(backend: Any) -> dict[str, Any]:
    return {}


@pytest.fixture
def limited(serve: Any, op: Any) -> Any:
    async def start(*quotas: Quota, **fields: Any) -> Any:
        paths = {
            "/look": {"get": op("look", security=[{"key": []}])},
            "/order": {"post": op("order", security=[{"key": []}])},
        }
        return await serve(paths, look, order, quotas=quotas, **fields)

    return start


def left(answer: Any) -> str:
    return str(answer.headers["x-remaining"])


async def test_headers_count_down(limited: Any) -> None:
    toy = await limited(Quota("toy", FixedWindow, 3, headers=HEADERS))
    answers = [await toy.get("/look") for _ in range(4)]
    assert [left(answer) for answer in answers] == ["2", "1", "0", "0"]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert {answer.headers["x-limit"] for answer in answers} == {"3"}


async def test_the_reset_is_the_end_of_the_window_in_seconds(limited: Any) -> None:
    toy = await limited(Quota("toy", FixedWindow, 3, headers=HEADERS))
    opened_s = toy.clock.now_ms() // 1000
    first = await toy.get("/look")
    await toy.clock.advance(20)
    second = await toy.get("/look")
    resets = [answer.headers["x-reset"] for answer in (first, second)]
    assert resets == [str(opened_s + 60)] * 2


async def test_a_429_says_when_to_come_back_and_that_is_true(limited: Any) -> None:
    toy = await limited(Quota("toy", RollingWindow, 1))
    await toy.get("/look")
    refused = await toy.get("/look")
    await toy.clock.advance(int(refused.headers["retry-after"]) - 1)
    assert (await toy.get("/look")).status_code == 429
    await toy.clock.advance(1)
    assert (await toy.get("/look")).status_code == 200


async def test_vendors_are_told_everything_about_a_429(limited: Any) -> None:
    seen: list[Any] = []

    def word(error: Any, situation: Any) -> Any:
        seen.append(error.facts)
        return {}

    quota = Quota("toy", TokenBucket, 2, window_s=60, costs={"look": 2})
    toy = await limited(quota, word_error=word)
    for _ in range(2):
        await toy.get("/look")
    facts = {"limit": 2, "remaining": 0, "cost": 2, "retry_after_s": 60, "window_s": 60}
    assert seen == [facts]


async def test_a_refused_call_does_not_reach_the_handler(serve: Any, op: Any) -> None:
    calls: list[int] = []

    async def count(backend: Any) -> None:
        calls.append(1)

    paths = {"/a": {"get": op("count", security=[{"key": []}])}}
    toy = await serve(paths, count, quotas=(Quota("toy", FixedWindow, 1),))
    for _ in range(3):
        await toy.get("/a")
    assert calls == [1]


async def test_a_quota_of_some_operations_leaves_the_others_alone(limited: Any) -> None:
    toy = await limited(Quota("orders", FixedWindow, 1, operations=frozenset({"order"})))
    assert [(await toy.post("/order")).status_code for _ in range(2)] == [200, 429]
    assert (await toy.get("/look")).status_code == 200


async def test_a_call_may_count_against_two_quotas(limited: Any) -> None:
    more = ("y-limit", "y-remaining", "y-reset")
    toy = await limited(
        Quota("toy", FixedWindow, 10, headers=HEADERS),
        Quota("orders", FixedWindow, 5, headers=more, operations=frozenset({"order"})),
    )
    answer = await toy.post("/order")
    assert (left(answer), answer.headers["y-remaining"]) == ("9", "4")


async def test_a_stranger_uses_nothing_up(limited: Any) -> None:
    toy = await limited(Quota("toy", FixedWindow, 2, headers=HEADERS))
    for _ in range(5):
        await toy.get("/look", headers={"X-Key": "wrong"})
    assert left(await toy.get("/look")) == "1"


async def test_a_path_that_is_not_there_uses_nothing_up(limited: Any) -> None:
    toy = await limited(Quota("toy", FixedWindow, 2, headers=HEADERS))
    await toy.get("/nowhere")
    assert left(await toy.get("/look")) == "1"


async def test_a_bad_request_is_counted(serve: Any, op: Any) -> None:
    wanted = {"name": "n", "in": "query", "required": True, "schema": {"type": "integer"}}
    paths = {"/a": {"get": op("look", security=[{"key": []}], parameters=[wanted])}}
    toy = await serve(paths, look, quotas=(Quota("toy", FixedWindow, 5, headers=HEADERS),))
    assert left(await toy.get("/a")) == "4"
    assert left(await toy.get("/a?n=1")) == "3"


async def test_without_headers_in_the_contract_none_are_sent(limited: Any) -> None:
    toy = await limited(Quota("toy", FixedWindow, 3))
    names = set((await toy.get("/look")).headers)
    assert names == {"content-type", "content-length"}
