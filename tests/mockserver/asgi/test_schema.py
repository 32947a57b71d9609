"""Schemas of OpenAPI 3.0 → JSON Schema, and what is said when a value does not fit."""

from typing import Any

import pytest

from mockserver.asgi.schema import MAX_VIOLATIONS, Checker
from mockserver.core.errors import Violation
from specs.json_schema import UnknownKeyword, to_json_schema

OBJECT = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}


def first(schema: dict[str, Any], value: object, name: str = "") -> Violation:
    return Checker(schema).violations("body", name, value)[0]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer"}, 1, 1.5),
        ({"type": "integer"}, -1, True),
        ({"type": "number"}, 1.5, "1.5"),
        ({"type": "string"}, "", None),
        ({"type": "boolean"}, False, 0),
        ({"type": "array", "items": {"type": "string"}}, ["a"], [1]),
        (OBJECT, {"a": 1}, {}),
        (OBJECT, {"a": 1, "other": 2}, {"a": "1"}),
        ({**OBJECT, "additionalProperties": False}, {"a": 1}, {"a": 1, "b": 2}),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"x": "y"}, {"x": 1}),
        ({"enum": ["a", "b"]}, "a", "A"),
        ({"minimum": 1, "maximum": 3}, 3, 4),
        ({"minimum": 1, "exclusiveMinimum": True}, 2, 1),
        ({"maximum": 1, "exclusiveMaximum": True}, 0, 1),
        ({"multipleOf": 60}, 120, 90),
        ({"minLength": 1, "maxLength": 2}, "ää", "abc"),
        ({"pattern": "^[a-z]+$"}, "abc", "abc\n"),
        ({"minItems": 1, "maxItems": 2}, [1], []),
        ({"uniqueItems": True}, [1, 2], [1, 1]),
        ({"minProperties": 1, "maxProperties": 1}, {"a": 1}, {}),
        ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, 2, 4),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, 1, 1.5),
        ({"oneOf": [{"type": "string"}, {"enum": ["a", 1]}]}, 1, "a"),
        ({"not": {"type": "string"}}, 1, "a"),
        ({"format": "date-time"}, "2026-01-01T00:00:00Z", "2026-01-01"),
        ({"format": "uri"}, "http://a/b", "a b"),
        ({"format": "ipv4"}, "127.0.0.1", "127.0.0.256"),
        ({"format": "ipv6"}, "::1", "::g"),
        (
            {"format": "uuid"},
            "7C9E6679-7425-40de-944b-e07fc1f90ae7",
            "7c9e6679742540de944be07fc1f9",
        ),
        ({"format": "uuid"}, 7, "{7c9e6679-7425-40de-944b-e07fc1f90ae7}"),
        ({"type": "integer", "format": "int64"}, 2**40, "1"),
    ],
)
def test_every_keyword_is_checked(schema: dict[str, Any], good: object, bad: object) -> None:
    checker = Checker(schema)
    assert checker.accepts(good)
    assert checker.violations("body", "", good) == ()
    assert not checker.accepts(bad)
    assert checker.violations("body", "", bad)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "nullable": True},
        {"type": "object", "nullable": True, "required": ["a"]},
        {"type": "string", "nullable": True, "enum": ["a"]},
        {"type": "string", "nullable": True, "enum": ["a", None]},
        {"allOf": [{"type": "string", "nullable": True}]},
        {"type": "array", "items": {"type": "string", "nullable": True}},
        {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}},
        {"type": "object", "additionalProperties": {"type": "string", "nullable": True}},
    ],
)
def test_nullable_admits_null_beside_the_type_wherever_it_stands(schema: dict[str, Any]) -> None:
    null: object = None
    if schema.get("type") == "array":
        null = [None]
    if schema.get("type") == "object" and "nullable" not in schema:
        null = {"a": None}
    assert Checker(schema).accepts(null)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "enum": ["a"], "nullable": False},
        {"nullable": True, "allOf": [{"type": "string"}]},
        {"type": "string"},
    ],
)
def test_null_is_refused_where_the_type_does_not_say_so(schema: dict[str, Any]) -> None:
    assert not Checker(schema).accepts(None)


@pytest.mark.parametrize("keyword", ["const", "$ref", "if", "patternProperties", "typo"])
@pytest.mark.parametrize("place", ["{}", "items", "properties", "allOf", "not", "additional"])
def test_a_keyword_that_would_not_be_checked_fails_loudly(keyword: str, place: str) -> None:
    wrong = {keyword: 1}
    schema: dict[str, Any] = {
        "{}": wrong,
        "items": {"type": "array", "items": wrong},
        "properties": {"type": "object", "properties": {"a": wrong}},
        "allOf": {"allOf": [wrong]},
        "not": {"not": wrong},
        "additional": {"type": "object", "additionalProperties": wrong},
    }[place]
    with pytest.raises(UnknownKeyword, match=keyword.replace("$", r"\$")):
        Checker(schema)


def test_a_property_may_be_named_as_a_keyword() -> None:
    schema = {"type": "object", "properties": {"const": {"type": "integer"}, "nullable": {}}}
    assert not Checker(schema).accepts({"const": "x"})


def test_what_only_describes_is_left_out() -> None:
    schema = {"type": "string", "description": "x", "example": "y", "x-ours": 1, "default": "z"}
    assert to_json_schema(schema) == {"type": "string"}


def test_translating_changes_nothing_in_the_contract() -> None:
    schema = {"type": "string", "nullable": True, "enum": ["a"], "allOf": [{"minLength": 1}]}
    before = repr(schema)
    to_json_schema(schema)
    assert repr(schema) == before


@pytest.mark.parametrize(
    ("schema", "value", "place", "expected"),
    [
        (OBJECT, {}, "a", "a value"),
        (OBJECT, {"a": "x"}, "a", "integer"),
        ({"type": "array", "items": OBJECT}, [{"a": 1}, {"a": None}], "[1].a", "integer"),
        ({"type": "string", "nullable": True}, 1, "", "null, string"),
        ({"enum": ["a", None]}, "x", "", "one of a, null"),
        ({"minimum": 1}, 0, "", "at least 1"),
        ({"maxLength": 2}, "abc", "", "at most 2 characters"),
        ({"maxItems": 1}, [1, 2], "", "at most 1 items"),
        ({"minProperties": 1}, {}, "", "at least 1 properties"),
        ({"pattern": "^a$"}, "b", "", "text matching ^a$"),
        ({"format": "date-time"}, "x", "", "a date-time"),
        ({"multipleOf": 60}, 61, "", "a multiple of 60"),
        ({"uniqueItems": True}, [1, 1], "", "each item once"),
        ({**OBJECT, "additionalProperties": False}, {"a": 1, "b": 1}, "", 'no property "b"'),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, 1.5, "", "string or integer"),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, "", "a to be given or b to"),
        ({"oneOf": [{"minimum": 0}, {"maximum": 9}]}, 5, "", "one alternative, not several"),
        ({"not": {"type": "string"}}, "x", "", "what the contract says under not"),
    ],
)
def test_a_violation_says_where_and_what_was_expected(
    schema: dict[str, Any], value: object, place: str, expected: str
) -> None:
    violation = first(schema, value)
    assert violation.name == place
    assert violation.expected.startswith(expected)


def test_the_name_of_a_parameter_comes_before_the_path() -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    assert first(schema, [1, "x"], name="ids").name == "ids[1]"


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer"},
        {"enum": ["a"]},
        {"pattern": "^a$"},
        {"maxLength": 3},
        {"format": "uri"},
    ],
)
@pytest.mark.parametrize(
    "text", ["y " * 5000, 'is not of type "' * 1000, "of types \n" * 1000], ids=len
)
def test_what_was_expected_holds_nothing_that_came(schema: dict[str, Any], text: str) -> None:
    violation = first(schema, text)
    assert len(violation.expected) < 40
    assert len(violation.sentence()) < 200


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"uniqueItems": True}, ["y" * 9999] * 2),
        ({"type": "object", "additionalProperties": False}, {"y" * 9999: 1}),
        ({"maxProperties": 1}, {"y" * 9999: 1, "z": 2}),
        ({"not": {"type": "string"}}, "y" * 9999),
    ],
    ids=["items", "additional", "properties", "not"],
)
def test_nor_does_it_for_the_rarer_rules(schema: dict[str, Any], value: object) -> None:
    assert len(first(schema, value).sentence()) < 300


def test_a_value_that_is_wrong_all_over_is_told_in_a_few_violations() -> None:
    schema = {"type": "array", "items": {"type": "integer"}}
    assert len(Checker(schema).violations("body", "", ["x"] * 1000)) == MAX_VIOLATIONS


def test_one_violation_can_be_had_without_looking_for_the_others() -> None:
    checker = Checker({"type": "array", "items": {"type": "integer"}})
    (first,) = checker.first_violation("body", "", ["x"] * 1000)
    assert (first.name, first.expected) == ("[0]", "integer")
    assert checker.first_violation("body", "", [1]) == ()
