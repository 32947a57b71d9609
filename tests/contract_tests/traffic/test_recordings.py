"""Recordings of many programs are read as the same traffic, and what is left out is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import har_dialects as har
import pytest
from har_dialects import read
from hypothesis import given
from hypothesis import strategies as st

import specs
from contract_tests.run.subject import subject_of
from contract_tests.traffic.belonging import of_contract, of_url
from contract_tests.traffic.moments import moment_s, span_s
from contract_tests.traffic.reading import recorded
from contract_tests.traffic.run import conduct_of

AT_S = 1772704800.125


@pytest.mark.parametrize("dialect", har.DIALECTS, ids=lambda one: one.__name__)
def test_every_dialect_tells_the_same(dialect: Callable[[], bytes], tmp_path: Path) -> None:
    answered = [one for one in read(tmp_path, dialect()).entries if one.exchange.response]
    got = [(e.exchange.request.target, e.exchange.status, e.exchange.body()) for e in answered]
    assert got == [
        ("/app/sessions?limit=2", 200, json.loads(har.BODY)),
        ("/app/sesions", 404, json.loads(har.ERROR)),
    ]
    assert {one.began_s for one in answered} == {AT_S}


@pytest.mark.parametrize("dialect", har.DIALECTS, ids=lambda one: one.__name__)
def test_every_dialect_leads_to_the_same_findings(
    dialect: Callable[[], bytes], tmp_path: Path
) -> None:
    found = conduct_of(read(tmp_path, dialect()), subject_of("ngrok")).outcome().findings
    assert {(one.rule, one.operation) for one in found if one.grade == "breach"} == {
        ("operation_exists", "GET /app/sesions")
    }


def test_nobody_is_accused_of_a_credential_that_was_taken_out(tmp_path: Path) -> None:
    found = read(tmp_path, har.chrome())
    assert found.redacted == 2
    assert found.notes == ["2 requests were saved without credentials: nobody is accused of that"]
    assert found.entries[0].exchange.request.headers[-1] == (
        "Authorization",
        "Bearer removed-when-saved",
    )


@pytest.mark.parametrize("shown", ["[REDACTED]", "Bearer ***", "Bearer <redacted>", "xxxxx"])
def test_a_credential_that_is_blacked_out_is_one(tmp_path: Path, shown: str) -> None:
    headers = har.pairs(authorization=shown)
    found = read(tmp_path, har.log(har.entry(request={"headers": headers})))
    assert ("Authorization", "Bearer removed-when-saved") in found.entries[
        0
    ].exchange.request.headers


def test_a_request_that_was_refused_for_its_credential_had_none(tmp_path: Path) -> None:
    found = read(tmp_path, har.log(har.entry(status=401, request={"headers": []})))
    assert found.entries[0].exchange.request.headers == ()


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (har.entry(_fromCache="disk"), "cache"),
        (har.entry(url="wss://api.ngrok.com/x"), "not of http (wss)"),
        (har.entry(url="data:text/plain,1"), "not of http (data)"),
        (har.entry(url="https://[broken"), "1 request has an address that cannot be"),
        (har.entry(url="https://api.ngrok.com:99999/app/users"), "address that cannot be"),
        ({"response": {}}, "no request"),
        ("text", "no request"),
        (
            har.entry(
                request={
                    "method": "OPTIONS",
                    "headers": har.pairs(Access_Control_Request_Method="GET"),
                }
            ),
            "preflights",
        ),
    ],
    ids=range(8),
)
def test_what_was_not_sent_by_the_client_is_left_out(tmp_path: Path, one: Any, why: str) -> None:
    found = read(tmp_path, har.log(one))
    assert found.entries == []
    assert why in found.notes[0]


def test_others_are_counted_and_named(tmp_path: Path) -> None:
    urls = ("https://a.example/1", "https://a.example/2", "https://b.example/")
    found = read(tmp_path, har.log(har.entry(), *(har.entry(url=url) for url in urls)))
    assert len(found.entries) == 1
    assert found.notes == ["3 requests to 2 other hosts: left out (a.example, b.example)"]


FORM = {"mimeType": "application/x-www-form-urlencoded"}
BODIES: tuple[tuple[dict[str, Any], bytes, bool], ...] = (
    ({"postData": {"mimeType": "application/json", "text": "{}"}}, b"{}", False),
    ({"postData": {**FORM, "params": har.pairs(a="1 2", b="")}}, b"a=1+2&b=", False),
    ({"postData": {"mimeType": "x/y", "text": "AAE=", "encoding": "base64"}}, b"\0\1", False),
    ({"postData": {"mimeType": "multipart/form-data", "params": har.pairs(a="1")}}, b"", True),
    ({"postData": {"mimeType": "application/json", "text": ""}, "bodySize": 9}, b"", True),
    ({"bodySize": 9}, b"", True),
    ({"bodySize": -1}, b"", False),
)


@pytest.mark.parametrize(("told", "body", "is_cut"), BODIES, ids=range(len(BODIES)))
def test_the_body_of_a_request(
    tmp_path: Path, told: dict[str, Any], body: bytes, *, is_cut: bool
) -> None:
    heard = read(tmp_path, har.log(har.entry(request={"method": "POST", **told}))).entries[0]
    assert (heard.exchange.request.body, heard.request_cut) == (body, is_cut)


@pytest.mark.parametrize(
    ("told", "is_cut"),
    [
        ({"content": {"size": 9, "mimeType": ""}}, True),
        ({"content": {"size": 0, "mimeType": ""}, "bodySize": 9}, True),
        ({"content": {}}, True),
        ({"content": {"size": 0}, "bodySize": 0}, False),
        ({"content": {"size": 9, "text": "!", "encoding": "base64"}}, True),
    ],
    ids=range(5),
)
def test_an_answer_whose_body_was_not_saved_is_not_judged_by_it(
    tmp_path: Path, told: dict[str, Any], *, is_cut: bool
) -> None:
    found = read(tmp_path, har.log(har.entry(response=told)))
    assert found.entries[0].answer_cut == is_cut
    rules = {one.rule for one in conduct_of(found, subject_of("ngrok")).outcome().findings}
    assert ("body_is_where_documented" in rules) == (not is_cut)


def test_values_of_one_name_that_were_joined_are_two(tmp_path: Path) -> None:
    headers = har.pairs(Set_Cookie="a=1\nb=2")
    heard = read(tmp_path, har.log(har.entry(response={"headers": headers}))).entries[0]
    assert heard.exchange.response is not None
    assert heard.exchange.response.headers == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-03-05T10:00:00.125Z", AT_S),
        ("2026-03-05T10:00:00.125", AT_S),
        ("2026-03-05 10:00:00.125+00:00", AT_S),
        ("2026-03-05T04:00:00.1250000-06:00", AT_S),
        ("Thu, 05 Mar 2026 10:00:00 GMT", AT_S - 0.125),
        (1772704800125, AT_S),
        (1772704800.125, AT_S),
        ("1772704800125", AT_S),
        ("yesterday", None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_moments(told: Any, moment: float | None) -> None:
    assert moment_s(told) == moment


@given(st.one_of(st.none(), st.text(), st.floats(), st.integers(), st.lists(st.text())))
def test_whatever_is_told_for_a_time_is_survived(told: Any) -> None:
    moment_s(told)
    assert 0 <= span_s(told) < float("inf")


def test_requests_stand_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    late = har.entry(startedDateTime="2026-03-05T10:00:09.5Z")
    found = read(tmp_path, har.log(late, har.entry()))
    assert [one.began_s - AT_S for one in found.entries] == [0.0, 9.375]
    assert [one.number for one in found.entries] == [1, 2]


def test_where_no_times_are_told_nobody_came_too_early(tmp_path: Path) -> None:
    told = {"status": 429, "headers": har.pairs(Retry_After="60")}
    entries = [har.entry(startedDateTime="", response=told) for _ in range(2)]
    found = read(tmp_path, har.log(*entries)).entries
    assert found[1].began_s - found[0].ended_s >= 3600


def test_a_clock_of_whole_seconds_accuses_nobody(tmp_path: Path) -> None:
    times = ("2026-03-05T10:00:00Z", "2026-03-05T10:00:01Z")
    entries = [har.entry(startedDateTime=one, time=900) for one in times]
    first, second = read(tmp_path, har.log(*entries)).entries
    assert second.began_s - first.ended_s >= 1.0


ADDRESSES: tuple[tuple[str, str, str, str | None], ...] = (
    ("ngrok", "", "https://api.ngrok.com/app/users", "/app/users"),
    ("ngrok", "", "HTTPS://API.NGROK.COM:443/app/users", "/app/users"),
    ("ngrok", "", "https://api.ngrok.com", "/"),
    ("ngrok", "", "http://api.ngrok.com/app/users", None),
    ("ngrok", "", "https://api.ngrok.com.evil.example/app/users", None),
    ("pingplotter", "", "https://me.api.pingplotter.cloud/agents", "/agents"),
    ("pingplotter", "", "https://a.b.api.pingplotter.cloud/agents", None),
    ("thousandeyes", "", "https://api.thousandeyes.com/v6/agents?x=1", "/v6/agents?x=1"),
    ("thousandeyes", "", "https://api.thousandeyes.com/v7/agents", None),
    ("thousandeyes", "http://127.0.0.1:8/te", "http://127.0.0.1:8/te/v6/agents", "/v6/agents"),
    ("thousandeyes", "http://127.0.0.1:8/te/v6", "http://127.0.0.1:8/te/v6/agents", "/v6/agents"),
    ("ngrok", "http://127.0.0.1:8/ngrok/", "http://127.0.0.1:8/ngrok/app/users", "/app/users"),
    ("ngrok", "http://127.0.0.1:8/ngrok", "http://127.0.0.1:8/ngrokish/app", None),
)


@pytest.mark.parametrize(("vendor", "base", "url", "target"), ADDRESSES)
def test_what_belongs_to_a_vendor(vendor: str, base: str, url: str, target: str | None) -> None:
    contract = specs.load(vendor)
    belonging = of_url(base, contract) if base else of_contract(contract)
    assert belonging.target(url) == target


POSTED = har.entry(
    url="https://api.thousandeyes.com/v6/instant/page-load",
    request={"method": "POST", "postData": {"mimeType": "", "text": "{}"}},
)


@pytest.mark.parametrize("headers", [[], None, {}])
@pytest.mark.parametrize(
    ("vendor", "one"), [("ngrok", har.entry()), ("thousandeyes", POSTED)], ids=["get", "post"]
)
def test_headers_of_a_request_that_were_not_saved_are_not_missed(
    tmp_path: Path, headers: Any, vendor: str, one: Any
) -> None:
    untold = {**one, "request": {**one["request"], "headers": headers}}
    path = tmp_path / "run.har"
    path.write_text(json.dumps(har.log(untold)))
    found = recorded([path], specs.load(vendor))
    rules = {one.rule for one in conduct_of(found, subject_of(vendor)).outcome().findings}
    missed = {"required_parameters_are_sent", "bodies_are_labelled", "credentials_are_shown"}
    assert not rules & missed


def test_a_header_that_is_missing_among_others_is_missed(tmp_path: Path) -> None:
    found = read(tmp_path, har.log(har.entry(request={"headers": har.pairs(Accept="*/*")})))
    rules = {one.rule for one in conduct_of(found, subject_of("ngrok")).outcome().findings}
    assert "required_parameters_are_sent" in rules


def test_headers_that_were_not_saved_are_not_missed(tmp_path: Path) -> None:
    found = read(tmp_path, har.log(har.entry(response={"headers": []})))
    rules = {one.rule for one in conduct_of(found, subject_of("ngrok")).outcome().findings}
    assert not rules & {"headers_are_documented", "media_type_is_documented"}


@pytest.mark.parametrize("levels", [201, 600, 990, 50_000])
@pytest.mark.parametrize("signs", [("[", "]"), ('{"a":', "}")], ids=["list", "object"])
def test_a_body_that_is_nested_deeply_is_told_as_such(
    tmp_path: Path, levels: int, signs: tuple[str, str]
) -> None:
    text = signs[0] * levels + "1" + signs[1] * levels
    asked = {**POSTED, "request": {**POSTED["request"], "headers": []}}
    asked["request"]["postData"] = {"mimeType": "application/json", "text": text}
    path = tmp_path / "run.har"
    path.write_text(json.dumps(har.log(asked)))
    subject = subject_of("thousandeyes")
    found = conduct_of(recorded([path], subject.contract), subject).outcome().findings
    assert "bodies_are_readable" in {one.rule for one in found}
    answered = read(tmp_path, har.log(har.entry(text=text)))
    found = conduct_of(answered, subject_of("ngrok")).outcome().findings
    assert {one.rule for one in found if one.grade == "breach"} == {"body_is_json"}
