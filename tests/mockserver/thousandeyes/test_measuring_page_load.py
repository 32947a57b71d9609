"""Page loads by Chromium from a real site, whose own log says what was asked for."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from page_server import Served, serving
from peers import needs
from te_tasks import found, measured, task

from mockserver.vendors.thousandeyes.measuring.browsing import browser_settings
from probes.errors import PlanInvalid

DELAY_MS = 150
ROUTES = {
    "/shop": {
        "body": "<title>Shop</title><script src=/app.js></script>"
        "<link rel=stylesheet href=/big.css>"
        "<img src=/none.png>",
        "delay_ms": DELAY_MS,
        "login": "ada:secret",
    },
    "/app.js": {"body": "1", "type": "text/javascript"},
    # Not a picture: a browser may leave off in the middle of one that cannot be decoded.
    "/big.css": {"body": "/*", "pad": 50_000, "type": "text/css", "delay_ms": DELAY_MS},
    "/hangs": {"body": "<title>H</title><img src=/silent>"},
    "/silent": {"silent": True},
}
LOGIN = {"authType": "BASIC", "username": "ada", "password": "secret", "userAgent": "Watcher/1"}
HEADERS = {
    "all": {"X-All": "1"},
    "root": {"X-Root": "2"},
    "domains": {"127.0.0.1": {"X-Host": "3"}},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with serving(tmp_path_factory.mktemp("site"), ROUTES) as server:
        yield server


@pytest.fixture(scope="module")
def findings(site: Served) -> Any:
    needs("chromium")
    return measured("page-load", {"url": site.url("/shop"), "customHeaders": HEADERS, **LOGIN})


@pytest.fixture(scope="module")
def entry(findings: Any) -> Any:
    (entry,) = findings["web/page-load"]
    return entry


@pytest.mark.slow
def test_a_page_load_has_all_documented_figures(entry: Any) -> None:
    assert (entry["errorType"], entry["errorDetails"]) == ("None", "")
    assert entry["numErrors"] >= 1  # the picture that is not there, perhaps an icon
    assert entry["totalSize"] > 50_000
    assert DELAY_MS <= entry["responseTime"] <= entry["domLoadTime"] <= entry["pageLoadTime"]
    assert entry["pageLoadTime"] >= 2 * DELAY_MS


@pytest.mark.slow
def test_as_many_objects_are_counted_as_were_asked_for(
    entry: Any, findings: Any, site: Served
) -> None:
    """Those that the browser names by Sec-Fetch or not at all; the other request is by hand."""
    del findings
    asked = [line for line in site.exchanges() if "x-all" in line["headers"]]
    parts = {line["path"] for line in asked} - {"/shop", "/favicon.ico"}
    assert parts == {"/app.js", "/big.css", "/none.png"}
    assert entry["numObjects"] >= 1 + len(parts)


@pytest.mark.slow
def test_the_settings_reach_the_site(findings: Any, site: Served) -> None:
    del findings
    for path in ("/app.js", "/big.css", "/none.png"):
        (sent,) = (line["headers"] for line in site.exchanges(path))
        assert (sent["x-all"], sent["x-root"], sent["x-host"]) == ("1", "2", "3")
        assert sent["user-agent"] == "Watcher/1"


@pytest.mark.slow
def test_the_login_is_given_when_the_site_asks_for_it(findings: Any, site: Served) -> None:
    """The browser is asked first; the other request brings it at once."""
    del findings
    given = ["authorization" in line["headers"] for line in site.exchanges("/shop")]
    assert given == [False, True, True]


@pytest.mark.slow
def test_the_server_and_the_network_below_are_measured_as_well(findings: Any) -> None:
    assert set(findings) == {"web/page-load", "web/http-server", "net/metrics", "net/path-vis"}
    (http,) = findings["web/http-server"]
    assert (http["responseCode"], http["errorType"]) == (200, "None")


@pytest.mark.slow
def test_a_page_that_does_not_become_complete_says_so(site: Served) -> None:
    needs("chromium")
    body = {"url": site.url("/hangs"), "networkMeasurements": 0, "pageLoadTimeLimit": 2}
    (entry,) = measured("page-load", body)["web/page-load"]
    assert entry["errorType"] == "OTHER"
    assert "not loaded within 2 s" in entry["errorDetails"]
    assert "pageLoadTime" not in entry
    assert entry["numObjects"] >= 2


@pytest.mark.slow
def test_a_site_that_is_down_is_a_result(site: Served) -> None:
    del site
    needs("chromium")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
        findings = measured("page-load", {"url": url, "networkMeasurements": 0})
    (entry,), (http,) = findings["web/page-load"], findings["web/http-server"]
    assert (entry["errorType"], http["errorType"]) == ("CONNECT", "CONNECT")
    assert "pageLoadTime" not in entry


def simulate(seed: int, body: dict[str, Any], type_: str = "page-load") -> Any:
    findings, origins = asyncio.run(found(task(type_, body), seed=seed))
    assert origins == ["simulated"]
    return findings


def test_a_simulated_page_load_is_the_same_for_the_same_seed() -> None:
    body = {"url": "https://www.example.com/"}
    first, again, other = (simulate(seed, body) for seed in (1, 1, 2))
    assert first == again != other
    (entry,) = first["web/page-load"]
    assert entry["responseTime"] <= entry["domLoadTime"] <= entry["pageLoadTime"]
    assert entry["errorType"] == "None"


def test_a_url_without_a_scheme_is_one_of_http() -> None:
    assert simulate(1, {"url": "www.example.com"})["web/page-load"][0]["errorType"] == "None"


@pytest.mark.parametrize("choices", [{"url": "http://"}, {"customHeaders": {"all": {"a b": "1"}}}])
def test_what_cannot_be_measured_is_a_result_that_says_why(choices: dict[str, Any]) -> None:
    body = {"url": "http://127.0.0.1:9/", "networkMeasurements": 0, **choices}
    findings, _ = asyncio.run(found(task("page-load", body)))
    (entry,) = findings["web/page-load"]
    assert entry["errorType"] == "OTHER"
    assert entry["errorDetails"]


def test_settings_become_those_of_the_browser() -> None:
    body = {"url": "http://x/", "verifyCertificate": 0, "httpVersion": 1, **LOGIN}
    told = browser_settings(task("page-load", body))
    assert (told.verify_tls, told.http_version, told.user_agent) == (False, 1, "Watcher/1")
    assert (told.username, told.password) == ("ada", "secret")


def test_without_basic_authentication_no_login_is_sent() -> None:
    body = {"url": "http://x/", **LOGIN, "authType": "NONE"}
    assert browser_settings(task("page-load", body)).username is None


@pytest.mark.parametrize("scheme", ["NTLM", "KERBEROS"])
def test_a_login_that_the_browser_is_not_taught_is_refused(scheme: str) -> None:
    with pytest.raises(PlanInvalid, match=f"authType {scheme} is not measured here"):
        browser_settings(task("page-load", {"url": "http://x/", **LOGIN, "authType": scheme}))
