"""No secret that a client shows survives in anything that judging it gives out."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from conduct_cases import KEYS, conduct, heard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_tests.conduct.heard import Heard
from contract_tests.conduct.judge import Conduct
from contract_tests.reports import FORMATS, kinds, reported
from contract_tests.wire.credential import placed

S = "/app/sessions"
_SIGNS = "abcdefghijkmnopqrstuvwxyzABCDEFGH0123456789-._~+/=!#%&'\"\\:;,<>$()*? "
# It begins as no report does, so that what is found is the secret.
SECRETS = st.text(_SIGNS, min_size=5, max_size=30).map(lambda text: f"Zq{text.strip()}x")
SHORT = st.text("qxzQXZ", min_size=3, max_size=5).map(lambda text: f"Z{text}")


def _basic(secret: str) -> str:
    return f"Basic {base64.b64encode(f'ada:{secret}'.encode()).decode()}"


def _header(name: str, value: str) -> Heard:
    return heard("ngrok", f"GET {S}", headers={name: value})


def _json(secret: str, name: str = "password") -> bytes:
    return json.dumps({"user": "ada", name: secret, "n": 1}).encode()


PLACES: dict[str, Callable[[str], Heard]] = {
    "bearer": lambda s: _header("Authorization", f"Bearer {s}"),
    "another scheme": lambda s: _header("Authorization", f"Token {s}"),
    "no scheme": lambda s: _header("Authorization", s.replace(" ", "")),
    "basic": lambda s: _header("Authorization", _basic(s)),
    "basic for a name": lambda s: _header(
        "Authorization", _basic("").replace("YWRhOg==", _b64(s))
    ),
    "another header": lambda s: _header("X-Api-Key", s),
    "proxy": lambda s: _header("Proxy-Authorization", _basic(s)),
    "cookie": lambda s: _header("Cookie", f"a=1; sid={s.replace(';', '')}"),
    "query": lambda s: heard("ngrok", f"GET {S}?api_key={quote(s, safe='')}&limit=x"),
    "query with plus": lambda s: heard("ngrok", f"GET {S}?token={quote_plus(s)}"),
    "misspelt query": lambda s: heard("ngrok", f"GET {S}?limt=1&access_token={quote(s)}"),
    "url": lambda s: heard("ngrok", f"GET {S}", url=f"https://a:{quote(s, safe='')}@x.example{S}"),
    "body": lambda s: heard("ngrok", f"GET {S}", _json(s)),
    "form": lambda s: heard("wisphub", "POST /api/v1/auth/token", f"password={quote(s)}".encode()),
    "misplaced": lambda s: heard("thousandeyes", "POST /v6/instant/ftp-server", {"password": [s]}),
    "answer": lambda s: heard("ngrok", f"GET {S}", answer=_json(s, "access_token")),
    "set cookie": lambda s: heard("ngrok", f"GET {S}", answer_headers=(("Set-Cookie", f"k={s}"),)),
    "trailing text": lambda s: heard("wisphub", "POST /api/v1/1/ping/", _json(s) + b"]"),
    "whole body": lambda s: heard("pingplotter", "POST /agents", {"api_key": s, "Targets": 1}),
}


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _spellings(secret: str) -> set[str]:
    written = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret)}
    written |= {json.dumps(secret)[1:-1], _b64(f"ada:{secret}")}
    return written | {html.escape(text) for text in written}


def _told(one: Heard) -> tuple[Conduct, str]:
    vendor = one.exchange.url.partition("8080/")[2].partition("/")[0] or "ngrok"
    judge = conduct(vendor, answers=True)
    findings = judge.hear(one)
    outcome = judge.outcome()
    said = [judge.sentence(finding) for finding in findings]
    return judge, repr((findings, said, outcome, judge.course().heard))


@pytest.mark.slow
@pytest.mark.parametrize("place", list(PLACES))
@settings(max_examples=8, deadline=None)
@given(secret=SECRETS)
@example(secret="hunter22x")
@example(secret="a1b2c3d4e5")
def test_no_secret_is_told(place: str, secret: str) -> None:
    if place in {"cookie", "set cookie"} and set(secret) & set(';,=" '):
        return  # such a cookie is two
    _, told = _told(PLACES[place](secret))
    assert not [text for text in _spellings(secret) if text in told]


@pytest.mark.parametrize(
    "place", ["bearer", "basic", "another header", "query", "body", "form", "answer", "whole body"]
)
@settings(max_examples=4, deadline=None)
@given(secret=SHORT)
def test_a_short_secret_is_masked_where_it_stands(place: str, secret: str) -> None:
    _, told = _told(PLACES[place](secret))
    assert secret not in told


@cache
def _reports() -> list[Any]:
    """Return what is reported of a secret in each of the places."""
    judges = [_told(make("Zq7/hunter+22"))[0] for make in PLACES.values()]
    return [reported(judge.outcome(), judge.sentence) for judge in judges]


@pytest.mark.parametrize("kind", kinds())
def test_no_report_tells_a_secret(kind: str) -> None:
    told = "".join(map(FORMATS[kind], _reports()))
    assert not [text for text in _spellings("Zq7/hunter+22") if text in told]


def test_the_variable_is_that_of_the_vendor() -> None:
    told = {
        vendor: _told(heard(vendor, "GET /nowhere"))[1]
        for vendor in ("ngrok", "pingplotter", "thousandeyes", "wisphub")
    }
    assert all(f"${vendor.upper()}_API_KEY" in text for vendor, text in told.items())


def test_a_secret_that_is_known_keeps_its_variable() -> None:
    scheme = {"type": "http", "scheme": "bearer"}
    known = placed(scheme, "MY_KEY", KEYS["ngrok"][1].removeprefix("Bearer "))
    judge = conduct("ngrok", secrets=[known])
    judge.hear(heard("ngrok", f"GET {S}"))
    assert dict(judge.course().heard[0].exchange.request.headers)["Authorization"] == (
        "Bearer $MY_KEY"
    )


def test_what_stands_in_the_place_of_a_key_is_shown() -> None:
    (finding,) = conduct("ngrok").hear(_header("Authorization", "Bearer <your key>"))
    assert finding.received == "Bearer <your key>"


@pytest.mark.parametrize(
    ("text", "is_masked"),
    [
        ("2abcDEFghiJKLmnoPQRstuVWXyz_5tuVWXyz0123456789abc", True),
        ("as_2t5FqNc8XvLw0RzKm3YbPg7HdSj", False),
    ],
)
def test_what_has_the_shape_of_a_key_is_masked_anywhere(text: str, *, is_masked: bool) -> None:
    _, told = _told(heard("ngrok", f"GET {S}/{text}", headers={"Authorization": None}))
    assert (text not in told) is is_masked


def test_askers_are_told_apart_by_their_credentials_only() -> None:
    judge = conduct("ngrok")
    answers: list[Any] = [_json("one-secret", "access_token"), _json("two-secret", "access_token")]
    for number, answer in enumerate(answers, 1):
        judge.hear(heard("ngrok", f"GET {S}", answer=answer, number=number))
    judge.hear(heard("ngrok", f"GET {S}", headers={"Authorization": "Bearer other"}, number=3))
    first, second, third = (one.asker for one in judge.course().heard)
    assert first == second != third
