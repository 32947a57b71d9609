"""The catalogue: everything that is done to answers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from contract_tests.surprise import drawn, endings, failures, ids, shapes, values
from contract_tests.surprise.kind import Kind

# In the order in which they are done to one answer: what it says, how it is written, how it ends.
KINDS: tuple[Kind, ...] = (
    *endings.ENDINGS,
    *values.KINDS,
    *endings.WORDS,
    *drawn.KINDS,
    *ids.IDS,
    *shapes.LISTS,
    *shapes.SPELLINGS,
    *failures.FAILURES,
)

BY_NAME: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in KINDS})
_RANK: Mapping[str, int] = MappingProxyType({kind.name: n for n, kind in enumerate(KINDS)})


def rank(name: str) -> int:
    """Return where in the order a kind is done."""
    return _RANK[name]
