"""When something happened, in the many ways in which recordings tell it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_MILLISECONDS_FROM = 1e11  # as seconds that is the year 5138


def moment_s(told: Any) -> float | None:
    """Return a Unix time; None where none can be read. Without a zone it is taken for UTC."""
    if isinstance(told, int | float) and not isinstance(told, bool):
        return _of_number(float(told))
    text = str(told or "").strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return zoned.timestamp()
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    try:
        return _of_number(float(text))
    except ValueError:
        return None


def span_s(told: Any) -> float:
    """Return how long something took, told in milliseconds; 0 where it is not told."""
    try:
        spent_ms = float(told)
    except (TypeError, ValueError):
        return 0.0
    return spent_ms / 1000 if math.isfinite(spent_ms) and spent_ms > 0 else 0.0


def _of_number(told: float) -> float | None:
    if not math.isfinite(told) or told <= 0:
        return None
    return told / 1000 if told > _MILLISECONDS_FROM else told
