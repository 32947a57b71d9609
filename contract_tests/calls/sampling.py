"""How a sample is made: alternatives chosen, parts laid together, then by type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from contract_tests.calls.texts import text

Schema = Mapping[str, Any]
_DEEPEST = 24
_LARGER = frozenset({"minimum", "minLength", "minItems", "minProperties"})
_SMALLER = frozenset({"maximum", "maxLength", "maxItems", "maxProperties"})


@dataclass(frozen=True, slots=True)
class Sampler:
    """Makes values: with the schemas' own examples or not, and which of alternatives it takes."""

    with_examples: bool = True
    choice: int = 0

    def value(self, schema: Schema, deep: int = 0) -> Any:
        """Return a value for a schema; what lies too deep is an empty object."""
        if deep > _DEEPEST:
            return {}
        flat = self.flat(schema)
        if self.with_examples:
            for key in ("example", "default"):
                if flat.get(key) is not None:
                    return flat[key]
        if flat.get("enum"):
            return flat["enum"][min(self.choice, len(flat["enum"]) - 1)]
        return self._by_type(flat, deep)

    def flat(self, schema: Schema) -> dict[str, Any]:
        """Return a schema with its parts laid together, and one of its alternatives taken."""
        result = {k: v for k, v in schema.items() if k not in {"allOf", "anyOf", "oneOf"}}
        for part in schema.get("allOf", ()):
            result = together(result, self.flat(part))
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                chosen = schema[key][min(self.choice, len(schema[key]) - 1)]
                result = together(result, self.flat(chosen))
        return result

    def _by_type(self, schema: Schema, deep: int) -> Any:
        kind = schema.get("type") or _kind_by_words(schema)
        if kind == "object":
            return self._object(schema, deep)
        if kind == "array":
            return self._array(schema, deep)
        if kind == "boolean":
            return True
        if kind == "null":
            return None
        if kind in {"integer", "number"}:
            return number(schema)
        return text(schema)

    def _object(self, schema: Schema, deep: int) -> dict[str, Any]:
        properties: Mapping[str, Schema] = schema.get("properties", {})
        writable = [n for n, inner in properties.items() if not inner.get("readOnly")]
        required = set(schema.get("required", ()))
        names = [name for name in writable if name in required]
        names += [n for n in required if n not in properties]
        least = int(schema.get("minProperties", 0))
        names += [n for n in writable if n not in required][: max(least - len(names), 0)]
        names += [f"key{n}" for n in range(least - len(names))]
        others = schema.get("additionalProperties")
        other = others if isinstance(others, Mapping) else {}
        return {name: self.value(properties.get(name, other), deep + 1) for name in names}

    def _array(self, schema: Schema, deep: int) -> list[Any]:
        item = schema.get("items", {})
        count = max(1, int(schema.get("minItems", 1)))
        first = self.value(item, deep + 1)
        if count == 1 or not schema.get("uniqueItems"):
            return [first] * count
        options = self.flat(item).get("enum") or [_another(first, n) for n in range(count)]
        return list(options[:count])


def together(one: Schema, other: Schema) -> dict[str, Any]:
    """Lay two flat schemas together: what fits the result fits both, as far as words tell."""
    result = {**other, **one}
    for key in set(one) & set(other):
        if key == "properties":
            result[key] = _properties(one[key], other[key])
        elif key == "required":
            result[key] = [*one[key], *other[key]]
        elif key == "enum":
            result[key] = [v for v in one[key] if v in other[key]] or one[key]
        elif key in _LARGER:
            result[key] = max(one[key], other[key])
        elif key in _SMALLER:
            result[key] = min(one[key], other[key])
    return result


def _properties(one: Mapping[str, Schema], other: Mapping[str, Schema]) -> dict[str, Schema]:
    both = {name: {"allOf": [one[name], other[name]]} for name in set(one) & set(other)}
    return {**one, **other, **both}


def _kind_by_words(schema: Schema) -> str:
    if {"properties", "required", "minProperties"} & set(schema):
        return "object"
    if isinstance(schema.get("additionalProperties"), Mapping):
        return "object"
    if "items" in schema:
        return "array"
    return "number" if {"minimum", "maximum", "multipleOf"} & set(schema) else "string"


def number(schema: Schema) -> int | float:
    """Return the number nearest to 1 that a schema allows."""
    step = schema.get("multipleOf", 1)
    least, most = schema.get("minimum"), schema.get("maximum")
    whole = schema.get("type") == "integer"
    if least is not None and schema.get("exclusiveMinimum"):
        least += step if whole or most is None or least + step < most else (most - least) / 2
    if most is not None and schema.get("exclusiveMaximum"):
        most -= step if whole or least is None or most - step >= least else (most - least) / 2
    value = max(1, least) if least is not None else 1
    value = min(value, most) if most is not None else value
    if "multipleOf" in schema and step:
        value = ceil(value / step) * step
    return ceil(value) if whole and value != int(value) else int(value) if whole else value


def _another(value: Any, number_: int) -> Any:
    if number_ == 0:
        return value
    if isinstance(value, str):
        return f"{value}{number_}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value + number_
    if isinstance(value, dict) and value:
        first = next(iter(value))
        return {**value, first: _another(value[first], number_)}
    return value
