"""No report of any kind holds a secret, however awkward the secret is and wherever it was seen."""

from __future__ import annotations

import base64
import html
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from outcomes import exchange, finding, outcome

from contract_tests.reports import FORMATS, kinds, reported
from contract_tests.run.outcome import Attempt, Outcome, Verdict
from contract_tests.wire.credential import Credential, joined, placed
from contract_tests.wire.exchange import Exchange

pytestmark = pytest.mark.slow
SECRETS = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=8, max_size=30)
VARIABLE = "TE_PASSWORD"
BASIC = {"type": "http", "scheme": "basic"}


def seen(secret: str) -> Outcome:
    """Return an outcome in which the secret was sent, and came back in every place."""
    header = Credential(VARIABLE, secret, (("X-Key", secret),))
    basic = placed(BASIC, VARIABLE, secret, "ada", "TE_USER")
    echoed = {"error": f"the key {secret} is bad", "raw": basic.headers[0][1]}
    talk: Exchange = exchange(
        f"/app/sessions?key={quote(secret, safe='')}",
        method="POST",
        sent=json.dumps({"key": secret}).encode(),
        body=echoed,
        status=401,
        secrets=(header, basic),
    )
    body: Any = talk.body()
    bad = finding(received=repr(body), message=str(body), expected="a refusal", exchanges=(talk,))
    whole = outcome(bad, exchanges=[talk])
    whole.attempts.append(Attempt("x", "x", Verdict.ERROR, reason="broken", trace="Traceback"))
    return whole


def spellings(secret: str) -> set[str]:
    """Return how a secret could still be read."""
    encoded = base64.b64encode(f"ada:{secret}".encode()).decode()
    written = {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], encoded}
    return written | {html.escape(text) for text in written}


@pytest.mark.parametrize("kind", kinds())
def test_no_report_holds_the_second_of_two_secrets(kind: str) -> None:
    parts = (
        Credential("ONE", "app-id-sesame", (("X-App", "app-id-sesame"),)),
        Credential("TWO", "bear-secret-9", (("Authorization", "Bearer bear-secret-9"),)),
    )
    talk = exchange(
        "/app/sessions?key=bear-secret-9",
        method="POST",
        sent=b"app-id-sesame bear-secret-9",
        body={"error": "app-id-sesame bear-secret-9"},
        status=401,
        secrets=(joined(parts),),
    )
    bad = finding(received=repr(talk.body()), message=str(talk.body()), exchanges=(talk,))
    told = FORMATS[kind](reported(outcome(bad, exchanges=[talk])))
    assert not [part.variable for part in parts if part.secret in told]


@pytest.mark.parametrize("kind", kinds())
@settings(max_examples=10, deadline=None)
@given(secret=SECRETS)
@example(secret=r"a.*+?^${}()|[]\b")
@example(secret="'\"<&>`$(id)` %20%")
@example(secret="$TE_PASSWORD\\1\\g<0>")
def test_no_report_holds_a_secret(kind: str, secret: str) -> None:
    told = FORMATS[kind](reported(seen(secret)))
    plain = FORMATS[kind](reported(seen("another secret of the same run")))
    # What a report says anyway (`        `, `received`) is no secret that was let out.
    kept = {text for text in spellings(secret) if text in told and text not in plain}
    assert not kept
