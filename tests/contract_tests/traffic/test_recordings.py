"""Recordings of many programs are read as the same traffic, and what is left out is told."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import har_dialects as har
import pytest
from hypothesis import given
from hypothesis import strategies as st

import specs
from contract_tests.run.subject import subject_of
from contract_tests.traffic.belonging import of_contract, of_url
from contract_tests.traffic.moments import moment_s, span_s
from contract_tests.traffic.opening import NotRecording
from contract_tests.traffic.reading import Recorded, recorded
from contract_tests.traffic.run import conduct_of

AT_S = 1772704800.125


def read(tmp_path: Path, content: bytes | dict[str, Any], **options: Any) -> Recorded:
    path = tmp_path / "saved.har"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return recorded([path], specs.load("ngrok"), **options)


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
    assert found.left_out["requests were saved without their credentials: that they show one is"]
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
        (har.entry(url="https://[broken"), "not of http (https)"),
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
    ids=range(7),
)
def test_what_was_not_sent_by_the_client_is_left_out(tmp_path: Path, one: Any, why: str) -> None:
    found = read(tmp_path, har.log(one))
    assert found.entries == []
    assert why in found.notes[0]


def test_others_are_counted_and_named(tmp_path: Path) -> None:
    urls = ("https://a.example/1", "https://a.example/2", "https://b.example/")
    found = read(tmp_path, har.log(har.entry(), *(har.entry(url=url) for url in urls)))
    assert len(found.entries) == 1
    assert found.notes == ["3 other requests to 2 hosts left out: a.example, b.example"]


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


def packed(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, lambda text: packed("run.har", text)])
def test_a_packed_recording_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    assert len(read(tmp_path, pack(har.newman())).entries) == 2


OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"", "is empty"),
    (b"\xd4\xc3\xb2\xa1\2\0", "packet capture"),
    (b"\x0a\x0d\x0d\x0a\x1c", "packet capture"),
    (b"5013:9:websocket;0:~8:response;", "hardump"),
    (b"<?xml version='1.0'?><charles-session>", "XML"),
    (b"<!doctype html>", "a page"),
    (packed("raw/01_c.txt", b"GET /"), "Fiddler"),
    (packed("notes.txt", b""), "without a .har"),
    (b'{"info": {"_postman_id": "1", "schema": "v2.1"}, "item": []}', "Postman"),
    (b'{"collection": {"info": {}}, "run": {}}', "Newman"),
    (b'{"_type": "export", "resources": []}', "Insomnia"),
    (b"type: collection.insomnia.rest/5.0\n", "Insomnia"),
    (b'{"openapi": "3.0.3"}', "OpenAPI"),
    (b"openapi: 3.0.3\n", "OpenAPI"),
    (b'[{"status": "COMPLETE"}]', "array"),
    (b'{"log": {"version": "1.2"}}', "no log.entries"),
    (b'{\n  "log": {\n    oops', "line 3"),
    (b'{\n  "lo', "line 2: the file ends in the middle"),
    (b"\x00\x01\x02", "no text"),
    (b"GET / HTTP/1.1\r\n\r\n", "line 1"),
)


@pytest.mark.parametrize(("content", "words"), OTHERS, ids=range(len(OTHERS)))
def test_what_is_no_recording_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(NotRecording, match=words):
        read(tmp_path, content)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotRecording, match="nowhere"):
        recorded([tmp_path / "nowhere.har"], specs.load("ngrok"))


@pytest.mark.parametrize("end", [-3, -40, -900])
def test_what_is_whole_of_a_broken_file_is_read(tmp_path: Path, end: int) -> None:
    text = json.dumps(har.log(*har.two(), *har.two()), indent=1).encode()
    found = read(tmp_path, text[:end])
    assert len(found.entries) >= 3
    line = text[:end].count(b"\n") + 1
    assert f"line {line}: the file ends in the middle" in found.broken[0]


def test_a_fault_in_the_middle_is_named_by_its_line(tmp_path: Path) -> None:
    first, second = (json.dumps(one) for one in har.two())
    text = f'{{"log": {{"entries": [\n{first},\n{second[:-1]} oops}}\n]}}}}'
    found = read(tmp_path, text.encode())
    assert len(found.entries) == 1
    assert "line 3: " in found.broken[0]


def test_bytes_that_are_no_utf_8_are_survived(tmp_path: Path) -> None:
    text = har.newman().replace(b"There is", b"There \xe9\xff is")
    assert len(read(tmp_path, text).entries) == 2


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 700) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.data())
def test_an_entry_of_any_shape_is_survived(tmp_path_factory: Any, data: st.DataObject) -> None:
    one: Any = har.entry()
    part = data.draw(st.sampled_from([one, one["request"], one["response"]]))
    part[data.draw(st.sampled_from(sorted(part)))] = data.draw(JUNK)
    found = read(tmp_path_factory.mktemp("junk"), har.log(one))
    assert len(found.entries) + sum(found.left_out.values()) + sum(found.others.values()) >= 1


def test_headers_that_were_not_saved_are_not_missed(tmp_path: Path) -> None:
    found = read(tmp_path, har.log(har.entry(response={"headers": []})))
    rules = {one.rule for one in conduct_of(found, subject_of("ngrok")).outcome().findings}
    assert not rules & {"headers_are_documented", "media_type_is_documented"}
