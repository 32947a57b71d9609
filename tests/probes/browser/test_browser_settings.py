"""What is kept secret, and what fails before a browser is there."""

from __future__ import annotations

import sys
from ipaddress import ip_address
from pathlib import Path

import pytest
from page_browser import limited

from probes import Gate, PinnedTarget, PlanInvalid, TargetPolicy
from probes.browser import BrowserSettings
from probes.browser.errors import GuardFailed
from probes.browser.guard import Guard
from probes.browser.profile import fresh_profile
from probes.browser.wire_failures import failure_of_error


def test_a_password_is_in_no_text_of_its_settings() -> None:
    assert "secret" not in repr(BrowserSettings(username="u", password="secret"))


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/python"])
def test_a_guard_that_does_not_start_is_an_error(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        pinned = PinnedTarget("a", ip_address("127.0.0.1"))
        await Guard(Gate(TargetPolicy()), pinned, 1).open()

    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(GuardFailed, match="guard does not start"):
        limited(run())


def test_a_profile_exists_only_as_long_as_it_is_needed() -> None:
    with fresh_profile() as place:
        assert (place / "Default" / "Preferences").is_file()
        Path(place / "Default" / "Cache").mkdir()
    assert not place.exists()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("net::ERR_CERT_DATE_INVALID", "tls"),
        ("net::ERR_SSL_PROTOCOL_ERROR", "tls"),
        ("net::ERR_CONNECTION_REFUSED", "refused"),
        ("net::ERR_CONNECTION_RESET", "reset"),
        ("net::ERR_CONNECTION_TIMED_OUT", "timeout"),
        ("net::ERR_EMPTY_RESPONSE", "reset"),
        ("net::ERR_NAME_NOT_RESOLVED", "resolve"),
        ("net::ERR_INVALID_AUTH_CREDENTIALS", "authentication"),
        ("net::ERR_UNSAFE_PORT", "not_allowed"),
        ("net::ERR_SOMETHING_NEW", "protocol"),
        ("", "protocol"),
    ],
)
def test_chromium_s_errors_have_their_kinds(error: str, kind: str) -> None:
    failure = failure_of_error(error, "load")
    assert failure.kind.value == kind
    assert failure.message.endswith(".")


def test_a_viewport_has_two_sides() -> None:
    with pytest.raises(PlanInvalid, match="viewport"):
        BrowserSettings(viewport=(100_000, 1))
