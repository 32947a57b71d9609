"""Schemas of any OpenAPI document → JSON Schema that compiles, whatever else they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from specs.json_schema import SHAPES, Schema, compiled, to_json_schema

_ONE = ("items", "not", "additionalProperties")
_FLAT = frozenset(
    {"type", "enum", "nullable", "required", "pattern", "format", "multipleOf", "uniqueItems"}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength"}
    | {"minItems", "maxItems", "minProperties", "maxProperties"}
)
_EXCLUSIVE = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_LOCAL = "#/components/schemas/"
# Which of the required fields need not be there: those that only the other side sends.
ANSWERS, REQUESTS = "writeOnly", "readOnly"


class Translation:
    """Translates schemas, of answers or requests; references left in become definitions."""

    def __init__(self, contract: Mapping[str, Any], side: str = ANSWERS) -> None:
        """Take a contract; the references in it may be resolved or not."""
        self._side = side
        self._named = contract.get("components", {}).get("schemas", {})
        self._definitions: dict[str, Any] = {}
        self._keys: dict[str, str] = {}

    def compiled(self, schema: Schema) -> jsonschema_rs.Draft4Validator | None:
        """Return a validator, or None where the schema is none: then nothing can be judged."""
        translated = self.translated(schema)
        whole = {**translated, "definitions": self._definitions}
        for candidate in (whole, _without_patterns(whole)):
            try:
                return compiled(candidate)
            except (jsonschema_rs.ValidationError, ValueError, TypeError):
                continue
        return None

    def translated(self, schema: Any) -> dict[str, Any]:
        """Return it in the words of JSON Schema; keywords that nobody knows say nothing."""
        if not isinstance(schema, Mapping):
            return {} if schema is not False else {"not": {}}
        if "$ref" in schema:
            return self._reference(str(schema["$ref"]))
        flat = to_json_schema({k: v for k, v in modern(schema).items() if k in _FLAT})
        result = flat | self._nested(schema)
        if "required" in result:
            result["required"] = [*_sent(schema, self._side)]
            result = result if result["required"] else _without(result, "required")
        if schema.get("nullable") and "type" not in schema and result:
            return {"anyOf": [{"type": "null"}, result]}
        return result

    def _nested(self, schema: Schema) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key in SHAPES:
            if schema.get(key):
                result[key] = [self.translated(part) for part in schema[key]]
        for key in _ONE:
            if isinstance(schema.get(key), Mapping):
                result[key] = self.translated(schema[key])
        if schema.get("additionalProperties") is False:
            result["additionalProperties"] = False
        if "properties" in schema:
            inner = schema["properties"].items()
            result["properties"] = {name: self.translated(part) for name, part in inner}
        return result

    def _reference(self, address: str) -> dict[str, Any]:
        name = address.removeprefix(_LOCAL)
        if not address.startswith(_LOCAL) or name not in self._named:
            return {}
        if name not in self._keys:
            # Known before it is translated: it may hold itself.
            self._keys[name] = f"d{len(self._keys)}"
            self._definitions[self._keys[name]] = self.translated(self._named[name])
        return {"$ref": f"#/definitions/{self._keys[name]}"}


def modern(schema: Schema) -> dict[str, Any]:
    """Return a schema of OpenAPI 3.1 in the words of 3.0, as far as they are the same."""
    result = dict(schema)
    kinds = result.get("type")
    if isinstance(kinds, list):
        others = [kind for kind in kinds if kind != "null"]
        result.pop("type")
        if len(others) == 1:
            result["type"] = others[0]
            result["nullable"] = "null" in kinds or result.get("nullable", False)
    if "const" in result:
        result["enum"] = [result.pop("const")]
    for exclusive, bound in _EXCLUSIVE.items():
        value = result.get(exclusive)
        if isinstance(value, int | float) and not isinstance(value, bool):
            result |= {bound: value, exclusive: True}
    return result


def _sent(schema: Schema, side: str) -> Iterator[str]:
    """Yield what must be there: what is only for writing is not in an answer."""
    fields, required = schema.get("properties", {}), schema["required"]
    for name in required if isinstance(required, list) else ():
        field = fields.get(name)
        if not (isinstance(field, Mapping) and field.get(side)):
            yield name


def _without(schema: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {k: v for k, v in schema.items() if k != key}


def _without_patterns(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_without_patterns(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {k: v for k, v in schema.items() if k != "pattern" or not isinstance(v, str)}
    return {k: _without_patterns(v) for k, v in kept.items()}
