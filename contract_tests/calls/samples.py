"""A plain valid value for a schema: its example, or the simplest thing that its words allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from contract_tests.calls.sampling import Sampler
from specs.json_schema import UnknownKeyword, compiled, to_json_schema

Schema = Mapping[str, Any]
# Tried in this order until one is valid: examples are the author's, but may be wrong.
_SAMPLERS = tuple(Sampler(with_examples=own, choice=n) for n in range(4) for own in (True, False))

_LISTS = frozenset({"allOf", "anyOf", "oneOf"})
_SINGLE = frozenset({"items", "additionalProperties"})


def holder_sample(holder: Mapping[str, Any]) -> Any:
    """Return a valid example of a parameter or media type, or else a sample of its schema."""
    return _first_valid(holder.get("schema", {}), _examples(holder))


def sample(schema: Schema) -> Any:
    """Return a value for a request that `schema` allows, as far as its words tell."""
    return _first_valid(schema, iter(()))


def fits(value: Any, schema: Schema) -> bool:
    """Say whether a request may carry `value` where `schema` stands."""
    try:
        return bool(compiled(to_json_schema(of_request(schema))).is_valid(value))
    except (UnknownKeyword, ValueError):
        # What cannot be judged is not held against it.
        return True


def of_request(schema: Any, hidden: frozenset[str] = frozenset()) -> Any:
    """Return a schema as requests have to fit it: without demands for what only answers have.

    `hidden` are names of such properties that schemas around this one tell.
    """
    if not isinstance(schema, Mapping):
        return schema
    hidden |= {
        name
        for part in _parts(schema)
        for name, inner in part.get("properties", {}).items()
        if inner.get("readOnly")
    }
    result = dict(schema)
    for key in _LISTS & set(schema):
        result[key] = [of_request(part, hidden) for part in schema[key]]
    for key in _SINGLE & set(schema):
        result[key] = of_request(schema[key])
    if "properties" in schema:
        result["properties"] = {n: of_request(s) for n, s in schema["properties"].items()}
    if "required" in schema:
        result["required"] = [name for name in schema["required"] if name not in hidden]
    return result


def minimal(value: Any, schema: Schema) -> Any:
    """Return `value` without what `schema` does not require; lists keep their first item."""
    if isinstance(value, Mapping):
        required = {name for part in _parts(schema) for name in part.get("required", ())}
        inner = {n: s for part in _parts(schema) for n, s in part.get("properties", {}).items()}
        return {
            n: minimal(v, inner.get(n, {}))
            for n, v in value.items()
            if n in required and not inner.get(n, {}).get("readOnly")
        }
    if isinstance(value, list) and value:
        return [minimal(value[0], schema.get("items", {}))]
    return value


def _first_valid(schema: Schema, examples: Iterator[Any]) -> Any:
    made = (sampler.value(schema) for sampler in _SAMPLERS)
    valid = (value for value in chain(examples, made) if fits(value, schema))
    for value in valid:
        return value
    return _SAMPLERS[0].value(schema)


def _examples(holder: Mapping[str, Any]) -> Iterator[Any]:
    if "example" in holder:
        yield holder["example"]
    for example in (holder.get("examples") or {}).values():
        if isinstance(example, Mapping) and "value" in example:
            yield example["value"]


def _parts(schema: Schema) -> list[Schema]:
    return [schema, *(part for inner in schema.get("allOf", ()) for part in _parts(inner))]
