"""No secret leaves the wire: however it is written, wherever a server repeats it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.wire.credential import Credential, joined, placed
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.wire.masking import masked, shown, unmasked

SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="$"),
    min_size=8,
    max_size=30,
).filter(lambda text: text.strip() == text)
SCHEMES = st.sampled_from(
    [
        {"type": "apiKey", "in": "header", "name": "X-API-KEY"},
        {"type": "apiKey", "in": "query", "name": "key"},
        {"type": "apiKey", "in": "cookie", "name": "session"},
        {"type": "http", "scheme": "bearer"},
        {"type": "http", "scheme": "Basic"},
        {"type": "oauth2", "flows": {}},
    ]
)


def _spellings(secret: str, scheme: dict[str, str]) -> list[str]:
    texts = [secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]]
    is_basic = scheme.get("scheme") == "Basic"
    return [*texts, base64.b64encode(f"{'ada:' * is_basic}{secret}".encode()).decode()]


@given(SECRETS, SCHEMES)
def test_no_spelling_of_a_secret_is_left_anywhere(secret: str, scheme: dict[str, str]) -> None:
    own = placed(scheme, "API_KEY", secret, "ada", "API_USER")
    echo = "|".join(_spellings(secret, scheme))
    request = shown(Request("POST", f"/x?{quote(secret)}", (), echo.encode()), own)
    answer = Response(400, (("X-Echo", echo),), echo.encode())
    seen = masked(Exchange(f"http://h/{echo}", request, answer, echo), [own])
    assert seen.response is not None
    told = [seen.url, seen.request.target, seen.failure, seen.request.body.decode()]
    told += [seen.response.body.decode(), *(v for _, v in seen.response.headers)]
    told += [value for _, value in seen.request.headers]
    left = [
        (text, place) for text in _spellings(secret, scheme) for place in told if text in place
    ]
    assert not left


@given(SECRETS, SCHEMES)
def test_what_was_masked_can_be_sent_again(secret: str, scheme: dict[str, str]) -> None:
    own = placed(scheme, "API_KEY", secret, "ada", "API_USER")
    plain = Request("GET", "/x", (("Accept", "*/*"),))
    again = unmasked(shown(plain, own), [own])
    assert again.headers == (*plain.headers, *own.headers)


def test_a_short_secret_is_masked_where_we_put_it_and_bodies_stay_as_they_are() -> None:
    own = placed({"type": "apiKey", "in": "header", "name": "K"}, "API_KEY", "test")
    request = shown(Request("GET", "/test"), own)
    seen = masked(Exchange("u", request, Response(200, (), b'"test"')), [own])
    assert seen.request.headers == (("K", "$API_KEY"),)
    assert (seen.request.target, seen.response and seen.response.body) == ("/test", b'"test"')


def test_a_short_secret_that_another_engine_sent_is_masked_too() -> None:
    own = placed({"type": "apiKey", "in": "header", "name": "K"}, "API_KEY", "test")
    sent = Exchange("u", Request("GET", "/x", (("K", "test"),)), None)
    assert masked(sent, [own]).request.headers == (("K", "$API_KEY"),)


def test_the_longer_of_two_secrets_is_masked_first() -> None:
    short, long = Credential("A", "secret-key"), Credential("B", "secret-key-2")
    seen = masked(Exchange("u", Request("GET", "/secret-key-2/secret-key"), None), [short, long])
    assert seen.request.target == "/$B/$A"
    assert {*seen.secrets} == {"A", "B"}


def test_basic_is_shown_as_a_shell_writes_it() -> None:
    own = placed({"type": "http", "scheme": "basic"}, "TOKEN", "long secret", "ada", "WHO")
    assert shown(Request("GET", "/"), own).headers == (
        ("Authorization", "Basic $(printf %s $WHO:$TOKEN|base64 -w0)"),
    )


LAST = {"type": "apiKey", "in": "header", "name": "X-App-Id"}


@given(SECRETS, SECRETS, SCHEMES)
def test_every_secret_of_a_credential_of_two_is_masked(
    one: str, two: str, scheme: dict[str, str]
) -> None:
    both = joined((placed(scheme, "FIRST", one, "ada", "WHO"), placed(LAST, "LAST", two)))
    echo = f"<{one}> <{two}>"
    request = shown(Request("POST", f"/x?{quote(two)}", (), echo.encode()), both)
    answer = Response(400, (("X-Echo", echo),), echo.encode())
    seen = masked(Exchange(f"http://h/{echo}", request, answer, echo), [both])
    assert (seen.failure, seen.request.body) == ("<$FIRST> <$LAST>", b"<$FIRST> <$LAST>") or (
        one in two or two in one
    )
    assert not [text for text in (f"<{one}>", f"<{two}>") if text in repr(seen)]
    assert {"FIRST", "LAST"} <= {*seen.secrets} or one == two


@given(SECRETS, SECRETS, SCHEMES)
def test_both_secrets_are_sent_again(one: str, two: str, scheme: dict[str, str]) -> None:
    both = joined((placed(scheme, "FIRST", one, "ada", "WHO"), placed(LAST, "LAST", two)))
    again = unmasked(shown(Request("GET", "/x"), both), [both])
    assert again.headers == both.headers


def test_cookies_of_two_schemes_are_one_header() -> None:
    cookies = [{"type": "apiKey", "in": "cookie", "name": name} for name in "ab"]
    both = joined((placed(cookies[0], "ONE", "secret-1"), placed(cookies[1], "TWO", "secret-2")))
    assert both.headers == (("Cookie", "a=secret-1; b=secret-2"),)
    assert shown(Request("GET", "/"), both).headers == (("Cookie", "a=$ONE; b=$TWO"),)


def test_a_short_key_in_the_query_of_another_engine_is_masked() -> None:
    own = placed({"type": "apiKey", "in": "query", "name": "key"}, "API_KEY", "test")
    seen = masked(
        Exchange("http://h/test?key=test&q=test", Request("GET", "/?key=test"), None), [own]
    )
    assert (seen.url, seen.request.target) == (
        "http://h/test?key=$API_KEY&q=test",
        "/?key=$API_KEY",
    )


@pytest.mark.parametrize(
    ("body", "masked_body"),
    [
        (b'{"key": "abc12"}', b'{"key": "$K"}'),
        (b"bad key abc12, sorry", b"bad key $K, sorry"),
        (b'"abc123" xabc12', b'"abc123" xabc12'),
    ],
)
def test_a_key_of_letters_and_digits_is_masked_as_a_word_however_short(
    body: bytes, masked_body: bytes
) -> None:
    seen = masked(
        Exchange("u", Request("GET", "/"), Response(200, (), body)), [Credential("K", "abc12")]
    )
    assert seen.response is not None
    assert seen.response.body == masked_body


@pytest.mark.parametrize("secret", ["test", "1234567", "k7"])
def test_what_may_be_an_ordinary_word_is_common(secret: str) -> None:
    assert Credential("K", secret).is_common


def test_schemes_that_are_wanted_together_are_sent_together() -> None:
    parts = (
        placed({"type": "apiKey", "in": "header", "name": "A"}, "ONE", "1"),
        placed({"type": "apiKey", "in": "query", "name": "b"}, "TWO", "2"),
    )
    both = joined(parts)
    assert (both.headers, both.query, both.variable) == ((("A", "1"),), (("b", "2"),), "ONE")


def test_a_scheme_that_takes_no_key_is_an_error() -> None:
    with pytest.raises(ValueError, match="mutualTLS"):
        placed({"type": "mutualTLS"}, "K", "secret")
