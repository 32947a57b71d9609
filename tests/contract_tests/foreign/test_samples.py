"""Samples are valid by their schemas; parameters and bodies are written in their styles."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import specs
from contract_tests.calls.bodies import encoded
from contract_tests.calls.caller import BODY, Operation, operations
from contract_tests.calls.calls import media_type, plain_values, request_of
from contract_tests.calls.samples import fits, holder_sample, sample
from contract_tests.calls.styles import in_header, in_path, in_query
from specs.json_schema import compiled, to_json_schema

NAMES = st.sampled_from(["a", "b", "id"])
NUMBERS = st.builds(
    lambda least, width, kind: {"type": kind, "minimum": least, "maximum": least + width},
    st.integers(-50, 50),
    st.integers(0, 20),
    st.sampled_from(["integer", "number"]),
)
TEXTS = st.builds(
    lambda least, width: {"type": "string", "minLength": least, "maxLength": least + width},
    st.integers(0, 12),
    st.integers(0, 9),
)
FORMATS = st.sampled_from(["date-time", "date", "uuid", "email", "ipv4", "ipv6", "uri", "byte"])
PATTERNS = st.sampled_from(["^[a-z]{3}-[0-9]+$", "^\\d{4}$", "x+y", "^(a|b)c?$", "^[A-F0-9]{8}$"])
PLAIN = st.one_of(
    st.just({"type": "boolean"}),
    NUMBERS,
    TEXTS,
    st.builds(lambda f: {"type": "string", "format": f}, FORMATS),
    st.builds(lambda p: {"type": "string", "pattern": p}, PATTERNS),
    st.builds(lambda v: {"enum": v}, st.lists(st.integers() | st.text(), min_size=1, unique=True)),
)


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda own, required, least: {
            "type": "object",
            "properties": own,
            "required": sorted(required) or ["z"],
            "minProperties": least,
        },
        st.dictionaries(NAMES, inner, max_size=3),
        st.sets(NAMES, max_size=3),
        st.integers(0, 5),
    )


def _arrays(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda s, n: {"type": "array", "items": s, "minItems": n}, inner, st.integers(0, 4)
    )


SCHEMAS = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        _objects(inner),
        _arrays(inner),
        st.builds(lambda s: {"oneOf": [s]}, inner),
        st.builds(lambda one, other: {"anyOf": [one, other]}, inner, inner),
        st.builds(lambda one, other: {"allOf": [one, other]}, _objects(inner), _objects(inner)),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(schema=SCHEMAS)
def test_a_sample_is_valid_where_a_schema_allows_anything_at_all(schema: dict[str, Any]) -> None:
    """Parts that contradict one another have no valid value, and none is expected."""
    made = sample(schema)
    assert compiled(to_json_schema(schema)).is_valid(made) or "allOf" in json.dumps(schema)


@settings(deadline=None)
@given(schema=SCHEMAS)
def test_the_same_schema_has_the_same_sample(schema: dict[str, Any]) -> None:
    assert sample(schema) == sample(schema)


@settings(deadline=None)
@given(
    schema=st.builds(
        lambda s, n: {"type": "array", "items": s, "minItems": n, "uniqueItems": True},
        TEXTS.filter(lambda s: s["maxLength"] >= 8) | st.just({"type": "integer"}),
        st.integers(2, 4),
    )
)
def test_items_differ_where_they_have_to(schema: dict[str, Any]) -> None:
    schema["items"].pop("maxLength", None)
    assert fits(sample(schema), schema)


def test_an_example_that_is_not_valid_is_not_sent() -> None:
    schema = {"type": "integer", "example": "many"}
    assert sample(schema) == 1
    assert holder_sample({"schema": schema, "example": "several"}) == 1
    assert holder_sample({"schema": schema, "examples": {"a": {"value": 7}}}) == 7


def test_what_only_answers_have_is_not_sent() -> None:
    id_ = {"type": "string", "readOnly": True}
    schema = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": id_, "name": {"type": "string"}},
    }
    assert sample(schema) == {"name": "sample"}
    assert fits({"name": "a"}, schema)


def test_nor_where_an_example_shows_it() -> None:
    properties = {"id": {"type": "string", "readOnly": True}, "name": {"type": "string"}}
    schema = {"type": "object", "required": ["id", "name"], "properties": properties}
    holder = {"schema": schema, "example": {"id": "7", "name": "a"}}
    body = {"required": True, "content": {"application/json": holder}}
    operation = Operation("post", "/x", (), {"requestBody": body, "responses": {}}, "/x")
    assert plain_values(operation, {}) == {BODY: {"name": "a"}}


def test_the_second_alternative_is_taken_where_the_first_cannot_be() -> None:
    impossible = {"type": "string", "pattern": "^(?=a)b$"}
    assert sample({"oneOf": [impossible, {"type": "integer"}]}) == 1


@pytest.mark.parametrize("vendor", specs.vendors())
def test_what_our_operations_are_sent_is_valid(vendor: str) -> None:
    wrong = []
    for name, operation in operations(specs.load(vendor)).items():
        values = plain_values(operation, {})
        request_of(operation, values)
        schemas = {p["name"]: p["schema"] for p in operation.parameters}
        if BODY in values:
            content = operation.definition["requestBody"]["content"]
            schemas[BODY] = content[media_type(operation)]["schema"]
        wrong += [(name, key) for key, value in values.items() if not fits(value, schemas[key])]
    assert wrong == []


LIST, THING = ["a,b", "c d"], {"k": "v", "n": 1}


@pytest.mark.parametrize(
    ("how", "value", "written"),
    [
        ({}, LIST, [("p", "a,b"), ("p", "c d")]),
        ({"explode": False}, LIST, [("p", "a,b,c d")]),
        ({"style": "spaceDelimited"}, ["a", "b"], [("p", "a b")]),
        ({"style": "pipeDelimited"}, ["a", "b"], [("p", "a|b")]),
        ({}, THING, [("k", "v"), ("n", "1")]),
        ({"explode": False}, THING, [("p", "k,v,n,1")]),
        ({"style": "deepObject"}, {"k": {"l": [True]}}, [("p[k][l][0]", "true")]),
        ({"content": {"application/json": {}}}, THING, [("p", '{"k": "v", "n": 1}')]),
        ({}, True, [("p", "true")]),
    ],
)
def test_styles_of_queries(how: dict[str, Any], value: Any, written: Any) -> None:
    assert in_query({"name": "p", **how}, value) == written


@pytest.mark.parametrize(
    ("how", "value", "written"),
    [
        ({}, "a/ b", "a%2F%20b"),
        ({}, LIST, "a%2Cb,c%20d"),
        ({}, THING, "k,v,n,1"),
        ({"explode": True}, THING, "k=v,n=1"),
        ({"style": "label"}, "x", ".x"),
        ({"style": "label", "explode": True}, ["x", "y"], ".x.y"),
        ({"style": "matrix"}, ["x", "y"], ";p=x,y"),
        ({"style": "matrix", "explode": True}, ["x", "y"], ";p=x;p=y"),
        ({"style": "matrix", "explode": True}, THING, ";k=v;n=1"),
    ],
)
def test_styles_of_paths(how: dict[str, Any], value: Any, written: str) -> None:
    assert in_path({"name": "p", **how}, value) == written


def test_styles_of_headers() -> None:
    assert in_header({"name": "p"}, ["a", "b"]) == "a,b"
    assert in_header({"name": "p", "explode": True}, THING) == "k=v,n=1"


def test_a_form_has_its_fields() -> None:
    holder = {"encoding": {"deep": {"style": "deepObject"}}}
    body = {"a": ["1", "2"], "b": True, "c": {"d": 1}, "deep": {"e": "f"}}
    content, media = encoded(body, "application/x-www-form-urlencoded", holder)
    assert content == b"a=1&a=2&b=true&c=%7B%22d%22%3A+1%7D&deep%5Be%5D=f"
    assert media == "application/x-www-form-urlencoded"


def test_parts_of_a_form_are_files_where_their_schema_is_binary() -> None:
    schema = {"properties": {"file": {"type": "string", "format": "binary"}}}
    content, media = encoded({"file": "x", "n": 1}, "multipart/form-data", {"schema": schema})
    assert b'name="file"; filename="file"' in content
    assert b'name="n"\r\n\r\n1' in content
    assert media.startswith("multipart/form-data; boundary=")


def test_a_cookie_is_one_header() -> None:
    cookies = [
        {"name": n, "in": "cookie", "required": True, "schema": {"type": "string"}} for n in "ab"
    ]
    operation = Operation("get", "/x", tuple(cookies), {"responses": {}}, "/x")
    request = request_of(operation, {"a": "1", "b": "2"})
    assert dict(request.headers)["Cookie"] == "a=1; b=2"
