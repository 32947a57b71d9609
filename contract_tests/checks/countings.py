"""What a server may mean by a count, where its documents leave that open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, combinations
from typing import Any

from contract_tests.calls import pointer
from contract_tests.roles.model import Count

Counted = Callable[[Any], bool]
_MOST_WORDS = 5  # of which every combination is looked at
_FEWEST = 2  # that agree about something, before another one can be the exception


def is_exception(
    count: Count, said: Mapping[str, Any], items: Sequence[Any], wrong: Mapping[str, Any]
) -> bool:
    """Say whether a wrong count cannot be another way to count.

    `said` maps owners to their counts, `wrong` holds those that count otherwise than `count`
    does. It is an exception where most others agree, and no choice of states would explain all.
    A count of all there are may know of some that are gone from the list: that one never is.
    """
    if not count.where:
        return False
    agreeing = [number for owner, number in said.items() if owner not in wrong and number]
    if len(agreeing) < _FEWEST or 2 * len(wrong) > len(agreeing):
        return False
    return not any(_explains(count, said, items, way) for way in _ways(count, items))


def _ways(count: Count, items: Sequence[Any]) -> Iterator[Counted]:
    """Yield every choice of the states that items are in, for each field that is looked at."""
    for place in count.where:
        seen = sorted({str(pointer.read(item, place, None)) for item in items})[:_MOST_WORDS]
        choices = chain.from_iterable(combinations(seen, n) for n in range(1, len(seen) + 1))
        yield from (partial(_is_in, place, choice) for choice in choices)


def _is_in(place: str, states: Sequence[str], item: Any) -> bool:
    return str(pointer.read(item, place, None)) in states


def _explains(count: Count, said: Mapping[str, Any], items: Sequence[Any], way: Counted) -> bool:
    numbers: dict[str, int] = {}
    for item in filter(way, items):
        owner = str(pointer.read(item, count.by, None))
        numbers[owner] = numbers.get(owner, 0) + 1
    return all(number == numbers.get(owner, 0) for owner, number in said.items())
