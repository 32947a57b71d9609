"""Digest answers against the examples of the RFCs, and what servers may ask."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.sip.digest import Challenge, Credentials, parse_challenge

NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


def response_of(challenge: Challenge, user: str, password: str, cnonce: str = "") -> str:
    credentials = Credentials(challenge, user, password, lambda: cnonce)
    written = credentials.answer("GET", "/dir/index.html")
    found = re.search(r'response="([0-9a-f]+)"', written)
    assert found
    return found[1]


def test_the_example_of_rfc_2617() -> None:
    asked = Challenge(
        "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", qop=("auth", "auth-int")
    )
    answer = response_of(asked, "Mufasa", "Circle Of Life", "0a4f113b")
    assert answer == "6629fae49393a05397450978507c4ef1"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, response: str) -> None:
    asked = Challenge("http-auth@example.org", NONCE, algorithm, ("auth", "auth-int"))
    assert response_of(asked, "Mufasa", "Circle of Life", CNONCE) == response


def test_without_qop_it_is_the_formula_of_rfc_2069() -> None:
    first = hashlib.md5(b"u:r:p").hexdigest()
    second = hashlib.md5(b"GET:/dir/index.html").hexdigest()
    expected = hashlib.md5(f"{first}:n:{second}".encode()).hexdigest()
    assert response_of(Challenge("r", "n"), "u", "p") == expected


def test_auth_int_covers_the_body() -> None:
    credentials = Credentials(Challenge("r", "n", qop=("auth-int",)), "u", "p", lambda: "c")
    one = credentials.answer("INVITE", "sip:h", b"body")
    credentials.uses = 0
    other = credentials.answer("INVITE", "sip:h", b"other")
    assert "qop=auth-int" in one
    assert one != other


def test_a_session_key_takes_the_nonces_in() -> None:
    inner = hashlib.md5(b"u:r:p").hexdigest()
    first = hashlib.md5(f"{inner}:n:c".encode()).hexdigest()
    second = hashlib.md5(b"GET:/dir/index.html").hexdigest()
    expected = hashlib.md5(f"{first}:n:00000001:c:auth:{second}".encode()).hexdigest()
    assert response_of(Challenge("r", "n", "MD5-SESS", ("auth",)), "u", "p", "c") == expected


def test_a_nonce_is_counted() -> None:
    credentials = Credentials(Challenge("r", "n", qop=("auth",)), "u", "p", lambda: "c")
    assert "nc=00000001" in credentials.answer("A", "b")
    assert "nc=00000002" in credentials.answer("A", "b")


def test_quotes_in_names_are_escaped() -> None:
    credentials = Credentials(Challenge('r"x\\', "n"), 'a"b', "p", lambda: "c")
    assert r'username="a\"b", realm="r\"x\\"' in credentials.answer("A", "b")


def test_a_challenge_is_read() -> None:
    text = (
        'digest Realm="a, \\"b\\"", nonce="x=y", QOP="auth, auth-int", algorithm=md5-sess,'
        ' opaque="", stale=TRUE, domain="sip:h"'
    )
    assert parse_challenge(text) == Challenge(
        'a, "b"', "x=y", "MD5-SESS", ("auth", "auth-int"), "", stale=True
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Basic realm=x",
        "Digest",
        'Digest realm="x"',
        'Digest nonce="x"',
        "Digest " + "x" * 3000,
    ],
)
def test_what_is_no_digest_challenge_is_none(text: str) -> None:
    assert parse_challenge(text) is None


@pytest.mark.parametrize(
    ("algorithm", "qop", "known"),
    [
        ("MD5", (), True),
        ("SHA-256-SESS", ("auth",), True),
        ("AKAV1-MD5", (), False),
        ("MD5", ("token",), False),
    ],
)
def test_what_cannot_be_answered_is_known(
    algorithm: str, qop: tuple[str, ...], *, known: bool
) -> None:
    assert Challenge("r", "n", algorithm, qop).known is known


@given(st.text(max_size=300))
def test_a_garbled_challenge_raises_nothing(text: str) -> None:
    parse_challenge(text)
    parse_challenge(f"Digest realm=x, nonce={text}")
