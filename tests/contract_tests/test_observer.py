"""What of a contract was seen: operations, statuses, parameters, fields of bodies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specs
from contract_tests.run.coverage import Cell, OperationCoverage
from contract_tests.run.observer import Observer
from contract_tests.wire.exchange import Exchange, Request, Response

TEXT = {"type": "string"}
CONTRACT: dict[str, Any] = {
    "servers": [{"url": "https://api.example.com/v1"}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "list_things",
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}},
                    {
                        "name": "tags",
                        "in": "query",
                        "schema": {"type": "array", "items": {"enum": ["a", "b"]}},
                    },
                    {"name": "X-Way", "in": "header", "schema": TEXT},
                ],
                "responses": {"200": {}, "4XX": {}},
            },
            "post": {
                "operationId": "create_thing",
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "properties": {
                                    "Name": TEXT,
                                    "Id": {"readOnly": True, **TEXT},
                                    "Parts": {"items": {"properties": {"Size": TEXT}}},
                                }
                            }
                        }
                    }
                },
                "responses": {"201": {}, "default": {}},
            },
        },
        "/things/{id}": {
            "get": {
                "operationId": "get_thing",
                "parameters": [{"name": "id", "in": "path", "schema": TEXT}],
                "responses": {"200": {}},
            }
        },
        "/things/newest": {"get": {"operationId": "newest", "responses": {"200": {}}}},
    },
}


def seen(*exchanges: tuple[str, str, int], body: bytes = b"", header: str = "") -> Any:
    observer = Observer(CONTRACT)
    for method, target, status in exchanges:
        headers = ((header, "x"),) if header else ()
        request = Request(method, target, headers, body)
        answer = Response(status, (), b"") if status else None
        observer.heard(Exchange("http://127.0.0.1" + target, request, answer))
    return {one.operation_id: one for one in observer.coverage().operations}


def test_a_status_that_is_documented_by_class_counts_there() -> None:
    one: OperationCoverage = seen(("GET", "/v1/things", 404))["list_things"]
    assert (one.statuses, one.undocumented) == ({"200": 0, "4XX": 1}, {})


def test_another_status_is_undocumented_and_no_answer_is_0() -> None:
    one = seen(("GET", "/v1/things", 500), ("GET", "/v1/things", 0))["list_things"]
    assert one.undocumented == {"0": 1, "500": 1}


@pytest.mark.parametrize(
    ("query", "limit", "tags"),
    [
        ("", Cell(1, 0, 0), Cell(1, 0, 0)),
        ("?limit=3", Cell(0, 1, 0), Cell(1, 0, 0)),
        ("?limit=10", Cell(0, 0, 1), Cell(1, 0, 0)),
        ("?limit=x&tags=a&tags=b", Cell(0, 0, 1), Cell(0, 1, 0)),
        ("?tags=a,c", Cell(1, 0, 0), Cell(0, 0, 1)),
    ],
)
def test_a_parameter_is_absent_valid_or_invalid(query: str, limit: Cell, tags: Cell) -> None:
    one = seen(("GET", f"/v1/things{query}", 200))["list_things"]
    assert (one.parameters["?limit"], one.parameters["?tags"]) == (limit, tags)
    assert one.matrix["200"]["?limit"] == limit
    assert one.matrix["4XX"]["?limit"] == Cell()


def test_headers_have_no_case() -> None:
    one = seen(("GET", "/v1/things", 200), header="x-way")["list_things"]
    assert one.parameters["#X-Way"] == Cell(0, 1, 0)


def test_a_path_with_fixed_text_goes_before_a_template() -> None:
    found = seen(("GET", "/v1/things/newest", 200), ("GET", "/v1/things/a%2Fb", 200))
    assert (found["newest"].requests, found["get_thing"].requests) == (1, 1)


def test_fields_of_bodies_are_counted_by_their_place() -> None:
    body = json.dumps({"Name": "x", "Parts": [{"Size": "1"}, {"Size": "2"}]}).encode()
    one = seen(("POST", "/v1/things", 201), body=body)["create_thing"]
    assert one.fields == {"#/Name": 1, "#/Parts": 1, "#/Parts/*/Size": 1}


@pytest.mark.parametrize("body", [b"\xff", b"[" * 100_000, b"{", b"null"])
def test_a_body_that_is_none_counts_for_nothing(body: bytes) -> None:
    one = seen(("POST", "/v1/things", 400), body=body)["create_thing"]
    assert set(one.fields.values()) == {0}


def test_what_belongs_to_no_operation_counts_for_nothing() -> None:
    found = seen(("GET", "/v1/others", 200), ("DELETE", "/v1/things", 405))
    assert not any(one.requests for one in found.values())


def test_what_was_never_seen_is_named() -> None:
    one = seen(("GET", "/v1/things?limit=1", 200))["list_things"]
    assert one.unseen == ("status 4XX", "?tags never given", "#X-Way never given")
    assert seen()["newest"].unseen == ("never called",)


@settings(max_examples=40, deadline=None)
@given(target=st.text(), body=st.binary(), status=st.integers(0, 999))
def test_any_exchange_can_be_heard(target: str, body: bytes, status: int) -> None:
    seen(("POST", target, status), ("GET", f"/v1/things?{target}", status), body=body)


@pytest.mark.parametrize("vendor", specs.vendors())
def test_a_line_says_how_much_there_is(vendor: str) -> None:
    line = str(Observer(specs.load(vendor)).coverage())
    assert line.startswith(f"operations 0/{len(specs.operations(vendor))}, statuses 0/")
