"""One fault in a valid answer yields the finding that is meant, and no other."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from answers import Described, Node, described, nodes, pointer, spoilt, valid
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import specs
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.words import Words

Drawn = tuple[Described, Any, Node]
_QUICK = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)
_OTHER: dict[str, Any] = {
    "string": 7,
    "integer": "7",
    "number": "7.5",
    "boolean": "true",
    "array": {},
    "object": [],
}


@cache
def words(vendor: str) -> Words:
    return Words(specs.load(vendor))


@st.composite
def places(draw: st.DrawFn, fits: Callable[[Node], bool]) -> Drawn:
    """Draw an answer, a valid body for it, and a place in that body that fits."""
    answer = draw(st.sampled_from([a for v in specs.vendors() for a in described(v)]))
    body = draw(valid(answer.schema))
    fitting = [node for node in nodes(body, answer.schema) if fits(node)]
    assume(fitting)
    assume(not list(words(answer.vendor).findings(answer.exchange(body))))
    return answer, body, draw(st.sampled_from(fitting))


def found(answer: Described, body: Any) -> list[Finding]:
    return list(words(answer.vendor).findings(answer.exchange(body)))


def aspects(findings: list[Finding]) -> list[tuple[str, str, bool]]:
    """Return aspect, grade, and for the shown place whether it is the end of the whole one."""
    return [(f.aspect, f.grade, f.message.endswith(f"{f.place}.")) for f in findings]


def only(aspect: Aspect, grade: Grade = Grade.BREACH) -> list[tuple[str, str, bool]]:
    return [(aspect, grade, True)]


@given(places(lambda node: node.required))
@_QUICK
def test_a_field_that_is_missing(drawn: Drawn) -> None:
    answer, body, node = drawn
    findings = found(answer, spoilt(body, node.path, gone=True))
    assert aspects(findings) == only(Aspect.MISSING)
    assert pointer(node.path) in findings[0].message


@given(places(lambda n: n.is_plain and not n.schema.get("nullable") and n.path != ()))
@_QUICK
def test_a_null_where_none_may_be(drawn: Drawn) -> None:
    answer, body, node = drawn
    findings = found(answer, spoilt(body, node.path, None))
    assert aspects(findings) == only(Aspect.NULL)
    assert findings[0].received == "null"


@given(places(lambda n: n.is_plain and n.value is not None))
@_QUICK
def test_another_type(drawn: Drawn) -> None:
    answer, body, node = drawn
    findings = found(answer, spoilt(body, node.path, _OTHER[node.schema["type"]]))
    assert aspects(findings) == only(Aspect.TYPE)
    assert pointer(node.path) in findings[0].message


_FORMATS = {"date-time": "2025-01-01 00:00:00", "uri": "no address", "uuid": "{6f1c}"}


@given(places(lambda n: n.is_plain and n.schema.get("format") in _FORMATS and bool(n.value)))
@_QUICK
def test_a_broken_form(drawn: Drawn) -> None:
    answer, body, node = drawn
    findings = found(answer, spoilt(body, node.path, _FORMATS[node.schema["format"]]))
    assert aspects(findings) == only(Aspect.FORMAT)


@given(places(lambda n: n.is_plain and n.schema.get("enum") and n.schema["type"] == "string"))
@_QUICK
def test_a_word_that_is_not_listed_is_drift(drawn: Drawn) -> None:
    answer, body, node = drawn
    findings = found(answer, spoilt(body, node.path, "a word of tomorrow"))
    assert aspects(findings) == only(Aspect.WORDS, Grade.DRIFT)


def is_closed(node: Node) -> bool:
    return (
        node.is_plain
        and isinstance(node.value, dict)
        and "properties" in node.schema
        and not node.schema.get("additionalProperties")
    )


@given(places(is_closed))
@_QUICK
def test_a_field_that_nobody_knows_is_drift(drawn: Drawn) -> None:
    answer, body, node = drawn
    findings = found(answer, spoilt(body, (*node.path, "of tomorrow"), [1]))
    assert aspects(findings) == only(Aspect.UNKNOWN, Grade.DRIFT)
    assert findings[0].received == "[1]"


@given(places(lambda n: n.is_plain and "minimum" in n.schema and n.value is not None))
@_QUICK
def test_a_number_out_of_bounds(drawn: Drawn) -> None:
    answer, body, node = drawn
    findings = found(answer, spoilt(body, node.path, node.schema["minimum"] - 1))
    assert aspects(findings) == only(Aspect.RANGE)


def test_two_faults_are_two_findings() -> None:
    answer = next(a for a in described("pingplotter") if str(a) == "GET /sessions 200")
    item = {"AgentUniqueId": 1, "SessionId": "s", "Description": None, "IpAddress": "192.0.2.1"}
    body = [{**item, "Status": "Active", "ExpectedQuality": None}] * 3
    assert {f.place for f in found(answer, body)} == {"/AgentUniqueId", "/Description"}


@pytest.mark.parametrize("answer", [described(vendor)[0] for vendor in specs.vendors()], ids=str)
def test_an_undocumented_status(answer: Described) -> None:
    findings = list(words(answer.vendor).findings(answer.exchange({}, status=418)))
    assert [(f.rule, f.place) for f in findings] == [("status_is_documented", "418")]


@pytest.mark.parametrize(
    ("sent", "place"),
    [("text/html", "other"), ("json", "malformed"), ("", "missing"), (None, "missing")],
)
def test_a_bad_media_type(sent: str | None, place: str) -> None:
    answer = next(a for a in described("pingplotter") if str(a) == "PUT /sessions 200")
    headers = answer.headers if sent is None else (("Content-Type", sent), *answer.headers)
    findings = list(words("pingplotter").findings(answer.exchange(body=True, headers=headers)))
    assert [(f.rule, f.place) for f in findings] == [("media_type_is_documented", place)]


def test_a_required_header_that_is_missing() -> None:
    answer = next(a for a in described("pingplotter") if str(a) == "PUT /sessions 200")
    left = tuple(pair for pair in answer.headers if pair[0] != "X-RateLimit-Reset")
    exchange = answer.exchange(body=True, headers=(("Content-Type", answer.media), *left))
    findings = list(words("pingplotter").findings(exchange))
    assert [(f.place, f.aspect, f.statement) for f in findings] == [
        ("X-RateLimit-Reset", "missing", "header X-RateLimit-Reset")
    ]


def test_a_header_that_does_not_fit() -> None:
    answer = next(a for a in described("pingplotter") if str(a) == "PUT /sessions 200")
    kept = [pair for pair in answer.headers if pair[0] != "X-RateLimit-Limit"]
    headers = (("Content-Type", answer.media), ("x-ratelimit-limit", "many"), *kept)
    findings = list(words("pingplotter").findings(answer.exchange(body=True, headers=headers)))
    assert [(f.aspect, f.received) for f in findings] == [("type", "many")]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", "syntax"),
        (b"True", "syntax"),
        (b"[NaN]", "NaN is no JSON"),
        (b"\xef\xbb\xbftrue", "byte order mark"),
        (b'"\xff"', "encoding"),
        ("true".encode("utf-16"), "encoding"),
        (b'[{"a": 1, "a": 1}]', "repeated key a"),
        (b"[" * 100_000, "depth"),
    ],
)
def test_a_body_that_is_no_proper_json(body: bytes, place: str) -> None:
    answer = next(a for a in described("pingplotter") if str(a) == "PUT /sessions 200")
    findings = list(words("pingplotter").findings(answer.exchange(body)))
    assert [(f.rule, f.place) for f in findings] == [("body_is_json", place)]


def test_a_body_that_is_not_there() -> None:
    answer = next(a for a in described("pingplotter") if str(a) == "PUT /sessions 200")
    findings = list(words("pingplotter").findings(answer.exchange(b"")))
    assert [f.rule for f in findings] == ["body_is_where_documented"]


@pytest.mark.parametrize(
    ("body", "length"), [(b"{}", "2"), (b"", "2")], ids=["a body", "the length of one"]
)
def test_a_body_where_there_is_to_be_none(body: bytes, length: str) -> None:
    answer = next(a for a in described("ngrok") if a.label == "DELETE /app/sessions/{id}")
    headers = (("Content-Length", length), *answer.headers)
    exchange = answer.exchange(body, status=204, headers=headers)
    findings = list(words("ngrok").findings(exchange))
    assert [f.rule for f in findings] == ["body_is_where_documented"]


def test_the_same_field_in_a_list_and_alone_is_one_cause() -> None:
    user = {"id": "au_1"}
    listed = {"application_users": [user], "uri": "https://x.example", "next_page_uri": None}
    answers = {a.operation_id: a for a in described("ngrok") if a.status == 200}
    one = found(answers["get_application_user"], user)
    many = found(answers["list_application_users"], listed)
    assert [f.cause for f in one] == [f.cause for f in many]
    assert one[0].statement.startswith("ApplicationUser.")
