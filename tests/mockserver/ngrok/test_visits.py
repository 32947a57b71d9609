"""Sessions of real visits: begun by signing in, moved by visits, ended by any side."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.anyio
SIGN_IN, SIGN_OUT = "/_sign-in", "/_sign-out"
FORTNIGHT_S = 14 * 86_400


async def sign_in(browser: Any, name: str = "Ada Example") -> str:
    """Sign in and return the id of the session, as the page shows it."""
    answer = await browser.post(SIGN_IN, data={"name": name})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = await browser.get("/")
    assert page.status_code == 200
    return str(re.search(r'id="session">(as_\w{27})<', page.text)[1])  # type: ignore[index]


async def newest(client: Any) -> dict[str, Any]:
    page = (await client.get("/app/sessions?limit=1")).json()
    found: dict[str, Any] = page["application_sessions"][0]
    return found


async def user_of(client: Any, session: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(session["application_user"]["uri"])).json()
    return found


async def test_who_is_not_signed_in_sees_a_form_with_the_users(browser: Any, users: Any) -> None:
    page = await browser.get("/")
    assert page.status_code == 401
    assert page.text.count('type="radio"') == len(users) == 14
    assert all(user["id"] in page.text and user["email"] in page.text for user in users)


async def test_looking_at_the_form_makes_no_session(
    client: Any, browser: Any, sessions: Any
) -> None:
    await browser.get("/")
    assert (await newest(client)) == sessions[0]


async def test_signing_in_makes_the_newest_session(client: Any, browser: Any) -> None:
    id_ = await sign_in(browser)
    assert (await newest(client))["id"] == id_


async def test_a_session_tells_the_browser(client: Any, browser: Any) -> None:
    await sign_in(browser)
    assert (await newest(client))["browser_session"] == {
        "user_agent": {
            "raw": browser.headers["user-agent"],
            "browser_name": "Firefox",
            "browser_version": "142.0",
            "device_type": "Desktop",
            "os_name": "Linux",
            "os_version": "",
        },
        "ip_address": "127.0.0.1",
        "location": None,
    }


async def test_a_session_begins_now_and_lives_a_fortnight(
    house: Any, client: Any, browser: Any
) -> None:
    await house.clock.advance(3600)
    await sign_in(browser)
    session = await newest(client)
    assert session["created_at"] == session["last_active"] == "2026-01-01T01:00:00Z"
    assert session["expires_at"] == "2026-01-15T01:00:00Z"


@pytest.mark.parametrize("name", ["intranet", "grafana", "wiki", "staging", "support"])
async def test_a_session_is_at_the_endpoint_that_older_ones_are_at(
    house: Any, client: Any, sessions: Any, name: str
) -> None:
    async with house.browser(name) as browser:
        await sign_in(browser)
    session = await newest(client)
    assert session["public_url"] == f"https://{name}.example.com"
    like = next(s for s in sessions if s["public_url"] == session["public_url"])
    assert all(session[part] == like[part] for part in ("endpoint", "edge", "route"))


async def test_any_other_name_is_an_endpoint_of_an_agent(house: Any, client: Any) -> None:
    found = []
    for _ in range(2):
        async with house.browser("demo-7") as browser:
            await sign_in(browser)
        found.append(await newest(client))
    first, second = found
    assert first["public_url"] == "https://demo-7.example.com"
    assert first["endpoint"] == second["endpoint"]
    assert (first["edge"], first["route"]) == (None, None)


async def test_somebody_new_becomes_a_user(client: Any, browser: Any) -> None:
    await sign_in(browser, "  Ada   Example ")
    user = await user_of(client, await newest(client))
    assert (user["name"], user["username"], user["email"]) == ("Ada Example", "ada.example", "")
    assert user["created_at"] == user["last_login"] == user["last_active"]
    listed = (await client.get("/app/users?limit=1")).json()["application_users"]
    assert listed == [user]


async def test_an_address_makes_a_user_with_names_and_an_email(client: Any, browser: Any) -> None:
    await sign_in(browser, "Grace.Hopper@Example.com")
    user = await user_of(client, await newest(client))
    assert (user["name"], user["email"]) == ("Grace Hopper", "grace.hopper@example.com")


@pytest.mark.parametrize("key", ["id", "email", "username", "name"])
async def test_a_known_user_is_not_made_again(
    client: Any, browser: Any, users: Any, key: str
) -> None:
    await sign_in(browser, users[3][key])
    assert (await newest(client))["application_user"]["id"] == users[3]["id"]
    assert len((await client.get("/app/users")).json()["application_users"]) == len(users)


async def test_a_user_is_chosen_from_the_list(client: Any, browser: Any, users: Any) -> None:
    await browser.post(SIGN_IN, data={"user": users[5]["id"], "name": ""})
    assert (await newest(client))["application_user"]["id"] == users[5]["id"]


async def test_a_visit_moves_the_session_and_its_user(
    house: Any, client: Any, browser: Any, users: Any
) -> None:
    id_ = await sign_in(browser, users[0]["id"])
    await house.clock.advance(90)
    assert (await browser.get("/some/page?x=1")).status_code == 200
    session = (await client.get(f"/app/sessions/{id_}")).json()
    assert session["created_at"] == "2026-01-01T00:00:00Z"
    assert session["last_active"] == "2026-01-01T00:01:30Z"
    user = await user_of(client, session)
    assert user["last_active"] == "2026-01-01T00:01:30Z"
    assert user["last_login"] == "2026-01-01T00:00:00Z"


async def test_a_visit_without_a_session_moves_nothing(
    house: Any, client: Any, browser: Any
) -> None:
    id_ = await sign_in(browser)
    browser.cookies.clear()
    await house.clock.advance(90)
    assert (await browser.get("/")).status_code == 401
    session = (await client.get(f"/app/sessions/{id_}")).json()
    assert session["last_active"] == session["created_at"]


async def test_deleting_the_session_signs_the_browser_out(client: Any, browser: Any) -> None:
    id_ = await sign_in(browser)
    assert (await client.delete(f"/app/sessions/{id_}")).status_code == 204
    assert (await browser.get("/")).status_code == 401


async def test_deleting_another_session_does_not(client: Any, browser: Any, sessions: Any) -> None:
    await sign_in(browser)
    await client.delete(sessions[0]["uri"])
    assert (await browser.get("/")).status_code == 200


async def test_signing_out_ends_the_session(client: Any, browser: Any) -> None:
    id_ = await sign_in(browser)
    answer = await browser.post(SIGN_OUT)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "mock_session" not in browser.cookies
    assert (await client.get(f"/app/sessions/{id_}")).status_code == 404
    assert (await browser.get("/")).status_code == 401


async def test_signing_in_again_ends_the_session_before(client: Any, browser: Any) -> None:
    first, second = await sign_in(browser), await sign_in(browser, "Grace")
    assert (await client.get(f"/app/sessions/{first}")).status_code == 404
    assert (await newest(client))["id"] == second


async def test_a_session_ends_a_fortnight_after_signing_in(
    house: Any, client: Any, browser: Any
) -> None:
    id_ = await sign_in(browser)
    await house.clock.advance(FORTNIGHT_S - 1)
    assert (await browser.get("/")).status_code == 200
    await house.clock.advance(1)
    assert (await browser.get("/")).status_code == 401
    assert (await client.get(f"/app/sessions/{id_}")).status_code == 404


async def test_the_list_holds_those_that_have_not_expired(
    house: Any, client: Any, sessions: Any
) -> None:
    for _ in range(8):
        await house.clock.advance(2 * 86_400)
        now = f"2026-01-{1 + house.clock.now_ms() // 86_400_000 - 20_454:02d}T00:00:00Z"
        left = (await client.get("/app/sessions")).json()["application_sessions"]
        assert left == [session for session in sessions if session["expires_at"] > now]
    assert left == []


async def test_an_expired_session_cannot_be_deleted(
    house: Any, client: Any, sessions: Any
) -> None:
    await house.clock.advance(FORTNIGHT_S)
    assert (await client.delete(sessions[0]["uri"])).status_code == 404


async def test_users_stay_when_their_sessions_expire(house: Any, client: Any, users: Any) -> None:
    await house.clock.advance(FORTNIGHT_S)
    assert (await client.get("/app/users")).json()["application_users"] == users


async def test_sessions_of_one_second_are_listed_newest_first(house: Any, client: Any) -> None:
    ids = []
    for number in range(12):
        async with house.browser() as browser:
            ids.append(await sign_in(browser, f"Person {number}"))
    page = (await client.get("/app/sessions?limit=12")).json()["application_sessions"]
    assert [session["id"] for session in page] == ids[::-1]
    people = (await client.get("/app/users?limit=12")).json()["application_users"]
    assert [user["name"] for user in people] == [f"Person {n}" for n in range(11, -1, -1)]


async def test_another_account_has_endpoints_of_its_own(build: Any) -> None:
    house = await build(account={"Team.1": "team_key"})
    async with house.browser("wiki.team.1") as browser, house.client("team_key") as client:
        id_ = await sign_in(browser)
        assert (await newest(client))["id"] == id_
    async with house.client() as client:
        assert (await client.get(f"/app/sessions/{id_}")).status_code == 404


async def test_the_same_visits_get_the_same_answers(build: Any) -> None:
    told = []
    for _ in range(2):
        house = await build(seed=3)
        async with house.browser() as browser, house.client() as client:
            first = await browser.post(SIGN_IN, data={"name": "Ada"})
            pages = [await browser.get("/"), await client.get("/app/sessions")]
            told.append((first.headers["set-cookie"], [page.content for page in pages]))
    assert told[0] == told[1]


async def test_a_cookie_from_before_a_reset_opens_nothing(house: Any, browser: Any) -> None:
    await sign_in(browser)
    await house.clock.advance(1)
    async with house.client(base="http://127.0.0.1:8080") as lodge, house.browser() as another:
        await lodge.post("/__mock/reset")
        await sign_in(another, "Grace")
    assert (await browser.get("/")).status_code == 401
