"""Whatever is sent, it is judged: nothing that a client does breaks the judge."""

from __future__ import annotations

import pytest
from conduct_cases import conduct, said
from hypothesis import example, given, settings
from hypothesis import strategies as st

import specs
from contract_tests.conduct.heard import Heard
from contract_tests.wire.exchange import Exchange, Request, Response

_JUDGES = {vendor: conduct(vendor) for vendor in specs.vendors()}
_LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=30)
_NAMES = st.sampled_from(
    ["Authorization", "Accept", "Content-Type", "Cookie", "X-API-KEY", "Ngrok-Version", "X"]
)
_PATHS = st.sampled_from(
    [
        *("/app/sessions", "/app/sessions/", "/agents", "/sessions/status", "/sessions", "//"),
        *("/v6/instant/voice", "/v6/agents", "/api/v1/1/ping/", "/api/v1/auth/token", "", "*"),
    ]
)
_TYPES = st.sampled_from(["application/json", "application/x-www-form-urlencoded", "x", ""])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
).map(lambda value: repr(value).replace("'", '"').encode("utf-8", "replace"))


@pytest.mark.parametrize("vendor", specs.vendors())
@settings(max_examples=40, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "get", "QUERY"]),
    path=_PATHS,
    rest=_LATIN,
    headers=st.lists(st.tuples(_NAMES, _LATIN), max_size=4),
    media=_TYPES,
    body=st.binary(max_size=40) | _JSON,
)
@example("POST", "/sessions", "", [], "application/json", b"[" * 5000)
@example("POST", "/api/v1/1/ping/", "", [], "application/json", b'{"pings":1e999}')
@example("POST", "/api/v1/auth/token", "", [], "application/x-www-form-urlencoded", b"%ff=%&=&a")
@example("GET", "/app/sessions", "?limit=" + "9" * 30, [], "", b"")
@example("GET", "/app/sessions", "?limit=\u00b2", [("Authorization", "Basic \u00ff")], "", b"")
def test_anything_can_be_judged(  # noqa: PLR0917  (what a request has)
    vendor: str,
    method: str,
    path: str,
    rest: str,
    headers: list[tuple[str, str]],
    media: str,
    body: bytes,
) -> None:
    sent = (*headers, *([("Content-Type", media)] if media else []))
    exchange = Exchange(
        f"http://127.0.0.1:1/{vendor}{path}{rest}",
        Request(method, path + rest, sent, body),
        Response(200, (), body),
    )
    found = _JUDGES[vendor].hear(Heard(exchange, 1, 0.0, 1.0))
    assert all(finding.received and finding.expected and finding.message for finding in found)


@pytest.mark.parametrize(("length", "is_body"), [("13", True), ("0", False)])
def test_a_body_that_the_server_did_not_read_is_one_all_the_same(length, is_body):
    line = "GET /v6/status"
    told = said("thousandeyes", line, headers={"Content-Length": length}, request_cut=True)
    assert told == (["bodies_are_where_documented body breach"] if is_body else [])
