"""Small rules of wording that the entries of several result pages share."""

from __future__ import annotations

from mockserver.core.store import Document


def known(entry: Document) -> Document:
    """Return the entry without what nobody knows: a missing key says so, a null would not."""
    return {key: value for key, value in entry.items() if value is not None}


def whole_ms(time_ms: float | None) -> int | None:
    """Return a time in whole milliseconds, as most pages show it."""
    return None if time_ms is None else round(time_ms)


def rounded(value: float | None, digits: int = 3) -> float | None:
    """Return a figure with a few digits behind the point."""
    return None if value is None else round(value, digits)
