"""What a page plan refuses, before anything is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_browser import limited, lookup_of

import probes
from probes import PlanInvalid, TargetRefused, TargetUnresolvable
from probes.browser import BrowserMissing, BrowserSettings
from probes.browser.address import parse_address, without_login
from probes.page import PagePlan


@pytest.mark.parametrize(
    ("url", "clue"),
    [
        ("ftp://a/", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("javascript:alert(1)", "http:// or https://"),
        ("http://", "with a host"),
        ("http://a:99999/", "no URL"),
        ("http://[::1/", "no URL"),
        ("http://a/ b", "without blanks"),
        ("http://user:secret@a/", "username and password"),
    ],
)
def test_a_url_that_is_no_page_is_refused(url: str, clue: str) -> None:
    with pytest.raises(PlanInvalid, match=clue):
        PagePlan(url)


@pytest.mark.parametrize(
    "settings",
    [
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
        {"quiet_s": -1},
        {"most_dom": -1},
    ],
)
def test_settings_without_bounds_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid):
        PagePlan("http://a/", **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"http_version": 3},
        {"viewport": (0, 10)},
        {"headers": (("Bad Name", "x"),)},
        {"headers": (("Host", "x"),)},
        {"headers": (("X-A", "a\r\nX-B: b"),)},
        {"host_headers": (("a", "X-A", "ü"),)},
        {"most_requests": 0},
        {"most_bytes": 10**12},
        {"block": ("",)},
        {"ca_file": "/no/such/file"},
        {"program": "/no/such/browser"},
    ],
)
def test_a_browser_is_not_told_what_it_cannot_do(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid):
        BrowserSettings(**settings)


@given(st.text(max_size=60) | st.text(max_size=40).map(lambda text: f"http://{text}"))
def test_any_text_is_a_url_or_invalid(text: str) -> None:
    try:
        address = parse_address(text)
    except PlanInvalid:
        return
    assert address.host
    assert 0 <= address.port <= 65535


@given(st.text(max_size=60))
def test_credentials_are_cut_out_of_any_url(text: str) -> None:
    assert without_login(f"http://a:b@c/{text}").startswith("http://c/")


def live(url: str, **network: Any) -> Any:
    network_ = probes.LiveNetwork(probes.TargetPolicy(), **network)
    return limited(network_.measure(PagePlan(url)))


def test_a_closed_target_is_refused_before_a_browser_starts(monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(TargetRefused, match=r"--allow-target 192\.0\.2\.1/32"):
        live("http://192.0.2.1/")


def test_an_unknown_name_is_unresolvable_before_a_browser_starts(monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(TargetUnresolvable):
        live("http://unknown.test/", lookup=lookup_of({}, []))


def test_without_a_browser_the_error_says_what_to_install(monkeypatch: Any) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BrowserMissing, match="install Debian's chromium"):
        live("http://127.0.0.1:9/")


def test_plans_are_cheap_to_import() -> None:
    code = (
        "import sys, probes.page, probes.transaction, probes.cli.page, probes.cli.transaction;"
        "print({'playwright', 'cryptography', 'rich'} & set(sys.modules))"
    )
    root = Path(probes.__file__).parent.parent
    command = [sys.executable, "-c", code]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    assert ran.stdout.strip() == "set()"
