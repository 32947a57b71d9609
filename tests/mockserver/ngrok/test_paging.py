"""Pages: complete and without repeats, whatever their size, and while sessions come to an end."""

from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.anyio
Row = dict[str, Any]


async def walk(client: Any, path: str, key: str) -> list[list[str]]:
    """Follow `next_page_uri` to the end; return the ids of each page."""
    pages, uri = [], path
    while uri:
        page = (await client.get(uri)).json()
        pages.append([row["id"] for row in page[key]])
        uri = page["next_page_uri"]
    return pages


@pytest.mark.parametrize("limit", [1, 2, 5, 36, 37, 38, 100])
async def test_pages_of_any_size_hold_every_session_once(
    client: Any, sessions: list[Row], limit: int
) -> None:
    pages = await walk(client, f"/app/sessions?limit={limit}", "application_sessions")
    assert list(chain.from_iterable(pages)) == [session["id"] for session in sessions]
    assert all(len(page) == limit for page in pages[:-1])
    assert pages[-1]


async def test_users_are_paged_in_the_same_way(client: Any, users: list[Row]) -> None:
    pages = await walk(client, "/app/users?limit=3", "application_users")
    assert list(chain.from_iterable(pages)) == [user["id"] for user in users]


async def test_without_a_limit_a_page_holds_a_hundred(client: Any, sessions: list[Row]) -> None:
    assert len(sessions) == 37
    page = (await client.get("/app/sessions")).json()
    assert page["next_page_uri"] is None


async def test_the_next_page_begins_below_the_last_of_this_one(client: Any) -> None:
    page = (await client.get("/app/sessions?limit=4")).json()
    last = page["application_sessions"][-1]["id"]
    assert page["next_page_uri"] == f"{page['uri']}?before_id={last}&limit=4"


async def test_the_uri_of_a_page_is_the_list_without_a_query(client: Any) -> None:
    page = (await client.get("/app/sessions?limit=4")).json()
    assert page["uri"] == "http://127.0.0.1:8080/ngrok/app/sessions"


LOWEST, HIGHEST = "as_" + "0" * 27, "as_" + "z" * 27


@pytest.mark.parametrize(("before", "count"), [("", 37), (HIGHEST, 37), (LOWEST, 0)])
async def test_before_an_id_that_is_not_there_the_page_begins_where_it_would_be(
    client: Any, before: str, count: int
) -> None:
    page = (await client.get(f"/app/sessions?before_id={before}")).json()
    assert len(page["application_sessions"]) == count


@pytest.mark.parametrize("before", ["null", "as_", "A", "au_" + "0" * 27])
async def test_what_cannot_be_an_id_is_no_cursor(client: Any, before: str) -> None:
    answer = await client.get(f"/app/sessions?before_id={before}")
    assert (answer.status_code, answer.json()["error_code"]) == (400, "ERR_NGROK_223")


@given(limit=st.integers(1, 10), ends=st.lists(st.sets(st.integers(0, 36), max_size=4)))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
async def test_deletions_in_between_neither_repeat_nor_hide_a_session(
    house: Any, limit: int, ends: list[set[int]]
) -> None:
    seen: list[str] = []
    gone: list[str] = []
    async with house.client() as client:
        await client.post("http://127.0.0.1:8080/__mock/reset")
        (everything,) = await walk(client, "/app/sessions", "application_sessions")
        uri: str | None = f"/app/sessions?limit={limit}"
        while uri:
            page = (await client.get(uri)).json()
            seen += [session["id"] for session in page["application_sessions"]]
            uri = page["next_page_uri"]
            for number in ends.pop() if ends else ():
                await client.delete(f"/app/sessions/{everything[number]}")
                gone.append(everything[number])
    assert seen == [id_ for id_ in everything if id_ in seen or id_ not in gone]
