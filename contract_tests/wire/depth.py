"""How deeply JSON is nested, told before anything that reads it by recursion has begun."""

from __future__ import annotations

import re
from itertools import accumulate

MOST_LEVELS = 200  # no document of a vendor has more than a few; readers end at hundreds
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_PASSES = 8
_OTHERS = bytes(set(range(256)) - set(b"[]{}"))
_ALIKE = bytes.maketrans(b"{}", b"[]")


def is_too_deep(text: bytes) -> bool:
    """Say whether lists and objects lie in one another more than `MOST_LEVELS` deep."""
    if text.count(b"[") + text.count(b"{") <= MOST_LEVELS:
        return False
    # An end and a beginning that a string stood between belong together no more than before.
    left = _STRING.sub(b"", text).translate(_ALIKE, _OTHERS)
    passes = 0
    while passes < _PASSES and b"[]" in left:
        # Takes away what has nothing in it: one level. After a few nothing is left of most.
        left, passes = left.replace(b"[]", b""), passes + 1
    return passes + max(accumulate(ord("\\") - sign for sign in left), default=0) > MOST_LEVELS
