"""Text that a server chose, made harmless where it is shown."""

from __future__ import annotations

import re

# What a terminal obeys, what XML 1.0 does not allow, and halves of surrogate pairs.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """Return `text` with everything that is no plain character written as an escape."""
    return _OBEYED.sub(lambda found: _escape(found[0]), text)


def one_line(text: str, most: int = 300) -> str:
    """Return `text` cleaned, on one line, cut after `most` characters."""
    flat = " ".join(clean(text).split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
