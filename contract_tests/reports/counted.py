"""Numbers with what they count, in words."""

from __future__ import annotations

from collections.abc import Mapping

_ONE: Mapping[str, str] = {
    "requests are": "request is",
    "requests were": "request was",
    "requests have": "request has",
    "requests": "request",
    "other hosts": "other host",
    "entries have": "entry has",
    "entries were": "entry was",
    "exchanges": "exchange",
    "bodies were": "body was",
    "answers hold": "answer holds",
}


def counted(count: int, words: str) -> str:
    """Return a number with words that are in the plural, which one thing has not."""
    start = next((many for many in _ONE if words.startswith(many)), "") if count == 1 else ""
    return f"{count} {_ONE[start]}{words.removeprefix(start)}" if start else f"{count} {words}"
