"""User-Agent headers: read alike for visitors and in the seeded world, and never a trap."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.vendors.ngrok.browsers import BROWSERS, described
from mockserver.vendors.ngrok.user_agents import MAX_LENGTH, read_user_agent

SEEDED = [
    pytest.param(
        described(browser, version, os_version), id=f"{browser.name}-{version}-{os_version}"
    )
    for browser in BROWSERS
    for version, os_version in itertools.product(browser.versions, browser.os_versions)
]
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"


def told(header: str) -> tuple[str, ...]:
    """Return name and version of the browser, the device, name and version of the system."""
    fields = read_user_agent(header)
    assert fields.pop("raw") == header
    assert list(fields) == [
        "browser_name",
        "browser_version",
        "device_type",
        "os_name",
        "os_version",
    ]
    return tuple(fields.values())


@pytest.mark.parametrize("seeded", SEEDED)
def test_a_seeded_header_is_read_as_its_seeded_fields(seeded: dict[str, Any]) -> None:
    assert read_user_agent(seeded["raw"]) == seeded


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/149.0.0.0 Safari/537.36",
            ("HeadlessChrome", "149.0.0", "Desktop", "Linux", ""),
        ),
        (
            f"Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) {SAFARI}",
            ("Safari", "17.5", "Tablet", "iOS", "17.5"),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-X910) {WEBKIT} Chrome/138.0.0.0 Safari/537.36",
            ("Chrome", "138.0.0.0", "Tablet", "Android", "14"),
        ),
        (
            "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
            ("Firefox", "140.0", "Mobile", "Android", "14"),
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/138.0.0.0 Safari/537.36",
            ("Chrome", "138.0.0.0", "Desktop", "Chrome OS", "14541.0.0"),
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1)", ("Googlebot", "2.1", "", "", "")),
        ("curl/8.14.1", ("curl", "8.14.1", "", "", "")),
    ],
)
def test_a_header_is_read(header: str, expected: tuple[str, ...]) -> None:
    assert told(header) == expected


@pytest.mark.parametrize("header", ["", "-", "()", "Mozilla/5.0", "\xff\xfe", "\x00", "{{7*7}}"])
def test_what_tells_nothing_leaves_the_fields_empty(header: str) -> None:
    assert told(header) == ("", "", "", "", "")


@given(st.text(max_size=300))
def test_no_header_is_a_trap(header: str) -> None:
    fields = read_user_agent(header)
    assert all(isinstance(value, str) for value in fields.values())
    assert fields["raw"] == header


def test_a_long_header_is_cut() -> None:
    assert read_user_agent("x" * 60_000)["raw"] == "x" * MAX_LENGTH
