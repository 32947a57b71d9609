"""Strategies for single values, by what a contract says of their place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from contract_tests.surprise.fields import Field

_TEXT = 40
_EARLIEST, _LATEST = datetime(1970, 1, 2), datetime(2100, 1, 1)  # noqa: DTZ001
_LEAST, _MOST = 0, 2**31 - 1  # beyond are the extremes of the catalogue


def leaves(here: Field) -> st.SearchStrategy[Any] | None:
    """Return values for a place, plain ones first, or None where its schema says too little."""
    schema = here.schema
    if schema.get("enum"):
        return st.sampled_from([word for word in schema["enum"] if word is not None])
    if here.is_free_text:
        least = int(schema.get("minLength", 0))
        return st.text(
            min_size=least, max_size=max(least, min(schema.get("maxLength", _TEXT), _TEXT))
        )
    if schema.get("format") == "date-time":
        times = st.datetimes(_EARLIEST, _LATEST, timezones=st.just(UTC))
        return times.map(lambda moment: moment.isoformat().replace("+00:00", "Z"))
    if here.kind == "boolean":
        return st.booleans()
    return _numbers(schema) if here.kind in {"integer", "number"} else None


def _numbers(schema: Mapping[str, Any]) -> st.SearchStrategy[Any] | None:
    least = schema.get("minimum", _LEAST)
    most = schema.get("maximum", max(least, _MOST))
    if "multipleOf" in schema or least > most:
        return None
    if schema["type"] == "integer":
        return st.integers(int(least), int(most))
    return st.floats(least, most, allow_nan=False, allow_infinity=False)
