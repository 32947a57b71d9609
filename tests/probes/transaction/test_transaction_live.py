"""Journeys in Chromium through a small shop: steps, their times, and how they fail."""

from __future__ import annotations

import json
import re
import socket
from typing import Any

import jsonschema_rs
import pytest
from page_browser import browse, limited
from page_har import HAR
from page_server import Served, serving
from peers import needs

from probes import Failure, FailureKind, Gate, TargetPolicy
from probes.browser.admission import admitted
from probes.browser.session import browsing
from probes.transaction import TransactionResult, parse_script
from probes.transaction.course import Stage
from probes.transaction.probe import attempt

pytestmark = pytest.mark.slow

FORM = """<title>Shop</title><form action=/hello><input id=user name=user>
<select id=size name=size><option value=s>Small<option value=l>Large</select>
<button>Log in</button></form><button id=hidden style="display:none">H</button>
<a href=http://192.0.2.9/>away</a> <a href=/later>later</a>"""
LATER = """<title>Later</title><p id=p></p><script>
setTimeout(() => { document.getElementById("p").textContent = "Here at last"; }, 300)</script>"""
ROUTES = {
    "/": {"body": FORM},
    "/hello": {"body": "<title>Hi</title><h1>Hello, {query}</h1>", "delay_ms": 150},
    "/later": {"body": LATER},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    with serving(tmp_path_factory.mktemp("shop"), ROUTES) as server:
        yield server


def go(served: Served, *steps: dict[str, Any], **top: Any) -> TransactionResult:
    top = {"timeout_s": 30, "step_timeout_s": 15} | top
    return browse(parse_script({"url": served.url("/"), "steps": list(steps), **top}))


@pytest.fixture(scope="module")
def result(served: Served) -> TransactionResult:
    return go(
        served,
        {"name": "open", "goto": "/"},
        {"name": "begin", "marker_start": "login"},
        {"name": "user", "fill": "#user", "value": "ad"},
        {"name": "more", "type": "#user", "text": "a"},
        {"name": "size", "select": "#size", "value": "Large"},
        {"name": "log in", "click": "text=Log in"},
        {"name": "end", "marker_end": "login"},
        {"name": "greeting", "assert_text": "Hello, user=ada&size=l", "selector": "h1"},
        {"name": "title", "assert_title": "Hi"},
        {"name": "picture", "screenshot": True},
        {"name": "home", "back": True},
        {"name": "link", "click": "text=later"},
        {"name": "address", "wait_for_url": "/later"},
        {"name": "words", "wait_for_text": "Here at last"},
        {"name": "element", "wait_for_selector": "#p"},
        {"name": "again", "reload": True},
        {"name": "heading", "wait_for_title": "Later"},
        {"name": "over", "hover": "#p"},
        {"name": "key", "press": "Tab"},
        {"name": "rest", "pause": 0.2},
    )


def step(result: TransactionResult, name: str) -> Any:
    return next(step for step in result.steps if step.name == name)


def test_every_step_is_done_and_timed(result: TransactionResult) -> None:
    assert result.failure is None
    assert (result.ok, result.completed, result.planned) == (True, 20, 20)
    assert all(step.duration_ms >= 0 for step in result.steps)
    assert sum(step.duration_ms for step in result.steps) <= result.total_ms


def test_a_step_that_leads_to_a_page_lasts_until_that_has_loaded(
    result: TransactionResult, served: Served
) -> None:
    assert step(result, "log in").duration_ms >= 150
    assert step(result, "log in").url == served.url("/hello?user=ada&size=l")
    assert step(result, "words").duration_ms + step(result, "link").duration_ms >= 300
    assert step(result, "rest").duration_ms >= 200


def test_a_marker_covers_its_steps(result: TransactionResult) -> None:
    (marker,) = result.markers
    covered = sum(step(result, name).duration_ms for name in ("user", "more", "size", "log in"))
    assert marker.name == "login"
    assert covered <= marker.duration_ms <= covered + 50


def test_components_belong_to_their_pages(result: TransactionResult) -> None:
    paths = [(part.page, part.url.split("/", 3)[3]) for part in result.components]
    shown = [(page, path) for page, path in paths if path != "favicon.ico"]
    assert shown[:2] == [(0, ""), (1, "hello?user=ada&size=l")]
    assert len(result.views) == len({page for page, _ in shown})
    jsonschema_rs.validate(HAR, json.loads(json.dumps(result.as_har())))


def test_a_picture_belongs_to_its_step(result: TransactionResult) -> None:
    assert step(result, "picture").screenshot.png[:4] == b"\x89PNG"
    assert step(result, "open").screenshot is None


FAILING = {
    "absent": ({"click": "#none"}, "an element '#none' .* there is none at http"),
    "hidden": ({"click": "#hidden"}, "there is one, not visible"),
    "text": ({"wait_for_text": "Bye"}, "the text 'Bye' .* shows 'Small"),
    "title": ({"wait_for_title": "Bye"}, "with the title 'Shop'"),
    "said": ({"assert_text": "Bye"}, "expected the text 'Bye' in 'body'; found 'Small"),
    "called": ({"assert_title": "Bye"}, "the title 'Bye'; found 'Shop'"),
    "nowhere": ({"assert_text": "Bye", "selector": "#none"}, "there is no such element"),
    "key": ({"press": "NoSuchKey"}, "NoSuchKey"),
    "selector": ({"click": "css=["}, "could not do it"),
    "away": ({"click": "text=away"}, r"--allow-target 192\.0\.2\.9/32"),
    "status": ({"goto": "/none"}, "status 404"),
}
KINDS = {
    **dict.fromkeys(("absent", "hidden", "text", "title"), FailureKind.TIMEOUT),
    **dict.fromkeys(("said", "called", "nowhere", "key", "selector"), FailureKind.CONTENT),
    "away": FailureKind.NOT_ALLOWED,
    "status": FailureKind.STATUS,
}


@pytest.fixture(scope="module")
def failures(served: Served) -> dict[str, Failure]:
    """Attempt one wrong step after the other in one browser, those that lead away last."""
    steps = [{"goto": "/"}, *({"name": n, **step} for n, (step, _) in FAILING.items())]
    plan = parse_script({"url": served.url("/"), "steps": steps})

    async def run() -> dict[str, Failure]:
        gate = Gate(TargetPolicy())
        admission, _ = await admitted(plan.address, gate, plan.browser)
        async with browsing(plan.browser, gate, admission) as session:
            stage = Stage(session, plan, 0.0, patience_s=15)
            assert await attempt(stage, plan.steps[0]) is None
            stage.patience_s = 0.3
            said = {step.name: await attempt(stage, step) for step in plan.steps[1:-2]}
            stage.patience_s = 15
            return said | {step.name: await attempt(stage, step) for step in plan.steps[-2:]}

    needs("chromium")
    return limited(run())


@pytest.mark.parametrize("name", FAILING)
def test_a_failing_step_says_what_was_expected_and_found(
    failures: dict[str, Failure], name: str
) -> None:
    failure, (_, clue) = failures[name], FAILING[name]
    assert (failure.kind, failure.phase) == (KINDS[name], name)
    assert re.search(clue, failure.message), failure.message
    assert failure.message.startswith(f"Step {name!r}: ")


def test_the_first_failing_step_ends_the_journey(served: Served) -> None:
    """Here it is the limit of the whole journey that it meets."""
    steps = ({"goto": "/"}, {"pause": 1}, {"name": "late", "wait_for_text": "Bye"}, {"back": True})
    result = go(served, *steps, timeout_s=2, screenshot_on_failure=True)
    assert (result.ok, result.failed_step, result.failure.phase) == (False, "late", "late")
    assert result.failure.kind is FailureKind.TIMEOUT
    assert (result.completed, len(result.steps), result.total_ms) == (2, 3, None)
    assert result.steps[-1].duration_ms is None
    assert result.steps[-1].screenshot.png[:4] == b"\x89PNG"


def test_a_first_step_that_finds_nobody_fails_as_a_page_does() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        result = browse(parse_script({"url": url, "steps": [{"name": "open", "goto": "/"}]}))
    assert (result.failure.kind, result.failure.phase) == (FailureKind.REFUSED, "open")
