"""Fields of requests that take one of several known values, as a document alone tells them."""

from __future__ import annotations

import re
from typing import Any

from contract_tests.roles.infer_lists import plain
from contract_tests.roles.shapes import Schema, facet, fields, kind

# Fields by whose names another value may do more than be kept: it moves others, or ends things.
_HEAVY = re.compile(
    r"(^|_)(type|kind|role|plan|mode|default|primary|main|admin|owner|order|position|rank|index"
    r"|level|deleted|archived|removed|trashed|hidden|closed|locked|published|draft|approved"
    r"|verified|confirmed|confirm|force|dry|run|async|notify|send|auto|init|cascade|recursive"
    r"|active|enabled|disabled|paused|status|state)(_|$)"
)
_STEM = 4


def options(body: Schema, names: frozenset[str]) -> dict[str, tuple[Any, ...]]:
    """Return places of a body and values that they take: of the fields `names`, simple ones."""
    found = {f"#/{n}": _values(inner) for n, inner in fields(body).items() if n in names}
    return {
        place: values
        for place, values in found.items()
        if len(values) > 1 and not _HEAVY.search(plain(place.removeprefix("#/")))
    }


def alone(names: frozenset[str], body: Schema, item: Schema) -> frozenset[str]:
    """Return those of `names` that no field of the item goes with, as `done_at` with `done`."""
    others = {plain(n) for n in fields(item)} - {plain(n) for n in fields(body)}
    stems = {other[:_STEM] for other in others}
    return frozenset(name for name in names if plain(name)[:_STEM] not in stems)


def _values(schema: Schema) -> tuple[Any, ...]:
    words = facet(schema, "enum")
    if kind(schema) == "boolean":
        return (False, True)
    if kind(schema) == "string" and words:
        return tuple(word for word in words if isinstance(word, str) and word)
    least, most = facet(schema, "minimum"), facet(schema, "maximum")
    odd = any(facet(schema, n) for n in ("multipleOf", "exclusiveMinimum", "exclusiveMaximum"))
    is_bounded = isinstance(least, int) and isinstance(most, int | float) and not odd
    if kind(schema) != "integer" or not is_bounded or least >= most:
        return ()
    return (least, least + 1)
