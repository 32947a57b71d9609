"""Credentials: shown where and as the operation wants it, out of URLs, over TLS."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from conduct_cases import found, said

N, P, T, W = "ngrok", "pingplotter", "thousandeyes", "wisphub"
S = "/app/sessions"
SHOWN = ["credentials_are_shown credential breach"]
KEY = "2abcDEFghiJKLmnoPQRstuVWXyz_5tuVWXyz0123456789abc"


def basic(pair: str) -> str:
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


@pytest.mark.parametrize(
    ("vendor", "line", "headers"),
    [
        (N, f"GET {S}", {"Authorization": None}),
        (N, f"GET {S}", {"Authorization": "Token abc"}),
        (N, f"GET {S}", {"Authorization": "abc_def"}),
        (N, f"GET {S}", {"Authorization": "Bearer"}),
        (N, f"GET {S}", {"Authorization": "Bearer: abc_def"}),
        (N, f"GET {S}", {"Authorization": "Bearer $NGROK_API_KEY"}),
        (N, f"GET {S}", {"Authorization": "Bearer ${NGROK_API_KEY}"}),
        (N, f"GET {S}", {"Authorization": "Bearer undefined"}),
        (N, f"GET {S}", {"Authorization": "Bearer None"}),
        (N, f"GET {S}", {"Authorization": "Bearer <your key>"}),
        (N, f"GET {S}", {"Authorization": "Bearer YOUR_API_KEY"}),
        (N, f"GET {S}", {"Authorization": f"Bearer Bearer {KEY}"}),
        (N, f"GET {S}", {"Authorization": f'Bearer "{KEY}"'}),
        (N, f"GET {S}", {"Authorization": f"Bearer b'{KEY}'"}),
        (N, f"GET {S}", {"Authorization": f"Bearer {KEY} x"}),
        (N, f"GET {S}", {"Authorization": basic("user:password")}),
        (N, f"GET {S}", {"Authorization": None, "X-API-Key": KEY}),
        (N, f"GET {S}", {"Authorization": None, "Authorisation": f"Bearer {KEY}"}),
        (P, "GET /agents", {"X-API-KEY": None}),
        (P, "GET /agents", {"X-API-KEY": ""}),
        (P, "GET /agents", {"X-API-KEY": None, "Authorization": f"Bearer {KEY}"}),
        (P, "GET /agents", {"X-API-KEY": "Bearer mock-pingplotter-key"}),
        (P, "GET /agents", {"X-API-KEY": "your_api_token"}),
        (P, "GET /agents", {"X-API-KEY": None, "X-API-TOKEN": KEY}),
        (P, "GET /agents", {"X-API-KEY": "mock pingplotter key"}),
        (T, "GET /v6/agents", {"Authorization": basic("mock-token")}),
        (T, "GET /v6/agents", {"Authorization": basic(":mock-token")}),
        (T, "GET /v6/agents", {"Authorization": basic("mock-token:a@example.com")}),
        (T, "GET /v6/agents", {"Authorization": basic("undefined:mock-token")}),
        (T, "GET /v6/agents", {"Authorization": basic("a@example.com:mock-token\n")}),
        (T, "GET /v6/agents", {"Authorization": "Basic a@example.com:mock-token"}),
        (W, "GET /api/v1/ping/7c9e6679-7425-40de-944b-e07fc1f90ae7/", {"Authorization": None}),
    ],
)
def test_a_credential_that_is_missing_or_wrong(
    vendor: str, line: str, headers: dict[str, Any]
) -> None:
    assert said(vendor, line, headers=headers) == SHOWN


def test_two_credentials_at_once() -> None:
    assert said(N, f"GET {S}", more=(("Authorization", "Bearer other"),)) == SHOWN


@pytest.mark.parametrize("key", ["mock-pingplotter-key", '"mock-pingplotter-key"', "u1:a+b/c=="])
def test_any_key_may_be_a_key(key: str) -> None:
    assert said(P, "GET /agents", headers={"X-API-KEY": key}) == []


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (f"GET {S}?api_key=secret123", "the query parameter api_key"),
        (f"GET {S}?access_token=secret123", "the query parameter access_token"),
        (f"GET {S}?x=Bearer+{KEY}", "the query parameter x"),
        (f"GET {S}?x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "the query parameter x"),
        (f"GET {S}/{KEY}", "the path"),
    ],
)
def test_a_secret_in_a_url(line: str, place: str) -> None:
    assert said(N, line) == [f"secrets_stay_out_of_urls {place} breach"]


def test_a_key_in_the_query_in_place_of_the_header_is_one_fault() -> None:
    told = said(N, f"GET {S}?api_key={KEY}", headers={"Authorization": None})
    assert told == ["secrets_stay_out_of_urls the query parameter api_key breach"]


def test_a_password_before_the_host() -> None:
    told = said(N, f"GET {S}", url=f"https://user:hunter22@api.ngrok.com{S}", recorded=True)
    assert told == ["secrets_stay_out_of_urls the user's name and password before the host breach"]


@pytest.mark.parametrize(
    ("url", "recorded", "is_accused"),
    [
        ("http://api.ngrok.com/app/sessions", True, True),
        ("https://api.ngrok.com/app/sessions", True, False),
        ("http://127.0.0.1:8080/app/sessions", True, False),
        ("http://stand-in:8080/app/sessions", True, False),
        ("http://ngrok.localhost/app/sessions", True, False),
        ("http://api.ngrok.com/app/sessions", False, False),
    ],
)
def test_a_credential_without_encryption(url: str, *, recorded: bool, is_accused: bool) -> None:
    told = said(N, f"GET {S}", url=url, recorded=recorded)
    assert told == (["secrets_are_encrypted scheme breach"] if is_accused else [])


@pytest.mark.parametrize(("status", "told"), [(200, []), (401, SHOWN)])
def test_a_recording_may_have_lost_its_credentials(status: int, told: list[str]) -> None:
    headers = {"Authorization": None}
    assert said(N, f"GET {S}", headers=headers, recorded=True, status=status) == told


def test_no_finding_repeats_the_secret() -> None:
    for value in (f"Token {KEY}", KEY, f'Bearer "{KEY}"', f"Basic {KEY}"):
        findings = found(N, f"GET {S}", headers={"Authorization": value})
        assert findings
        assert KEY not in str(findings)
