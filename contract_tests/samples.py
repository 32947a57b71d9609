"""A plain valid value for a schema: its example, or the simplest thing that its words allow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

_BY_FORMAT: Mapping[str, str] = {
    "date-time": "2025-01-01T00:00:00Z",
    "date": "2025-01-01",
    "uuid": "6f1c2b34-9d1e-4a5b-8c7d-0123456789ab",
    "uri": "https://www.example.com/",
    "email": "ada@example.com",
    "hostname": "www.example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
}


def holder_sample(holder: Mapping[str, Any]) -> Any:
    """Return the example of a parameter or media type, or a sample of its schema."""
    if "example" in holder:
        return holder["example"]
    for example in (holder.get("examples") or {}).values():
        if isinstance(example, Mapping) and "value" in example:
            return example["value"]
    return sample(holder.get("schema", {}))


def sample(schema: Schema) -> Any:
    """Return a value that `schema` allows, as far as its simple keywords tell; seldom wrong."""
    for key in ("example", "default"):
        if key in schema:
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    if "allOf" in schema:
        return _merged(schema)
    for key in ("oneOf", "anyOf"):
        if schema.get(key):
            return sample(schema[key][0])
    return _by_type(schema)


def minimal(value: Any, schema: Schema) -> Any:
    """Return `value` without what `schema` does not require; lists keep their first item."""
    if isinstance(value, Mapping):
        required = {name for part in _parts(schema) for name in part.get("required", ())}
        inner = {n: s for part in _parts(schema) for n, s in part.get("properties", {}).items()}
        return {n: minimal(v, inner.get(n, {})) for n, v in value.items() if n in required}
    if isinstance(value, list) and value:
        return [minimal(value[0], schema.get("items", {}))]
    return value


def _parts(schema: Schema) -> list[Schema]:
    return [schema, *(part for inner in schema.get("allOf", ()) for part in _parts(inner))]


def _merged(schema: Schema) -> Any:
    values = [sample(part) for part in schema["allOf"]]
    if not all(isinstance(value, Mapping) for value in values):
        return values[0]
    own = _by_type({**schema, "type": "object"})
    return {name: value for each in [*values, own] for name, value in each.items()}


def _by_type(schema: Schema) -> Any:
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    if kind == "object":
        required = schema.get("required", ())
        return {n: sample(s) for n, s in schema.get("properties", {}).items() if n in required}
    if kind == "array":
        return [sample(schema.get("items", {}))] * max(1, schema.get("minItems", 1))
    if kind == "boolean":
        return True
    if kind in {"integer", "number"}:
        return _number(schema)
    return _text(schema)


def _number(schema: Schema) -> Any:
    least = schema.get("minimum", schema.get("maximum", 1))
    step = schema.get("multipleOf", 1)
    least += step if schema.get("exclusiveMinimum") else 0
    return max(least, 1) if schema.get("maximum", 1) >= 1 and least <= 1 else least


def _text(schema: Schema) -> str:
    text: str = _BY_FORMAT.get(str(schema.get("format")), "sample")
    text = text.ljust(int(schema.get("minLength", 0)), "x")
    most = schema.get("maxLength")
    return text if most is None else text[: int(most)]
