"""Delta debugging: of many surprises, the fewest that still break a client."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

Part = TypeVar("Part")
Parts = tuple[Part, ...]


def narrowed(parts: Parts[Part], breaks: Callable[[Parts[Part]], bool]) -> Parts[Part]:
    """Return a part of `parts` that `breaks`, of which nothing can be left out.

    `parts` as a whole does. (A. Zeller, Isolating Failure-Inducing Input: halves, then finer.)
    """
    grain = 2
    while len(parts) > 1:
        pieces = _pieces(parts, grain)
        smaller = next((piece for piece in pieces if breaks(piece)), None)
        if smaller is not None:
            parts, grain = smaller, 2
            continue
        rests = (_without(pieces, index) for index in range(len(pieces))) if grain > 2 else ()
        smaller = next((rest for rest in rests if breaks(rest)), None)
        if smaller is not None:
            parts, grain = smaller, max(grain - 1, 2)
        elif grain >= len(parts):
            return parts
        else:
            grain = min(grain * 2, len(parts))
    return parts


def _pieces(parts: Parts[Part], count: int) -> list[Parts[Part]]:
    size, more = divmod(len(parts), count)
    ends = [(index * size + min(index, more)) for index in range(count + 1)]
    return [parts[a:b] for a, b in pairwise(ends) if b > a]


def _without(pieces: list[Parts[Part]], index: int) -> Parts[Part]:
    return tuple(part for n, piece in enumerate(pieces) if n != index for part in piece)
