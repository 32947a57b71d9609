"""Schemas of any OpenAPI version in the words of 3.0, without references, and never endless."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import jsonschema_rs

from contract_tests.foreign.documents import Documents

# A schema may hold so many others; where references lead deeper, anything is allowed there.
_MOST_SCHEMAS = 800
_DEPTHS = (12, 8, 6, 5, 4, 3, 2, 1, 0)
_SHAPES = ("allOf", "anyOf", "oneOf")
_TEXTS = frozenset({"title", "description", "format"})
_SWITCHES = frozenset({"readOnly", "writeOnly", "uniqueItems"})
_COUNTS = frozenset(
    {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
)
_NUMBERS = frozenset({"minimum", "maximum", "multipleOf"})
_KEPT = frozenset({"example", "default"}) | _TEXTS | _SWITCHES | _COUNTS | _NUMBERS
_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "null"})


class Plain(NamedTuple):
    """A schema without references: how many it holds, and whether nothing was left out of it."""

    schema: dict[str, Any]
    size: int
    whole: bool


ANYTHING = Plain({}, 1, whole=False)


class Schemas:
    """The schemas of one contract; what is referred to is one object wherever it is used."""

    def __init__(self, documents: Documents) -> None:
        """Follow references in these documents."""
        self._documents = documents
        self._known: dict[tuple[str, str, int], Plain] = {}
        self._patterns: dict[str, bool] = {}

    def plain(self, schema: Any, base: str) -> dict[str, Any]:
        """Return a schema of the document `base` with its references followed so far as fits."""
        for depth in _DEPTHS:
            plain = self._of(schema, base, depth)
            if plain.size <= _MOST_SCHEMAS:
                return plain.schema
        return {}

    def _of(self, schema: Any, base: str, depth: int) -> Plain:
        if not isinstance(schema, Mapping):
            return ANYTHING if schema is not False else Plain({"not": {}}, 1, whole=True)
        if isinstance(schema.get("$ref"), str):
            return self._referred(schema, base, depth)
        return self._spelt(schema, base, depth)

    def _referred(self, schema: Mapping[str, Any], base: str, depth: int) -> Plain:
        reference = schema["$ref"]
        if depth == 0:
            return ANYTHING
        key = (base, reference, depth)
        if key not in self._known:
            self._known[key] = self._of(*self._documents.follow(reference, base), depth - 1)
        found = self._known[key]
        if schema.get("nullable") or schema.get("x-nullable"):
            return Plain(_or_null(found.schema), found.size + 1, found.whole)
        return found

    def _spelt(self, schema: Mapping[str, Any], base: str, depth: int) -> Plain:
        result = {k: v for k, v in schema.items() if k in _KEPT and _is_sound(k, v)}
        parts: list[Plain] = []

        def inner(part: Any) -> dict[str, Any]:
            parts.append(self._of(part, base, depth))
            return parts[-1].schema

        for shape in _SHAPES:
            if isinstance(schema.get(shape), list) and schema[shape]:
                result[shape] = [inner(part) for part in schema[shape]]
        if isinstance(schema.get("properties"), Mapping):
            result["properties"] = {n: inner(p) for n, p in schema["properties"].items()}
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), Mapping):
                result[key] = inner(schema[key])
        if schema.get("additionalProperties") is False and "patternProperties" not in schema:
            result["additionalProperties"] = False
        whole = all(part.whole for part in parts)
        if not whole and "oneOf" in result:
            # Alternatives that allow more than is written would fit several at once.
            result["anyOf"] = [*result.get("anyOf", ()), *result.pop("oneOf")]
        self._values(schema, result)
        return Plain(_typed(schema, result), 1 + sum(part.size for part in parts), whole)

    def _values(self, schema: Mapping[str, Any], result: dict[str, Any]) -> None:
        names = schema.get("required")
        required = [n for n in names if isinstance(n, str)] if isinstance(names, list) else []
        if required:
            result["required"] = list(dict.fromkeys(required))
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            # A value that stands there twice is none the less one.
            result["enum"] = list({repr(value): value for value in schema["enum"]}.values())
        if "const" in schema:
            result["enum"] = [schema["const"]]
        examples = schema.get("examples")
        if "example" not in result and isinstance(examples, list) and examples:
            result["example"] = examples[0]
        if isinstance(schema.get("pattern"), str) and self._is_pattern(schema["pattern"]):
            result["pattern"] = schema["pattern"]
        for key, least in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            bound = schema.get(key)
            if isinstance(bound, bool) and least in result:
                result[key] = bound
            elif isinstance(bound, int | float) and not isinstance(bound, bool):
                result.update({least: bound, key: True})

    def _is_pattern(self, pattern: str) -> bool:
        if pattern not in self._patterns:
            try:
                jsonschema_rs.Draft4Validator({"pattern": pattern})
                self._patterns[pattern] = True
            except ValueError:
                self._patterns[pattern] = False
        return self._patterns[pattern]


def _is_sound(key: str, value: Any) -> bool:
    """Say whether a keyword has a value that it can have: documents are written by hand."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if key in _TEXTS:
        return isinstance(value, str)
    if key in _SWITCHES:
        return isinstance(value, bool)
    if key in _COUNTS:
        return is_number and value >= 0 and value == int(value)
    return key not in _NUMBERS or (is_number and (key != "multipleOf" or value > 0))


def _typed(schema: Mapping[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    stated = schema.get("type")
    names = stated if isinstance(stated, list) else [stated]
    given = list(dict.fromkeys(t for t in names if isinstance(t, str) and t in _TYPES))
    types = [t for t in given if t != "null"]
    if stated == "file":
        result.update(type="string", format="binary")
    elif len(types) == 1:
        result["type"] = types[0]
    elif types:
        result = _of_several(result, types)
    elif given:
        result["enum"] = [None]
    if len(given) > len(types) > 0 or schema.get("nullable") or schema.get("x-nullable"):
        return _or_null(result)
    return result


def _of_several(result: dict[str, Any], types: list[str]) -> dict[str, Any]:
    kinds = [{"type": kind} for kind in types]
    return {**result, "allOf": [*result.get("allOf", ()), {"anyOf": kinds}]}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" in schema and not any(shape in schema for shape in _SHAPES):
        return {**schema, "nullable": True}
    return {"anyOf": [schema, {"enum": [None]}]} if schema else schema
