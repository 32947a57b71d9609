"""A session without a browser: asked of the control API, listed by the vendor's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

VISIT = {"vendor": "ngrok", "name": "wiki", "user": "ada@example.com"}
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


def tell(stand_in: Any, story: Any, **settings: Any) -> Any:
    return stand_in(story, vendor=("ngrok", "pingplotter"), **settings)


async def visit(house: Any, **fields: Any) -> httpx.Response:
    answer: httpx.Response = await house.client().post("/__mock/visits", json=VISIT | fields)
    return answer


async def newest(house: Any, **headers: str) -> dict[str, Any]:
    page = await house.client("ngrok", **headers).get("/app/sessions?limit=1")
    found: dict[str, Any] = page.json()["application_sessions"][0]
    return found


def test_a_visit_is_listed_at_once(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        made = (await visit(house)).json()
        session = await newest(house)
        assert (session["id"], session["uri"]) == (made["session_id"], made["session_uri"])
        assert session["application_user"]["id"] == made["user_id"]
        return session["public_url"]

    assert tell(stand_in, story) == "https://wiki.example.com"


def test_the_address_of_the_session_leads_to_it(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        uri = (await visit(house)).json()["session_uri"]
        return (await house.client("ngrok").get(uri)).status_code

    assert tell(stand_in, story) == 200


def test_browser_and_address_are_those_that_were_given(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        assert (await visit(house, user_agent=IPHONE, ip_address="2001:db8::7")).status_code == 201
        browser = (await newest(house))["browser_session"]
        return browser["ip_address"], browser["user_agent"]

    address, agent = tell(stand_in, story)
    assert address == "2001:db8::7"
    assert list(agent.values()) == [IPHONE, "Safari", "18.5", "Mobile", "iOS", "18.5"]


def test_without_a_browser_its_fields_are_empty(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        await visit(house)
        return (await newest(house))["browser_session"]

    browser = tell(stand_in, story)
    assert browser["ip_address"] == "127.0.0.1"
    assert set(browser["user_agent"].values()) == {""}


def test_a_visit_may_be_of_another_account(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        made = (await visit(house, account="ci")).json()
        assert (await newest(house))["id"] != made["session_id"]
        return (await newest(house, Authorization="Bearer ci_key"))["id"] == made["session_id"]

    assert tell(stand_in, story, account={"ci": "ci_key"})


def test_the_cookie_opens_the_endpoint(stand_in: Any) -> None:
    async def story(house: Any) -> Any:
        cookie = {"Cookie": (await visit(house)).json()["cookie"]}
        url = "http://wiki.ngrok.localhost:8080/"
        return (await house.client().get(url, headers=cookie)).status_code

    assert tell(stand_in, story) == 200


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"vendor": "nobody"}, 404, "no vendor named nobody: there are ngrok, pingplotter"),
        ({"vendor": "pingplotter"}, 400, "pingplotter has no endpoints to visit"),
        ({"account": "nobody"}, 404, "no account named nobody"),
        ({"name": "-"}, 400, "name is invalid"),
        ({"user": " "}, 400, "user is invalid"),
        ({"ip_address": "here"}, 400, "ip_address is invalid"),
        ({"user_agent": "x" * 2001}, 400, "user_agent is invalid"),
        ({"browser": "x"}, 400, "browser"),
    ],
)
def test_a_visit_that_cannot_be_is_refused(
    stand_in: Any, fields: dict[str, str], status: int, said: str
) -> None:
    async def story(house: Any) -> Any:
        answer = await visit(house, **fields)
        return answer.status_code, answer.json()["error"]

    code, error = tell(stand_in, story)
    assert code == status
    assert said in error
