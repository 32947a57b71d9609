"""OpenAPI 3.0 schemas → compiled validators, and their findings → violations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import jsonschema_rs

from mockserver.core.errors import Violation, shown

Schema = Mapping[str, Any]
MAX_VIOLATIONS = 20

_OF_NUMBERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_OF_TEXTS = {"minLength", "maxLength", "pattern", "format"}
_OF_ARRAYS = {"items", "minItems", "maxItems", "uniqueItems"}
_OF_OBJECTS = {"properties", "required", "additionalProperties", "minProperties", "maxProperties"}
_SHAPES = ("allOf", "anyOf", "oneOf")
_CHECKED = frozenset(
    {"type", "enum", "nullable", "not", *_SHAPES}
    | (_OF_NUMBERS | _OF_TEXTS | _OF_ARRAYS | _OF_OBJECTS)
)
_IGNORED = frozenset(
    {"title", "description", "example", "default", "readOnly", "writeOnly", "deprecated"}
    | {"discriminator", "xml", "externalDocs"}
)
_AMOUNTS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} properties",
    "maxProperties": "at most {} properties",
}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


class UnknownKeyword(Exception):
    """A schema of the contract says something that would not be checked."""


def to_json_schema(schema: Schema) -> dict[str, Any]:
    """Translate an OpenAPI 3.0 schema to JSON Schema draft 4, on which OpenAPI 3.0 is built."""
    unknown = [k for k in schema if k not in _CHECKED | _IGNORED and not k.startswith("x-")]
    if unknown:
        raise UnknownKeyword(f"the contract uses {', '.join(unknown)}, which is not understood")
    result = {k: v for k, v in schema.items() if k in _CHECKED and k != "nullable"}
    if result.get("format") in _RANGES:
        # JSON Schema knows these formats as words only.
        lowest, highest = _RANGES[result.pop("format")]
        result.setdefault("minimum", lowest)
        result.setdefault("maximum", highest)
    for key in _SHAPES:
        if key in result:
            result[key] = [to_json_schema(part) for part in result[key]]
    for key in ("items", "not", "additionalProperties"):
        if isinstance(result.get(key), Mapping):
            result[key] = to_json_schema(result[key])
    if "properties" in result:
        result["properties"] = {n: to_json_schema(s) for n, s in result["properties"].items()}
    return _with_null(result) if schema.get("nullable") and "type" in schema else result


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _is_uuid(text: str) -> bool:
    # Not uuid.UUID: it takes braces and leaves out hyphens, RFC 9562 does not.
    return _UUID.fullmatch(text) is not None


class Checker:
    """Holds values against one schema; compiled at first use, so that start-up stays short."""

    __slots__ = ("_schema", "_validator")

    def __init__(self, schema: Schema) -> None:
        """Translate `schema`; UnknownKeyword if it says something that would not be checked."""
        self._schema = to_json_schema(schema)
        self._validator: jsonschema_rs.Draft4Validator | None = None

    def accepts(self, value: object) -> bool:
        """Say whether `value` fits."""
        return self._compiled().is_valid(value)

    def violations(self, where: str, name: str, value: object) -> tuple[Violation, ...]:
        """Return the ways in which `value` does not fit, the first few if there are many."""
        validator = self._compiled()
        if validator.is_valid(value):
            return ()
        found = islice(validator.iter_errors(value), MAX_VIOLATIONS)
        return tuple(v for error in found for v in _violations(where, name, error))

    def first_violation(self, where: str, name: str, value: object) -> tuple[Violation, ...]:
        """Return one way in which `value` does not fit, if there is one.

        Finding them all takes seconds where a large value is wrong in a hundred thousand places.
        """
        try:
            self._compiled().validate(value)
        except jsonschema_rs.ValidationError as error:
            return tuple(_violations(where, name, error))
        return ()

    def _compiled(self) -> jsonschema_rs.Draft4Validator:
        if self._validator is None:
            self._validator = jsonschema_rs.Draft4Validator(
                self._schema, validate_formats=True, formats={"uuid": _is_uuid}
            )
        return self._validator


def _violations(
    where: str, name: str, error: jsonschema_rs.ValidationError
) -> Iterator[Violation]:
    rule = error.kind.name
    path = _dotted(name, error.instance_path)
    if rule == "required":
        missing = error.kind.as_dict()["property"]
        yield Violation(where, f"{path}.{missing}".strip("."), rule, "a value")
    else:
        yield Violation(where, path, rule, _expected(error), error.instance)


def _dotted(name: str, path: list[str | int]) -> str:
    parts = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return (name + parts).lstrip(".")


def _expected(error: jsonschema_rs.ValidationError) -> str:
    rule, facts = error.kind.name, error.kind.as_dict()
    if rule in _AMOUNTS:
        return _AMOUNTS[rule].format(facts["limit"])
    if rule == "enum":
        return "one of " + ", ".join(_plain(option) for option in facts["options"])
    if rule in {"anyOf", "oneOf"}:
        return _choices(facts["context"]) or "one alternative, not several"
    worded = _FACTS.get(rule)
    return worded(facts) if worded else f"what the contract says under {rule}"


# Made from the contract's side of an error only: its message would repeat the whole value.
_FACTS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "type": lambda facts: ", ".join(facts["types"]),
    "pattern": lambda facts: f"text matching {facts['pattern']}",
    "format": lambda facts: f"a {facts['format']}",
    "multipleOf": lambda facts: f"a multiple of {facts['multiple_of']}",
    "uniqueItems": lambda _: "each item once",
    "additionalProperties": lambda facts: f"no property {shown(facts['unexpected'][0])}",
}


def _plain(option: object) -> str:
    return "null" if option is None else str(option)


def _choices(context: list[list[jsonschema_rs.ValidationError]]) -> str:
    wanted = [_choice(branch[0]) for branch in context if branch]
    return " or ".join(dict.fromkeys(wanted))


def _choice(error: jsonschema_rs.ValidationError) -> str:
    if error.kind.name == "required":
        return f"{error.kind.as_dict()['property']} to be given"
    return _expected(error)
