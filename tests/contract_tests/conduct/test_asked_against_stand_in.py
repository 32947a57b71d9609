"""What rules say of thousands of requests against what the stand-in does with them."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from conduct_cases import conduct
from conduct_requests import Draft, asked

import specs
from contract_tests.conduct.heard import Heard
from contract_tests.findings.finding import Finding, Grade
from contract_tests.target import public_key, stand_in

REQUESTS = 400
REFUSALS = frozenset({400, 401, 405, 406, 415, 422})
# What a refusal says that hangs on what the server has, or on what is no fault of a client.
OF_THE_STATE = (
    b"The account group cannot be used",
    b"expected the agentId of an agent of this account group",
    b"The direction does not fit the test",
    b"expected 0 where a Cloud agent is the source or the target",
    b"Only JSON is available, XML is not",
    b"Incorrect username or password",
    b"is invalid: expected JavaScript",
    b"which is 10, received",
    b"more than httpTimeLimit",
    b"no operation",
)
# What a server may well take, and a client should not send: rule, and the beginning of the place.
TAKEN_ALL_THE_SAME = (
    ("bodies_are_where_documented", "body"),
    ("secrets_stay_out_of_urls", ""),
    ("placeholders_are_filled", ""),
    ("parameters_are_known", ""),
    ("parameters_fit_together", ""),
    ("bodies_fit", "/"),
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with stand_in() as here:
        yield urlsplit(here.url).port or 0


def _is_named(finding: Finding) -> bool:
    if finding.rule == "bodies_fit" and "misspelt" not in finding.message:
        return False
    return any(
        finding.rule == rule and finding.place.startswith(place)
        for rule, place in TAKEN_ALL_THE_SAME
    )


def _differs(one: Heard, findings: tuple[Finding, ...]) -> str:
    status = one.exchange.status
    body = one.exchange.response.body if one.exchange.response else b""
    if status >= 500:
        return "the stand-in failed"
    if status in REFUSALS and not findings:
        return "" if any(text in body for text in OF_THE_STATE) else "refused, and not accused"
    firm = [f for f in findings if f.grade is Grade.BREACH and not _is_named(f)]
    return f"taken, and accused: {firm[0]}" if status < 400 and firm else ""


def _shown(made: Draft, one: Heard, why: str) -> str:
    request = one.exchange.request
    answer = one.exchange.response.body[:120] if one.exchange.response else b""
    return f"{why}: {request.method} {request.target} {request.body!r} {made.notes} {answer!r}"


@pytest.mark.slow
@pytest.mark.parametrize("vendor", specs.vendors())
def test_rules_and_stand_in_agree(vendor: str, port: int) -> None:
    judge, key = conduct(vendor), public_key(vendor) or ""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    wrong, refused = [], 0
    for seed in range(REQUESTS):
        made, one = asked(vendor, seed, key, connection)
        why = _differs(one, judge.hear(one))
        refused += one.exchange.status in REFUSALS
        if why:
            wrong.append(_shown(made, one, why))
    connection.close()
    assert wrong == []
    assert REQUESTS * 0.15 < refused < REQUESTS * 0.85
