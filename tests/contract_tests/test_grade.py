"""How grave a finding is: a breach of a document, drift, or only against a decision of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from answers import Described, described

import specs
from contract_tests.documents import sources
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.findings.grade import Grading
from contract_tests.wire.exchange import Request
from contract_tests.words import Words

_LIMITS = tuple((f"X-RateLimit-{name}", "9") for name in ("Limit", "Remaining", "Reset"))


def answer(vendor: str, name: str) -> Described:
    return next(a for a in described(vendor) if str(a) == name)


def graded(vendor: str, name: str, body: Any, **changed: Any) -> list[tuple[str, str, str]]:
    """Return rule, aspect and grade of what is found in an answer."""
    exchange = answer(vendor, name).exchange(body, **changed)
    findings = map(Grading(vendor).graded, Words(specs.load(vendor)).findings(exchange))
    return [(f.rule, f.aspect, f.grade) for f in findings]


def session(**changed: Any) -> dict[str, Any]:
    return {**answer("pingplotter", "GET /sessions/{id} 200").example, **changed}


@pytest.mark.parametrize(
    ("field", "value", "grade"),
    [
        ("Status", "Tracing", Grade.ASSUMPTION),
        ("Status", 1, Grade.BREACH),
        ("Status", None, Grade.BREACH),
        ("IpAddress", None, Grade.ASSUMPTION),
        ("IpAddress", 7, Grade.BREACH),
        ("Description", None, Grade.BREACH),
        ("ExpectedQuality", {}, Grade.BREACH),
        ("Zone", "of tomorrow", Grade.DRIFT),
    ],
)
def test_a_field_of_a_session(field: str, value: Any, grade: Grade) -> None:
    found = graded("pingplotter", "GET /sessions/{id} 200", session(**{field: value}))
    assert {what for _, _, what in found} == {grade}


@pytest.mark.parametrize(
    ("field", "value", "grade"),
    [
        ("DeletionDate", "", Grade.ASSUMPTION),
        ("DeletionDate", "yesterday", Grade.BREACH),
        ("DownloadUrl", "/download", Grade.ASSUMPTION),
        ("CreationDate", "2025-11-05 22:45:28", Grade.BREACH),
        ("OpenSessions", -1, Grade.BREACH),
        ("CustomFields", [{"Name": "a", "Value": None}], Grade.ASSUMPTION),
    ],
)
def test_a_field_of_an_agent(field: str, value: Any, grade: Grade) -> None:
    agent = answer("pingplotter", "GET /agents/{uniqueId} 200").example
    found = graded("pingplotter", "GET /agents/{uniqueId} 200", {**agent, field: value})
    assert [what for _, _, what in found] == [grade]


def test_a_new_agent_may_show_all_that_an_agent_has() -> None:
    agent = answer("pingplotter", "GET /agents/{uniqueId} 200").example
    found = graded(
        "pingplotter", "POST /agents 200", {**agent, "DownloadUrl": "https://x.example"}
    )
    assert len(found) == 18
    assert {grade for *_, grade in found} == {Grade.ASSUMPTION}


def test_what_a_browser_does_not_tell_may_be_null_and_not_left_out() -> None:
    session = answer("ngrok", "GET /app/sessions/{id} 200").example
    told = session["browser_session"]["user_agent"]
    grades = []
    for browser in ({**told, "os_name": None}, {k: v for k, v in told.items() if k != "os_name"}):
        spoilt = {**session["browser_session"], "user_agent": browser}
        body = {**session, "browser_session": spoilt}
        grades += [grade for *_, grade in graded("ngrok", "GET /app/sessions/{id} 200", body)]
    assert grades == [Grade.ASSUMPTION, Grade.BREACH]


@pytest.mark.parametrize(
    ("vendor", "name", "status", "grade"),
    [
        ("pingplotter", "GET /sessions/{id} 200", 201, Grade.BREACH),
        ("pingplotter", "GET /sessions/{id} 200", 500, Grade.BREACH),
        ("pingplotter", "GET /sessions/{id} 200", 422, Grade.ASSUMPTION),
        ("ngrok", "GET /app/sessions 200", 422, Grade.ASSUMPTION),
        ("ngrok", "GET /app/sessions 200", 202, Grade.BREACH),
    ],
)
def test_an_undocumented_status(vendor: str, name: str, status: int, grade: Grade) -> None:
    assert [g for _, _, g in graded(vendor, name, {}, status=status)] == [grade]


def test_who_is_not_found_is_documented_and_who_is_refused_is_not() -> None:
    """At ngrok 404 is documented; that a stranger gets 401 is a decision."""
    shown = answer("ngrok", "GET /app/sessions/{id} 200").exchange({}, status=410)
    shown = replace(shown, request=Request("GET", "/app/sessions/as_1"))
    strange = replace(shown, secrets=())
    grading, words = Grading("ngrok"), Words(specs.load("ngrok"))
    grades = [grading.graded(f).grade for e in (shown, strange) for f in words.findings(e)]
    assert grades == [Grade.BREACH, Grade.ASSUMPTION]


def test_the_body_of_an_undocumented_error_is_a_decision_whatever_it_is() -> None:
    name = "GET /sessions/{id} 404"
    headers = (("Content-Type", "text/plain"), *_LIMITS)
    found = graded("pingplotter", name, b"no", headers=headers) + graded("pingplotter", name, {})
    assert len(found) == 2
    assert {grade for _, _, grade in found} == {Grade.ASSUMPTION}


@pytest.mark.parametrize(("status", "grade"), [("404", Grade.BREACH), ("401", Grade.ASSUMPTION)])
def test_headers_of_every_answer_are_those_of_errors_too(status: str, grade: Grade) -> None:
    headers = (("Content-Type", "application/json"),)
    body = {"error": "no"}
    found = graded("pingplotter", f"GET /sessions/{{id}} {status}", body, headers=headers)
    assert {each for _, aspect, each in found if aspect == Aspect.MISSING} == {grade}


def test_errors_that_part_from_one_decision_have_one_cause() -> None:
    grading, words = Grading("pingplotter"), Words(specs.load("pingplotter"))
    causes = {
        grading.graded(finding).cause
        for each in described("pingplotter")
        if each.status == 404
        for finding in words.findings(each.exchange({}))
    }
    assert causes == {("body_fits_schema", "* 404", "/error (missing)")}


def test_other_media_types_of_one_decision_have_one_cause() -> None:
    grading, words = Grading("pingplotter"), Words(specs.load("pingplotter"))
    sent = (("Content-Type", "application/problem+json"), *_LIMITS)
    causes = {
        grading.graded(finding).cause
        for each in described("pingplotter")
        if each.status == 404
        for finding in words.findings(each.exchange({"error": "no"}, headers=sent))
    }
    assert causes == {("media_type_is_documented", "* 404", "other (media)")}


@pytest.mark.parametrize("status", [408, 414, 431])
def test_a_status_about_the_message_itself_is_no_finding(status: int) -> None:
    assert graded("ngrok", "GET /app/sessions 200", {}, status=status) == []


def test_a_credential_that_is_shown_in_a_wrong_way_may_be_refused_with_403() -> None:
    """The exchange tells that the key was in it, not that it was in its place."""
    exchange = answer("ngrok", "GET /app/sessions/{id} 200").exchange({}, status=403)
    exchange = replace(exchange, request=Request("GET", "/app/sessions/as_1"))
    findings = Words(specs.load("ngrok")).findings(exchange)
    assert [Grading("ngrok").graded(f).grade for f in findings] == [Grade.ASSUMPTION]


def test_the_body_of_a_429_is_documented() -> None:
    found = graded("pingplotter", "GET /sessions 429", {"error": "no"})
    assert {grade for _, _, grade in found} == {Grade.BREACH}


def test_a_header_that_every_answer_has_is_documented_and_ngroks_is_not() -> None:
    bare = (("Content-Type", "application/json"),)
    ours = graded("pingplotter", "PUT /sessions 200", body=True, headers=bare)
    ngrok = answer("ngrok", "GET /app/sessions 200").example
    theirs = graded("ngrok", "GET /app/sessions 200", ngrok, headers=bare)
    assert {g for *_, g in ours} == {Grade.BREACH}
    assert {g for *_, g in theirs} == {Grade.ASSUMPTION}


def test_grading_twice_is_grading_once() -> None:
    exchange = answer("pingplotter", "GET /sessions/{id} 404").exchange({}, status=403)
    grading = Grading("pingplotter")
    once = [grading.graded(f) for f in Words(specs.load("pingplotter")).findings(exchange)]
    assert [grading.graded(f) for f in once] == once


def deed(**changed: Any) -> Finding:
    return replace(Finding("rule", "GET /sessions", "", "It did not.", "a", "b"), **changed)


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({"source": "S:124-145"}, Grade.BREACH),
        ({"source": "decision"}, Grade.ASSUMPTION),
        ({"source": "S:12", "statement": "* 404"}, Grade.BREACH),
        ({"statement": "GET /sessions 404"}, Grade.ASSUMPTION),
        ({"statement": "Session.Status"}, Grade.BREACH),
        ({}, Grade.BREACH),
    ],
)
def test_a_deed_is_graded_by_what_it_cites(changed: dict[str, str], grade: Grade) -> None:
    assert Grading("pingplotter").graded(deed(**changed)).grade == grade


def test_without_sources_everything_stays_as_it_is() -> None:
    grading = Grading(None)
    assert grading.graded(deed(statement="* 404")) == deed(statement="* 404")
    assert grading.sentence(deed()) == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"statement": "Session.SessionId"},
            "page Sessions (S:26). The contract says: Identifier of the session. Its form is not",
        ),
        ({"source": "S:124-145"}, "PingPlotter Cloud manual, page Sessions (S:124-145)."),
        ({"source": "RFC 9110, 15.5.6"}, "RFC 9110, 15.5.6."),
        ({"statement": "header X-RateLimit-Limit"}, "PingPlotter Cloud manual, page Rate Limits"),
        ({"statement": "GET /agents ?includeDeleted"}, "boolean, default false."),
        ({"statement": "GET /agents 429"}, "The contract says: The account's allowance"),
    ],
)
def test_the_sentence_cites_the_document_in_full(changed: dict[str, str], said: str) -> None:
    assert said in Grading("pingplotter").sentence(deed(**changed))


@pytest.mark.parametrize("vendor", specs.vendors())
def test_a_document_is_named_without_where_it_is_kept(vendor: str) -> None:
    keys = sources.documents(specs.path_of(vendor).parent / "SOURCES.md")
    for key in keys:
        name, _, rest = Grading(vendor).sentence(deed(source=f"{key}:1")).partition(f" ({key}:1)")
        assert name
        assert rest.startswith(".")
        assert not re.search(r"repository|commit|behind the colon|after the colon|;", name)


def test_the_sentence_of_an_assumption_tells_the_decision() -> None:
    finding = deed(statement="Session.Status", grade=Grade.ASSUMPTION)
    said = Grading("pingplotter").sentence(finding)
    assert said.startswith("No document says so; it is a decision of this contract: words:")


@pytest.mark.parametrize("vendor", specs.vendors())
def test_every_document_that_a_row_cites_is_listed(vendor: str) -> None:
    assert "(" in Grading(vendor).sentence(deed(source=f"{_first_key(vendor)}:1"))


def _first_key(vendor: str) -> str:
    return {"ngrok": "N", "pingplotter": "A", "thousandeyes": "I", "wisphub": "P"}[vendor]
