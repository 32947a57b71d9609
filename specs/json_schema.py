"""OpenAPI 3.0 schemas in the words of JSON Schema, and compiled validators of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jsonschema_rs

Schema = Mapping[str, Any]

_OF_NUMBERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_OF_TEXTS = {"minLength", "maxLength", "pattern", "format"}
_OF_ARRAYS = {"items", "minItems", "maxItems", "uniqueItems"}
_OF_OBJECTS = {"properties", "required", "additionalProperties", "minProperties", "maxProperties"}
SHAPES = ("allOf", "anyOf", "oneOf")
_CHECKED = frozenset(
    {"type", "enum", "nullable", "not", *SHAPES}
    | (_OF_NUMBERS | _OF_TEXTS | _OF_ARRAYS | _OF_OBJECTS)
)
_IGNORED = frozenset(
    {"title", "description", "example", "default", "readOnly", "writeOnly", "deprecated"}
    | {"discriminator", "xml", "externalDocs"}
)
_RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class UnknownKeyword(Exception):
    """A schema of the contract says something that would not be checked."""


def to_json_schema(schema: Schema) -> dict[str, Any]:
    """Translate an OpenAPI 3.0 schema to JSON Schema draft 4, on which OpenAPI 3.0 is built.

    UnknownKeyword if it says something that would not be checked.
    """
    unknown = [k for k in schema if k not in _CHECKED | _IGNORED and not k.startswith("x-")]
    if unknown:
        raise UnknownKeyword(f"the contract uses {', '.join(unknown)}, which is not understood")
    result = {k: v for k, v in schema.items() if k in _CHECKED and k != "nullable"}
    if result.get("format") in _RANGES:
        # JSON Schema knows these formats as words only.
        lowest, highest = _RANGES[result.pop("format")]
        result.setdefault("minimum", lowest)
        result.setdefault("maximum", highest)
    for key in SHAPES:
        if key in result:
            result[key] = [to_json_schema(part) for part in result[key]]
    for key in ("items", "not", "additionalProperties"):
        if isinstance(result.get(key), Mapping):
            result[key] = to_json_schema(result[key])
    if "properties" in result:
        result["properties"] = {n: to_json_schema(s) for n, s in result["properties"].items()}
    return _with_null(result) if schema.get("nullable") and "type" in schema else result


def compiled(json_schema: dict[str, Any]) -> jsonschema_rs.Draft4Validator:
    """Return a validator that checks formats too."""
    return jsonschema_rs.Draft4Validator(
        json_schema, validate_formats=True, formats={"uuid": _is_uuid}
    )


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    schema["type"] = [schema["type"], "null"]
    if "enum" in schema and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    return schema


def _is_uuid(text: str) -> bool:
    # Not uuid.UUID: it takes braces and leaves out hyphens, RFC 9562 does not.
    return _UUID.fullmatch(text) is not None
