"""One page with a bit of everything, loaded once in Chromium: what the result says of it."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from page_browser import browse, lookup_of
from page_har import HAR
from page_server import Served, serving

from probes import FailureKind
from probes.browser import BrowserSettings, Component
from probes.page import PagePlan, PageResult
from probes.records import as_json

PAGE = """<title>Everything</title><link rel=stylesheet href=/a.css><h1>Hello</h1>
<script src=/slow.js async></script><script src=/a.js></script>
<img src=/missing.png><img src=/ads/x.png>
<img src=http://192.0.2.9/pixel.png><img src=http://closed.test/pixel.png>
<iframe src=http://frame.test:{port}/frame></iframe>
<script>console.error("said so"); fetch("/moved")</script>"""

ROUTES = {
    "/start": {"status": 302, "headers": {"Location": "/page"}, "delay_ms": 60},
    "/page": {"body": PAGE, "delay_ms": 40},
    "/a.css": {"body": "h1 { color: red }", "type": "text/css"},
    "/a.js": {"body": "document.title += '!'", "type": "text/javascript"},
    "/slow.js": {"type": "text/javascript", "delay_ms": 120, "body": "//", "pad": 4998},
    "/frame": {"body": "<p>in a frame</p>"},
    "/moved": {"status": 301, "headers": {"Location": "/there"}},
    "/there": {"body": "{}", "type": "application/json"},
}
NAMES = {
    "page.test": ["127.0.0.1"],
    "frame.test": ["127.0.0.1"],
    "closed.test": ["192.0.2.10"],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    with serving(tmp_path_factory.mktemp("page"), ROUTES) as server:
        yield server


@pytest.fixture(scope="module")
def asked() -> list[str]:
    return []


@pytest.fixture(scope="module")
def result(served: Served, asked: list[str]) -> PageResult:
    settings = BrowserSettings(
        user_agent="tester/1",
        viewport=(800, 600),
        headers=(("X-All", "1"),),
        page_headers=(("X-Page", "2"),),
        host_headers=(("frame.test", "X-Frame", "3"),),
        block=("*/ads/*",),
    )
    plan = PagePlan(
        served.url("/start", "page.test"), timeout_s=30, screenshot=True, browser=settings
    )
    return browse(plan, lookup=lookup_of(NAMES, asked))


def component(result: PageResult, end: str) -> Component:
    return next(c for c in result.components if c.url.endswith(end))


def test_the_page_loaded(result: PageResult, served: Served) -> None:
    assert result.failure is None
    assert result.ok
    assert result.url == served.url("/page", "page.test")
    assert (result.status, result.protocol, result.address) == (200, "http/1.1", "127.0.0.1")


def test_the_moments_come_in_their_order(result: PageResult) -> None:
    moments = [
        result.redirect_ms,
        result.response_ms,
        result.dom_interactive_ms,
        result.dom_content_loaded_ms,
        result.load_ms,
    ]
    assert moments == sorted(moments)
    assert result.redirect_ms > 60
    assert result.response_ms > 100
    assert result.response_ms < result.first_contentful_paint_ms
    assert result.first_paint_ms <= result.first_contentful_paint_ms
    assert result.largest_contentful_paint_ms >= result.first_contentful_paint_ms
    assert result.time_ms == result.load_ms


def test_every_request_is_a_component(result: PageResult) -> None:
    ends = {c.url.partition("/")[2].partition("/")[2].partition("/")[2] for c in result.components}
    assert ends == {
        "start",
        "page",
        "a.css",
        "a.js",
        "slow.js",
        "missing.png",
        "ads/x.png",
        "pixel.png",
        "frame",
        "moved",
        "there",
    }
    assert result.objects == 12


def test_what_failed_is_counted_and_says_why(result: PageResult) -> None:
    kinds = {
        c.url.rpartition("/")[2] + c.url[7:11]: c.failure.kind
        for c in result.components
        if c.failure
    }
    assert kinds == {
        "missing.pngpage": FailureKind.STATUS,
        "x.pngpage": FailureKind.NOT_ALLOWED,
        "pixel.png192.": FailureKind.NOT_ALLOWED,
        "pixel.pngclos": FailureKind.NOT_ALLOWED,
    }
    assert result.errors == 4


def test_a_refused_host_is_shown_with_the_rule(result: PageResult) -> None:
    assert (
        "--allow-target 192.0.2.9/32" in component(result, "192.0.2.9/pixel.png").failure.message
    )
    assert {(r.host, r.port) for r in result.refusals if r.named_by_page} == {
        ("192.0.2.9", 80),
        ("closed.test", 80),
    }


def test_what_is_blocked_is_not_asked_for(result: PageResult, served: Served) -> None:
    assert "block list" in component(result, "x.png").failure.message
    assert served.exchanges("/ads/x.png") == []


def test_names_are_asked_for_once_and_no_others(result: PageResult, asked: list[str]) -> None:
    assert sorted(asked) == ["closed.test", "frame.test", "page.test"]


@pytest.mark.parametrize(("path", "delay_ms"), [("/slow.js", 120), ("/page", 40), ("/start", 60)])
def test_waiting_is_at_least_what_the_server_imposed(
    result: PageResult, path: str, delay_ms: float
) -> None:
    # A browser that is held up may stamp the end of its sending after the server got it.
    phases = component(result, path).phases
    assert phases.send_ms + phases.wait_ms >= delay_ms - 1


def test_the_phases_of_a_component_fill_its_time(result: PageResult) -> None:
    for part in result.components:
        assert part.phases.total_ms == pytest.approx(part.duration_ms, abs=0.5), part.url


def test_a_name_is_resolved_and_a_connection_made_once(result: PageResult) -> None:
    first, second = component(result, "/start"), component(result, "/page")
    assert first.phases.dns_ms > 0
    assert first.phases.connect_ms > 0
    assert (second.phases.dns_ms, second.phases.connect_ms) == (None, None)
    assert component(result, "/frame").phases.dns_ms > 0


def test_sizes_are_those_that_were_sent(result: PageResult) -> None:
    slow = component(result, "/slow.js")
    assert slow.body_bytes == 5000
    assert 5000 < slow.wire_bytes < 5300
    assert result.wire_bytes == sum(c.wire_bytes for c in result.components)


def test_the_browser_says_what_it_was_told_to(result: PageResult, served: Served) -> None:
    (page,), (frame,) = served.exchanges("/page"), served.exchanges("/frame")
    assert page["headers"]["user-agent"] == "tester/1"
    assert [page["headers"].get(name) for name in ("x-all", "x-page", "x-frame")] == [
        "1",
        "2",
        None,
    ]
    assert [frame["headers"].get(name) for name in ("x-all", "x-page", "x-frame")] == [
        "1",
        None,
        "3",
    ]


def test_a_redirect_says_where_to(result: PageResult, served: Served) -> None:
    assert component(result, "/moved").redirect_url.endswith("/there")
    assert component(result, "/start").status == 302


def test_the_document_and_its_words_are_kept(result: PageResult) -> None:
    assert result.document.title == "Everything!"
    assert "<h1>Hello</h1>" in result.document.html
    assert "error: said so" in result.console


def test_the_screenshot_is_a_picture_of_the_window(result: PageResult) -> None:
    png = result.screenshot.png
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(png[i : i + 4], "big") for i in (16, 20)] == [800, 600]
    assert json.loads(as_json(result))["screenshot"].startswith("data:image/png;base64,")


def test_the_har_is_valid(result: PageResult) -> None:
    har = result.as_har()
    jsonschema_rs.validate(HAR, json.loads(json.dumps(har)))
    assert len(har["log"]["entries"]) == result.objects
    assert {entry["timings"]["ssl"] for entry in har["log"]["entries"]} == {-1}
