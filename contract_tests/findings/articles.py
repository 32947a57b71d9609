"""Nouns with their article: `an agent`, `a session`."""

from __future__ import annotations


def a(noun: str) -> str:
    """Return a noun with the article that its first letter wants."""
    return f"{'an' if noun[:1].lower() in {*'aeio'} else 'a'} {noun}"
