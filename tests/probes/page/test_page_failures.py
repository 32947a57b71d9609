"""How a page can fail, and that each way is a failure with its phase and no exception."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
import trustme
from page_browser import browse, limited, lookup_of
from page_server import Served, serving
from peers import needs

from probes import FailureKind, LiveNetwork, ProbeError, TargetPolicy
from probes.browser import BrowserFailed, BrowserSettings
from probes.page import PagePlan, PageResult

pytestmark = pytest.mark.slow

ROUTES = {
    "/": {"body": "<h1>x</h1>"},
    "/silent": {"silent": True},
    "/broken": {"broken": True, "close": True},
    "/gone": {"status": 410, "body": "<h1>gone</h1>"},
    "/slow-part": {"body": "<h1>x</h1><img src=/silent>"},
    "/loop": {"status": 302, "headers": {"Location": "/loop"}},
    "/file": {"headers": {"Content-Disposition": "attachment; filename=a"}, "body": "x"},
    "/nothing": {"status": 204},
    "/large": {"body": "<script src=/body></script>"},
    "/body": {"type": "text/javascript", "pad": 300_000},
    "/many": {"body": "<img src=/1><img src=/2><img src=/3><img src=/4><img src=/5>"},
    "/busy": {"body": "<h1>x</h1><script>for (;;) ;</script>"},
    "/private": {"body": "<h1>in</h1><img src=/picture>", "login": "ada:se/cr:et"},
    "/picture": {"login": "ada:se/cr:et", "type": "image/png"},
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Served:
    with serving(tmp_path_factory.mktemp("failures"), ROUTES) as server:
        yield server


def plan_of(url: str, timeout_s: float = 20, **settings: Any) -> PagePlan:
    return PagePlan(url, timeout_s=timeout_s, quiet_s=0.2, browser=BrowserSettings(**settings))


def load(url: str, **settings: Any) -> PageResult:
    plan = plan_of(url, **settings)
    return browse(plan, lookup=lookup_of({"page.test": ["127.0.0.1"]}, []))


CASES: dict[str, tuple[dict[str, Any], tuple[FailureKind, str], str]] = {
    "/silent": ({"timeout_s": 2}, (FailureKind.TIMEOUT, "wait"), "within 2 s"),
    "/slow-part": ({"timeout_s": 2}, (FailureKind.TIMEOUT, "load"), "within 2 s"),
    "/busy": ({"timeout_s": 2}, (FailureKind.TIMEOUT, "load"), "within 2 s"),
    "/broken": ({}, (FailureKind.RESET, "wait"), "without a word"),
    "/gone": ({}, (FailureKind.STATUS, "wait"), "status 410"),
    "/loop": ({}, (FailureKind.PROTOCOL, "redirect"), "redirects do not end"),
    "/file": ({}, (FailureKind.CONTENT, "load"), "no page"),
    "/nothing": ({}, (FailureKind.CONTENT, "load"), "no page"),
    "/large": ({"most_bytes": 100_000}, (FailureKind.CONTENT, "load"), "most_bytes"),
    "/many": ({"most_requests": 4}, (FailureKind.CONTENT, "load"), "most_requests"),
    "/private": ({}, (FailureKind.AUTHENTICATION, "wait"), "login was not accepted"),
}


@pytest.fixture(scope="module")
def outcomes(served: Served) -> dict[str, PageResult]:
    """Load them all, as many at once as one network lets go."""
    needs("chromium")

    async def run() -> list[PageResult]:
        network = LiveNetwork(TargetPolicy())
        plans = [plan_of(served.url(path), **case[0]) for path, case in CASES.items()]
        return await asyncio.gather(*map(network.measure, plans))

    return dict(zip(CASES, limited(run(), 180), strict=True))


@pytest.mark.parametrize("path", CASES)
def test_a_page_fails_in_a_phase(outcomes: dict[str, PageResult], path: str) -> None:
    result, (_, failure, clue) = outcomes[path], CASES[path]
    assert (result.failure.kind, result.failure.phase) == failure
    assert clue in result.failure.message
    assert not result.ok


@pytest.mark.parametrize("path", ["/silent", "/slow-part", "/loop", "/nothing"])
def test_what_was_not_reached_has_no_time(outcomes: dict[str, PageResult], path: str) -> None:
    assert (outcomes[path].load_ms, outcomes[path].time_ms) == (None, None)
    if path != "/slow-part":
        assert outcomes[path].first_contentful_paint_ms is None


def test_a_refused_connection_is_a_failure() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        result = load(f"http://127.0.0.1:{port}/")
    assert (result.failure.kind, result.failure.phase) == (FailureKind.REFUSED, "connect")
    assert str(port) in result.failure.message


def test_a_login_goes_to_the_origin_that_asks_and_into_no_result(served: Served) -> None:
    result = load(served.url("/private"), username="ada", password="se/cr:et")
    assert (result.status, result.errors) == (200, 0)
    assert "se/cr" not in str(result)
    assert "cr%3Aet" not in str(result)


def test_a_browser_that_does_not_start_is_an_error(tmp_path: Path) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    plan = PagePlan("http://127.0.0.1:9/", browser=BrowserSettings(program=str(program)))
    with pytest.raises(BrowserFailed, match="at once with exit status 3") as raised:
        limited(LiveNetwork(TargetPolicy()).measure(plan))
    assert issubclass(BrowserFailed, ProbeError)
    assert "--disable" not in str(raised.value)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def secure(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Served:
    place = tmp_path_factory.mktemp("tls")
    own = authority.issue_cert("page.test")
    own.private_key_pem.write_to_path(place / "key.pem")
    with (place / "cert.pem").open("wb") as chain:
        for blob in own.cert_chain_pems:
            chain.write(blob.bytes())
    authority.cert_pem.write_to_path(place / "ca.pem")
    pair = (place / "cert.pem", place / "key.pem")
    with serving(place / "server", ROUTES, pair) as server:
        yield server


def test_a_certificate_that_nobody_vouches_for_is_a_failure(secure: Served) -> None:
    result = load(secure.url("/", "page.test"))
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TLS, "tls")
    assert "ERR_CERT_AUTHORITY_INVALID" in result.failure.message


@pytest.mark.parametrize("how", ["insecure", "authority"])
def test_tls_has_a_time_of_its_own(secure: Served, how: str) -> None:
    ca = str(secure.log.parent.parent / "ca.pem")
    settings = {"verify_tls": False} if how == "insecure" else {"ca_file": ca}
    result = load(secure.url("/", "page.test"), **settings)
    assert result.failure is None
    assert result.tls_ms > 0
    assert result.dns_ms > 0
    assert result.as_har()["log"]["entries"][0]["timings"]["ssl"] == pytest.approx(
        result.tls_ms, abs=0.001
    )


def test_an_authority_vouches_for_no_other_name(secure: Served) -> None:
    ca = str(secure.log.parent.parent / "ca.pem")
    result = load(secure.url("/"), ca_file=ca)
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TLS, "tls")
