"""What is said of two schemas is true of the values that they allow."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from contract_tests.changes.change import Change, Direction, Effect
from contract_tests.changes.schemas import Pair
from specs.json_schema import to_json_schema

Node = dict[str, Any]
BREAKS, MAY, FINE = Effect.BREAKS, Effect.MAY_BREAK, Effect.COMPATIBLE
SMALL = st.integers(0, 4)
VALUES: tuple[Any, ...] = (
    *(None, True, "", "a", "b", "abcd", 0, 1, 2, 3, 4, 5, 6, 1.5, -1),
    *([], ["a"], ["a", "a"], [1], ["a", "b", "c"], [None], [["a"]]),
    *({}, {"a": "a"}, {"a": 1}, {"b": "b"}, {"a": "a", "b": 2}, {"c": None}, {"a": {"b": "b"}}),
)


def optional(**keywords: st.SearchStrategy[Any]) -> st.SearchStrategy[Node]:
    return st.fixed_dictionaries({}, optional=keywords)


def numeric(kind: str, rest: Node) -> Node:
    """Return a schema of numbers; a bound that is not there excludes nothing."""
    bounds = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
    return {"type": kind} | {k: v for k, v in rest.items() if bounds.get(k, k) in rest}


LEAVES = st.one_of(
    st.just({}),
    st.builds(
        numeric,
        st.sampled_from(["integer", "number"]),
        optional(
            minimum=SMALL,
            maximum=SMALL,
            exclusiveMinimum=st.booleans(),
            exclusiveMaximum=st.booleans(),
            multipleOf=st.integers(1, 4),
            nullable=st.booleans(),
            enum=st.lists(SMALL, min_size=1, unique=True),
        ),
    ),
    st.builds(
        lambda rest: {"type": "string", **rest},
        optional(
            minLength=SMALL,
            maxLength=SMALL,
            nullable=st.booleans(),
            pattern=st.sampled_from(["^a", "^b", "b$"]),
            enum=st.lists(st.sampled_from("abc"), min_size=1, unique=True),
        ),
    ),
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda items, rest: {"type": "array", "items": items, **rest},
            inner,
            optional(minItems=SMALL, maxItems=SMALL, uniqueItems=st.booleans()),
        ),
        st.builds(
            lambda fields, rest: {"type": "object", "properties": fields, **rest},
            st.fixed_dictionaries({"a": inner, "b": inner}),
            optional(
                required=st.lists(st.sampled_from("ab"), min_size=1, unique=True),
                additionalProperties=st.booleans() | inner,
                minProperties=SMALL,
                maxProperties=SMALL,
            ),
        ),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=5,
)


def found(old: Node, new: Node, direction: Direction) -> list[Change]:
    return list(Pair(old, new, direction, "here").changes())


def allows(schema: Node) -> list[bool]:
    validator = jsonschema_rs.Draft4Validator(to_json_schema(schema))
    return [validator.is_valid(value) for value in VALUES]


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(old=SCHEMAS, new=SCHEMAS)
@example(old={"anyOf": [{"type": "string"}]}, new={"anyOf": [{"type": "integer"}]})
@example(old={"type": "integer", "minimum": 2}, new={"type": "integer", "minimum": 3})
def test_nothing_that_breaks_is_called_compatible(old: Node, new: Node) -> None:
    before, after = allows(old), allows(new)
    assume(before != after)
    if any(was and not is_ for was, is_ in zip(before, after, strict=True)):
        assert {c.effect for c in found(old, new, Direction.REQUEST)} & {BREAKS, MAY}
    if any(is_ and not was for was, is_ in zip(before, after, strict=True)):
        assert {c.effect for c in found(old, new, Direction.ANSWER)} & {BREAKS, MAY}


@given(schema=SCHEMAS)
def test_a_schema_against_itself_has_no_changes(schema: Node) -> None:
    assert found(schema, schema, Direction.REQUEST) == []


@pytest.mark.parametrize(
    ("old", "new", "in_request", "in_answer"),
    [
        ({"minimum": 2}, {"minimum": 3}, BREAKS, FINE),
        ({"minimum": 2}, {"minimum": 1}, FINE, MAY),
        ({"maxItems": 2}, {"maxItems": 1}, BREAKS, FINE),
        ({"maxItems": 2}, {}, FINE, MAY),
        ({}, {"maxItems": 2}, BREAKS, FINE),
        ({}, {"uniqueItems": True}, BREAKS, FINE),
        ({"multipleOf": 2}, {"multipleOf": 4}, BREAKS, FINE),
        ({"multipleOf": 4}, {"multipleOf": 2}, FINE, MAY),
        ({"multipleOf": 3}, {"multipleOf": 2}, MAY, MAY),
        ({"pattern": "a"}, {"pattern": "b"}, MAY, MAY),
        ({"format": "int32"}, {"format": "int64"}, FINE, BREAKS),
        ({"format": "int64"}, {"format": "int32"}, BREAKS, FINE),
        ({"format": "date"}, {"format": "date-time"}, BREAKS, BREAKS),
        ({"enum": ["a"]}, {}, FINE, MAY),
        ({}, {"enum": ["a"]}, BREAKS, FINE),
        ({"additionalProperties": False}, {}, FINE, MAY),
        ({}, {"additionalProperties": False}, BREAKS, FINE),
        ({}, {"additionalProperties": {"type": "string"}}, BREAKS, FINE),
        ({"additionalProperties": {"type": "string"}}, {}, FINE, MAY),
        ({"items": {"type": "integer"}}, {"items": {"type": "number"}}, FINE, BREAKS),
        ({"anyOf": [{"enum": [1]}]}, {"anyOf": [{"enum": [1]}, {"enum": [2]}]}, FINE, BREAKS),
        ({"oneOf": [{"enum": [1]}, {"enum": [2]}]}, {"oneOf": [{"enum": [1]}]}, BREAKS, FINE),
        ({"anyOf": [{"enum": [1]}]}, {}, FINE, MAY),
        ({"not": {"enum": [1]}}, {"not": {"enum": [2]}}, MAY, MAY),
    ],
)
def test_a_keyword_has_its_effect(
    old: Node, new: Node, in_request: Effect, in_answer: Effect
) -> None:
    assert [c.effect for c in found(old, new, Direction.REQUEST)] == [in_request]
    assert [c.effect for c in found(old, new, Direction.ANSWER)] == [in_answer]
