"""Addresses: what may be under test, and whether it is this machine. Nothing is sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_tests.findings.finding import Grade
from contract_tests.run.options import BadOptions, Options, limits, permits
from contract_tests.wire.address import BadAddress, address_of


def to(*addresses: str) -> Callable[[str, int], list[str]]:
    def resolver(host: str, port: int) -> list[str]:
        return list(addresses)

    return resolver


@pytest.mark.parametrize("text", ["http://h/a", "http://h/a/", "http://h/a/v6", "http://h/a/v6/"])
def test_the_base_path_of_the_contract_may_be_there_or_not(text: str) -> None:
    assert address_of(text, "/v6", to("127.0.0.1")).url == "http://h/a"


@pytest.mark.parametrize(
    ("addresses", "is_here"),
    [
        (("127.0.0.1",), True),
        (("127.8.8.8",), True),
        (("::1",), True),
        (("::ffff:127.0.0.1",), True),
        (("::1", "127.0.0.1"), True),
        (("192.0.2.1",), False),
        (("127.0.0.1", "192.0.2.1"), False),
        (("2001:db8::1",), False),
        (("0.0.0.0",), False),
        (("fe80::1%lo",), False),
    ],
)
def test_only_what_leads_to_loopback_is_here(
    addresses: tuple[str, ...],
    is_here: bool,  # noqa: FBT001
) -> None:
    assert address_of("http://name:8080", "", to(*addresses)).is_here is is_here


@pytest.mark.parametrize(
    "text",
    [
        "ftp://h/",
        "h:8080",
        "http://",
        "http://h:99999/",
        "http://h/?a=1",
        "http://h/#x",
        "http://[::1",
        "http://user:secret@h/",
        "http://key@h/",
        "",
    ],
)
def test_what_is_no_base_url_is_refused_and_no_secret_is_repeated(text: str) -> None:
    with pytest.raises(BadAddress) as error:
        address_of(text, "", to("127.0.0.1"))
    assert "secret" not in str(error.value)


def test_a_name_that_nobody_knows_is_said_so() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(BadAddress, match="cannot be resolved"):
        address_of("http://nowhere.invalid", "", unknown)


def test_elsewhere_only_reading_is_allowed_and_little_of_it() -> None:
    options = Options(url="https://api.example.com")
    allowed, bounds = permits(options, is_here=False), limits(options, is_here=False)
    assert (allowed.writing, allowed.existing) == (False, False)
    assert (bounds.max_requests, bounds.rate, bounds.time_limit_s) == (200, 1.0, 300.0)


def test_full_mode_elsewhere_wants_to_hear_whose_account_it_is() -> None:
    with pytest.raises(BadOptions, match="--i-own-this-account"):
        permits(Options(url="u", mode="full"), is_here=False)
    allowed = permits(Options(url="u", mode="full", owns_account=True), is_here=False)
    assert (allowed.writing, allowed.existing) == (True, False)


def test_here_everything_is_allowed_unless_reading_is_asked_for() -> None:
    assert permits(Options(url="u"), is_here=True).existing
    assert not permits(Options(url="u", mode="read-only"), is_here=True).writing


def test_a_time_limit_that_was_asked_for_is_not_stretched() -> None:
    assert limits(Options(url="u"), is_here=True).patience_s > 0
    assert limits(Options(url="u", time_limit_s=5.0), is_here=True).patience_s == 0
    assert Options(url="u").fail_on is Grade.DRIFT
