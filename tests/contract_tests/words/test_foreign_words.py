"""Contracts that are not ours: unknown words, references that were left in, other versions."""

from __future__ import annotations

from typing import Any

import pytest

from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.words import Words

JSON = (("Content-Type", "application/json"),)


def contract(schema: Any, **components: Any) -> dict[str, Any]:
    """Return a contract whose one operation answers with `schema`."""
    answer = {"description": "it", "content": {"application/json": {"schema": schema}}}
    operation = {"operationId": "it", "summary": "it", "responses": {"200": answer}}
    return {
        "servers": [{"url": "http://127.0.0.1"}],
        "paths": {"/it": {"get": operation}},
        "components": {"schemas": components},
    }


def found(schema: Any, body: bytes, **components: Any) -> list[Finding]:
    exchange = Exchange("", Request("GET", "/it?a=1"), Response(200, JSON, body))
    return list(Words(contract(schema, **components)).findings(exchange))


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ({"type": "string", "contentEncoding": "x", "if": {}}, b'"a"', b"1"),
        ({"type": ["string", "null"]}, b"null", b"1"),
        ({"type": "integer", "exclusiveMinimum": 3}, b"4", b"3"),
        ({"const": "a"}, b'"a"', b'"b"'),
        ({"allOf": [{"type": "string"}], "nullable": True}, b"null", b"1"),
        ({"type": "string", "pattern": r"\p{NoSuchThing}("}, b'"a"', b"1"),
    ],
)
def test_a_schema_with_words_of_its_own_is_still_judged(
    schema: Any, right: bytes, wrong: bytes
) -> None:
    assert found(schema, right) == []
    assert len(found(schema, wrong)) == 1


@pytest.mark.parametrize("schema", [True, {}, {"type": "unheard of"}, {"required": "name"}])
def test_a_schema_that_says_nothing_or_nonsense_accuses_nobody(schema: Any) -> None:
    assert found(schema, b'{"a": [1]}') == []


def test_a_schema_that_holds_itself_is_followed() -> None:
    node = {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "in": {"$ref": "#/components/schemas/Node"}},
    }
    reference = {"$ref": "#/components/schemas/Node"}
    findings = found(reference, b'{"name": "a", "in": {"name": "b", "in": {"x": 1}}}', Node=node)
    assert {(f.statement, f.aspect) for f in findings} == {
        ("Node.name", "missing"),
        ("Node.x", "unknown"),
    }


def test_what_is_only_for_writing_need_not_be_in_an_answer() -> None:
    secret = {"type": "string", "writeOnly": True}
    schema = {"type": "object", "required": ["secret"], "properties": {"secret": secret}}
    assert found(schema, b"{}") == []


def test_of_two_alternatives_the_one_that_is_meant_is_judged() -> None:
    cat = {"type": "object", "required": ["purrs"], "properties": {"purrs": {"type": "boolean"}}}
    schema = {"anyOf": [{"type": "string"}, cat]}
    findings = found(schema, b'{"purrs": "loudly"}')
    assert [(f.place, f.aspect) for f in findings] == [("/purrs", "type")]


def test_a_map_may_hold_any_key_and_its_values_are_judged() -> None:
    schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    assert found(schema, b'{"a": 1, "b": 2}') == []
    assert [f.place for f in found(schema, b'{"a": "1", "b": "2"}')] == ["/*"]
