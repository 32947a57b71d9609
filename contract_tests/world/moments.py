"""Points in time as answers write them: RFC 3339 text → nanoseconds since 1970."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

_TEXT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})"
)
DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """Nanoseconds since 1970, and how fine the text was: the length of its last digit."""

    ns: int
    unit_ns: int = 1


def moment(text: Any) -> Moment | None:
    """Return the moment that a text names; None where it is no RFC 3339 time with a zone."""
    match = _TEXT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    day, clock, digits, zone = match[1], match[2], match[3] or "", match[4].upper()
    # A leap second is the only 60 that the format allows: the moment after it, for us.
    leap, clock = (10**9, clock[:-2] + "59") if clock.endswith(":60") else (0, clock)
    try:
        whole = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone == 'Z' else zone}")
        seconds = int(whole.timestamp())
    except (ValueError, OverflowError):
        return None
    fraction = int(digits[:9].ljust(9, "0"))
    return Moment(seconds * 10**9 + fraction + leap, 10 ** max(9 - len(digits), 0))
