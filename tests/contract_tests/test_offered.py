"""What a server leaves out as a whole is told once; an operation alone that is missing is not."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import specs
from contract_tests.findings.finding import Finding, Grade
from contract_tests.findings.grade import Grading
from contract_tests.findings.offered import Offered
from contract_tests.roles.read import roles_of
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.words import Words

KEY = (("Authorization", "$KEY"),)
Row = tuple[str, str, int]


def settled(
    vendor: str, rows: Iterable[Row], *, headers: bool = True
) -> tuple[list[Finding], list[str]]:
    """Return what is left of the findings about the words of these answers, and the notes."""
    contract = specs.load(vendor)
    offered, words, findings = Offered(contract, roles_of(vendor)), Words(contract), []
    for method, target, status in rows:
        sent = _HEADERS if headers else _HEADERS[:1]
        response = Response(status, sent, b'{"error": "no"}' if status >= 400 else b"[]")
        exchange = Exchange("", Request(method, target, KEY), response, secrets=("KEY",))
        offered.heard(exchange)
        findings += words.findings(exchange)
    return offered.settle(findings)


_HEADERS = (
    ("Content-Type", "application/json"),
    ("X-RateLimit-Limit", "9"),
    ("X-RateLimit-Remaining", "9"),
    ("X-RateLimit-Reset", "9"),
)
LISTS = [("GET", "/agents", 200), ("GET", "/sessions", 200)]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_a_group_that_is_not_there_is_a_note(status: int) -> None:
    rows = [*LISTS, ("GET", "/settings/configurations", status)]
    findings, notes = settled("pingplotter", rows)
    assert findings == []
    assert notes == ["Not offered here: /settings/configurations (GET /settings/configurations)"]


@pytest.mark.parametrize(
    "row",
    [
        ("PUT", "/sessions/s1/close", 405),
        ("PUT", "/agents/a1", 501),
        ("POST", "/sessions/status", 405),
        ("GET", "/agents/customfields", 405),
        ("GET", "/agents/customfields", 404),
    ],
)
def test_an_operation_alone_that_is_missing_is_a_breach(row: Row) -> None:
    findings, notes = settled("pingplotter", [*LISTS, row])
    assert [(f.rule, f.grade) for f in findings] == [("operation_is_offered", Grade.BREACH)]
    assert Grading("pingplotter").graded(findings[0]).grade is Grade.BREACH
    assert notes == []


def test_an_id_that_is_not_found_is_no_missing_operation() -> None:
    assert settled("pingplotter", [*LISTS, ("PUT", "/sessions/s1/close", 404)]) == ([], [])


def test_a_refusal_of_strangers_tells_nothing_of_what_is_there() -> None:
    statuses = (401, 403, 404, 400, 431, 429)
    rows = [*LISTS, *(("GET", "/settings/configurations", status) for status in statuses)]
    assert len(settled("pingplotter", rows)[1]) == 1


def test_what_was_there_once_is_there() -> None:
    rows = [*LISTS, ("PUT", "/sessions/s1/close", 200), ("PUT", "/sessions/s1/close", 405)]
    assert "operation_is_offered" not in [f.rule for f in settled("pingplotter", rows)[0]]


def test_a_finding_that_ends_at_what_is_left_out_is_dropped() -> None:
    contract = specs.load("ngrok")
    offered = Offered(contract, roles_of("ngrok"))
    missing = Exchange("", Request("GET", "/app/users/au_1"), Response(404, (), b""))
    for exchange in (
        missing,
        Exchange("", Request("GET", "/app/sessions"), Response(200, (), b"")),
    ):
        offered.heard(exchange)
    finding = Finding("references", "GET /app/sessions", "", "", "", "", (missing,))
    assert offered.settle([finding])[0] == []


def test_headers_that_no_answer_has_are_an_assumption_where_a_decision_says_so() -> None:
    findings, notes = settled("pingplotter", LISTS, headers=False)
    missing = [f for f in findings if f.rule == "headers_are_documented"]
    assert {f.aspect for f in missing} == {"never"}
    assert {Grading("pingplotter").graded(f).grade for f in missing} == {Grade.ASSUMPTION}
    assert "No answer has the header X-RateLimit-Limit" in notes


def test_one_header_that_is_missing_among_its_like_stays_a_breach() -> None:
    contract = specs.load("pingplotter")
    offered, words = Offered(contract), Words(contract)
    exchange = Exchange("", Request("GET", "/agents", KEY), Response(200, _HEADERS[:-1], b"[]"))
    offered.heard(exchange)
    findings, _ = offered.settle(words.findings(exchange))
    assert [Grading("pingplotter").graded(f).grade for f in findings] == [Grade.BREACH]


def test_nothing_was_asked_and_nothing_is_told() -> None:
    assert settled("ngrok", []) == ([], [])
