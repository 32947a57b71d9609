"""Where in an answer a schema has what one looks for: times, so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.wire.exchange import Exchange
from contract_tests.world.world import World

_DEEPEST = 8


def placed(world: World, seen: Exchange) -> list[str]:
    """Return the places of date-times in an answer as patterns: `/items/*/created_at`."""
    operation = world.operations.get(seen.operation_id)
    if operation is None:
        return []
    answers = operation.definition.get("responses", {})
    answer = answers.get(str(seen.status)) or answers.get("default") or {}
    content = answer.get("content", {})
    schema: Mapping[str, Any] = next((media.get("schema", {}) for media in content.values()), {})
    return list(dict.fromkeys(_times(schema, "", 0)))


def _times(schema: Mapping[str, Any], place: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:  # a schema may contain itself
        return
    if schema.get("format") == "date-time":
        yield place
    for name, inner in schema.get("properties", {}).items():
        yield from _times(inner, f"{place}/{name}", depth + 1)
    if isinstance(schema.get("items"), Mapping):
        yield from _times(schema["items"], f"{place}/*", depth + 1)
    for key in ("allOf", "anyOf", "oneOf"):
        for inner in schema.get(key, ()):
            yield from _times(inner, place, depth + 1)
