"""A real browser at a real port: Chromium signs in, is listed, is thrown out."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from peers import needs
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from contract_tests.target import StandIn, stand_in

pytestmark = pytest.mark.slow
KEY = {"Authorization": "Bearer mock_ngrok_key", "Ngrok-Version": "2"}
LIMIT_S = 25.0


@pytest.fixture(scope="module")
def house() -> Iterator[StandIn]:
    with stand_in(vendor=("ngrok",)) as house:
        yield house


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    (program,) = needs("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, chromium_sandbox=os.geteuid() != 0
        )
        yield browser
        browser.close()


@dataclass
class Lab:
    """A stand-in, and a fresh profile of a browser in front of it."""

    house: StandIn
    context: BrowserContext

    def at(self, name: str, path: str = "/") -> str:
        return f"http://{name}.ngrok.localhost:{self.house.url.rpartition(':')[2]}{path}"

    def sessions(self) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.house.url}/ngrok/app/sessions", headers=KEY, timeout=20)
        found: list[dict[str, Any]] = answer.json()["application_sessions"]
        return found

    def read(self, id_: str) -> requests.Response:
        return self.ask("GET", id_)

    def ask(self, method: str, id_: str) -> requests.Response:
        url = f"{self.house.url}/ngrok/app/sessions/{id_}"
        return requests.request(method, url, headers=KEY, timeout=20)

    def wait(self, seconds: float) -> None:
        """Move the stand-in's clock."""
        moved = asyncio.run_coroutine_threadsafe(
            self.house.clock.advance(seconds), self.house.loop
        )
        moved.result(20)

    def signed_in(self, name: str = "wiki") -> tuple[Page, str]:
        """Sign in with the form; return the page and the id of the session that it shows."""
        page = self.context.new_page()
        page.goto(self.at(name))
        page.get_by_label("Somebody else").fill("Ada Example")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("You are signed in as").wait_for()
        return page, page.locator("#session").inner_text()


@pytest.fixture
def lab(house: StandIn, chromium: Browser) -> Iterator[Lab]:
    context = chromium.new_context()
    context.set_default_timeout(LIMIT_S * 1000)
    yield Lab(house, context)
    context.close()


def test_a_browser_that_signs_in_is_listed_as_it_calls_itself(lab: Lab) -> None:
    page, id_ = lab.signed_in()
    session = lab.sessions()[0]
    agent = session["browser_session"]["user_agent"]
    assert session["id"] == id_
    assert agent["raw"] == page.evaluate("navigator.userAgent")
    assert agent["browser_name"] in agent["raw"]
    assert (agent["device_type"], agent["os_name"]) == ("Desktop", "Linux")
    assert session["browser_session"]["ip_address"] in {"127.0.0.1", "::1"}


def test_choosing_from_the_list_signs_that_user_in(lab: Lab) -> None:
    page = lab.context.new_page()
    page.goto(lab.at("grafana", "/d/7?x=1"))
    choice = page.get_by_role("radio").nth(3)
    user_id = choice.get_attribute("value")
    choice.check()
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("You are signed in as").wait_for()
    assert page.url == lab.at("grafana", "/d/7?x=1")
    assert lab.sessions()[0]["application_user"]["id"] == user_id


def test_every_page_that_is_loaded_moves_last_active(lab: Lab) -> None:
    page, id_ = lab.signed_in()
    before = lab.read(id_).json()
    lab.wait(61)
    assert lab.read(id_).json() == before
    page.reload()
    after = lab.read(id_).json()
    assert after["created_at"] == before["created_at"]
    assert after["last_active"] > before["last_active"]


def test_deleting_the_session_shows_the_form_again(lab: Lab) -> None:
    page, id_ = lab.signed_in()
    assert lab.ask("DELETE", id_).status_code == 204
    page.reload()
    assert page.title() == "Sign in to wiki"


def test_the_button_signs_out(lab: Lab) -> None:
    page, id_ = lab.signed_in()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert page.title() == "Sign in to wiki"
    assert lab.read(id_).status_code == 404
    assert lab.context.cookies() == []


def test_a_session_that_has_expired_shows_the_form_again(lab: Lab) -> None:
    page, id_ = lab.signed_in()
    lab.wait(14 * 86_400)
    page.reload()
    assert page.title() == "Sign in to wiki"
    assert lab.read(id_).status_code == 404


def test_a_page_of_a_neighbour_cannot_use_the_browsers_session(lab: Lab) -> None:
    """Both are of one site to a browser, which sends the cookie along: the server must refuse."""
    _, id_ = lab.signed_in()
    page = lab.context.new_page()
    page.goto(lab.at("wiki", "/app/sessions").replace("wiki.", ""))
    with page.expect_response(lab.at("wiki", "/_sign-out")) as refused:
        page.evaluate(
            """url => { const form = document.createElement("form");
            form.method = "post"; form.action = url;
            document.body.append(form); form.submit(); }""",
            lab.at("wiki", "/_sign-out"),
        )
    assert "mock_session=" in refused.value.request.all_headers()["cookie"]
    assert refused.value.status == 403
    assert lab.read(id_).status_code == 200


def test_scripts_cannot_read_the_cookie(lab: Lab) -> None:
    page, _ = lab.signed_in()
    assert page.evaluate("document.cookie") == ""
    assert [cookie["name"] for cookie in lab.context.cookies()] == ["mock_session"]
