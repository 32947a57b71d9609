"""Keys of a body that its schema does not list: a server may show them again as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_SHAPES = ("allOf", "anyOf", "oneOf")


def has_unlisted(value: Any, schema: Schema) -> bool:
    """Say whether an object anywhere in `value` has a key that `schema` does not list."""
    if isinstance(value, list):
        items = [part["items"] for part in _parts(schema) if "items" in part]
        return any(has_unlisted(item, {"anyOf": items}) for item in value)
    if not isinstance(value, Mapping):
        return False
    known: dict[str, list[Schema]] = {}
    for part in _parts(schema):
        for name, inner in part.get("properties", {}).items():
            known.setdefault(name, []).append(inner)
    return any(
        name not in known or has_unlisted(item, {"anyOf": known[name]})
        for name, item in value.items()
    )


def _parts(schema: Schema) -> list[Schema]:
    inner = [part for shape in _SHAPES for part in schema.get(shape, ())]
    return [schema, *(part for each in inner for part in _parts(each))]
