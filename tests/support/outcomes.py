"""Outcomes as a run would leave them, for the tests of reports."""

from __future__ import annotations

import json
from typing import Any

from contract_tests.findings.baseline import Comparison
from contract_tests.findings.causes import grouped
from contract_tests.findings.finding import Finding, Grade
from contract_tests.run.observer import Observer
from contract_tests.run.outcome import About, Attempt, Outcome, Verdict
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.wire.masking import masked

URL = "http://127.0.0.1:8080/ngrok"
KEY = Credential(
    "NGROK_API_KEY", "ak_secret_of_ours", (("Authorization", "Bearer ak_secret_of_ours"),)
)


def exchange(
    target: str = "/app/sessions?limit=2",
    *,
    status: int = 200,
    body: Any = None,
    sent: bytes = b"",
    method: str = "GET",
    secrets: tuple[Credential, ...] = (KEY,),
    operation_id: str = "",
) -> Exchange:
    """Return an exchange with a credential of each secret, masked as the wire does it."""
    headers = tuple(header for secret in secrets for header in secret.headers)
    request = Request(method, target, (("Ngrok-Version", "2"), *headers), sent)
    answer = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status, (("Content-Type", "application/json"),), answer, 0.012)
    plain = Exchange(URL + target, request, response, "", 1.7e9, operation_id)
    return masked(plain, secrets)


def finding(rule: str = "body_fits_schema", **given: Any) -> Finding:
    """Return a finding about a session's time."""
    fields = {
        "operation": "GET /app/sessions/{id}",
        "place": "/created_at",
        "message": "The time is not written as RFC 3339 says.",
        "received": "'2025-01-01 00:00:00'",
        "expected": "a date-time",
        "exchanges": (exchange("/app/sessions/as_1", body={"created_at": "2025-01-01"}),),
        "statement": "ApplicationSession.created_at",
        "source": "N:16",
    }
    return Finding(rule, **{**fields, **given})


def outcome(*findings: Finding, contract: dict[str, Any] | None = None, **given: Any) -> Outcome:
    """Return what a run with these findings, all seen in one step, leaves."""
    observer = Observer(contract) if contract else None
    seen = [one for each in findings for one in each.exchanges]
    for one in seen:
        if observer:
            observer.heard(one)
    attempts = [
        Attempt("filters: session", "filters", Verdict.PASSED, requests=3, elapsed_s=0.1),
        Attempt("order: session", "order", Verdict.NOT_TRIED, reason="the list is empty"),
        Attempt("words: all", "words", Verdict.FOUND if findings else Verdict.PASSED, findings),
    ]
    fields: dict[str, Any] = {
        "findings": list(findings),
        "requests": 12,
        "about": About(URL, "ngrok", None, "ngrok", "full", "NGROK_API_KEY", 7, began_at=1.7e9),
        "causes": grouped(findings),
        "attempts": attempts,
        "exchanges": seen,
        "elapsed_s": 1.5,
        "coverage": observer and observer.coverage(),
    }
    return Outcome(**{**fields, **given})


def every_kind(contract: dict[str, Any] | None = None) -> Outcome:
    """Return an outcome with one finding of each grade, a flaky, a known and a vanished one."""
    drift = finding("body_fits_schema", place="/extra", grade=Grade.DRIFT, statement="")
    doubt = finding("status_is_documented", place="418", grade=Grade.ASSUMPTION, statement="")
    flaky = finding("order", place="/id", statement="")
    known = finding("filters", place="?limit", statement="")
    whole = outcome(finding(), finding(), drift, doubt, flaky, known, contract=contract)
    for cause in whole.causes:
        cause.flaky = cause.shown is flaky
    broken = Attempt("paging: user", "paging", Verdict.ERROR, reason="KeyError: 'x'", trace="Tr…")
    whole.attempts.append(broken)
    whole.notes.append("not offered here: /app/users")
    whole.left_over.append("session as_9")
    whole.comparison = Comparison(
        new=tuple(c.id for c in whole.causes if c.shown is not known and not c.flaky),
        known=tuple(c.id for c in whole.causes if c.shown is known),
        vanished=("gone_rule | GET /app/users | /id",),
    )
    return whole
