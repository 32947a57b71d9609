"""Plain texts that a schema's words allow: by its format, its pattern, its length."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random
from typing import Any

import rstr

_BY_FORMAT: Mapping[str, str] = {
    "date-time": "2025-01-01T00:00:00Z",
    "date": "2025-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "uuid": "6f1c2b34-9d1e-4a5b-8c7d-0123456789ab",
    "uri": "https://www.example.com/",
    "url": "https://www.example.com/",
    "iri": "https://www.example.com/",
    "uri-reference": "/sample",
    "uri-template": "/sample/{id}",
    "email": "ada@example.com",
    "idn-email": "ada@example.com",
    "hostname": "www.example.com",
    "idn-hostname": "www.example.com",
    "ipv4": "192.0.2.1",
    "ip": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "cidr": "192.0.2.0/24",
    "byte": "c2FtcGxl",
    "json-pointer": "/sample",
    "regex": "sample",
    "int64": "1",
    "decimal": "1",
}
_ATTEMPTS = 8


def text(schema: Mapping[str, Any]) -> str:
    """Return a text for a schema of strings; where its words are too odd, just some text."""
    least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
    if "pattern" in schema:
        found = _of_pattern(schema["pattern"], least, most)
        if found is not None:
            return found
    plain = _BY_FORMAT.get(str(schema.get("format")), "sample")
    padded = plain.ljust(least, "x")
    return padded if most is None else padded[: int(most)]


def _of_pattern(pattern: str, least: int, most: int | None) -> str | None:
    """Return the shortest of some texts that fit a pattern, the same each time."""
    plain = [t for t in ("sample", "Sample", "1", "sample1", "/sample") if _searches(pattern, t)]
    made = [*plain, *(_generated(pattern, seed) for seed in range(0 if plain else _ATTEMPTS))]
    fitting = [
        t for t in made if t is not None and len(t) >= least and (most is None or len(t) <= most)
    ]
    readable = [t for t in fitting if t.isprintable() and t.isascii()]
    return min(readable or fitting, key=len, default=None)


def _searches(pattern: str, candidate: str) -> bool:
    try:
        return re.search(pattern, candidate) is not None
    except re.error:
        return False


def _generated(pattern: str, seed: int) -> str | None:
    try:
        made: str = rstr.Rstr(Random(seed)).xeger(pattern)
    except (re.error, KeyError, ValueError, IndexError, OverflowError, NotImplementedError):
        return None
    # Lookaheads and the like are beyond the generator.
    return made if _searches(pattern, made) else None
