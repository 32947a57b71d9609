"""The parts of a request that make a visit: where it came from, its cookies, its target."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.asgi.visit import address, cookies, target


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        (("127.0.0.1", 9), "127.0.0.1"),
        (("::1", 9), "::1"),
        (("::ffff:192.0.2.7", 9), "192.0.2.7"),
        (("fe80::1%eth0", 9), "fe80::1"),
        (("2001:DB8::0001", 9), "2001:db8::1"),
        (("testclient", 9), "127.0.0.1"),
        (("", 0), "127.0.0.1"),
        (None, "127.0.0.1"),
    ],
)
def test_an_address_is_that_of_the_connection(client: Any, expected: str) -> None:
    assert address({"client": client}) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {"": ""}),
        ("a=1", {"a": "1"}),
        ("a=1; b=2;c=3", {"a": "1", "b": "2", "c": "3"}),
        ("a=1; a=2", {"a": "1"}),
        ("a=b=c", {"a": "b=c"}),
        ("a", {"a": ""}),
    ],
)
def test_cookies_are_read_by_name(header: str, expected: dict[str, str]) -> None:
    assert cookies(header) == expected


@given(st.text())
def test_no_cookie_header_is_too_odd(header: str) -> None:
    assert all(";" not in name + value for name, value in cookies(header).items())


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ({"raw_path": b"/a%2Fb", "query_string": b""}, "/a%2Fb"),
        ({"raw_path": b"/a?x=1", "query_string": b"x=1"}, "/a?x=1"),
        ({"path": "/ä", "query_string": b"\xff"}, "/Ã¤?ÿ"),
    ],
)
def test_a_target_is_as_it_was_sent(scope: Any, expected: str) -> None:
    assert target(scope) == expected
