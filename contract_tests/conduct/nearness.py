"""Which known name an unknown one was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_NEAR = 0.78  # `limt` and `page_size` of `limit`: one is near, the other is not
_BETWEEN = re.compile(r"[-_.\s]|\[[^\]]*\]$")


def meant(name: str, known: Iterable[str]) -> str:
    """Return the known name that `name` is another spelling of, or nothing."""
    plain = {_plain(each): each for each in known}
    if _plain(name) in plain:
        return plain[_plain(name)]
    near = get_close_matches(_plain(name), plain, n=1, cutoff=_NEAR)
    return plain[near[0]] if near else ""


def _plain(name: str) -> str:
    return _BETWEEN.sub("", name).lower()
