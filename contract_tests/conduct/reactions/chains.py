"""Requests that were made again: the same one after the answer to the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from contract_tests.conduct.course import Course, are_of_one_scene, over_s, same_request
from contract_tests.conduct.heard import Heard


@dataclass(frozen=True, slots=True)
class Chain:
    """One request and its repeats, each begun after the answer to the one before had come.

    `abreast` is how many of the same were under way at once: that many chains look like one.
    """

    tries: tuple[Heard, ...]
    abreast: int = 1

    @property
    def pairs(self) -> list[tuple[Heard, Heard]]:
        """Each try with the one after it."""
        return list(pairwise(self.tries))


def chains(course: Course, calls_for_it: Callable[[Heard], bool]) -> Iterator[Chain]:
    """Yield the chains in which every answer but the last is one that `calls_for_it`."""
    for group in course.together(same_request):
        if len(group) > 1:
            for tries in _cut(course, group, calls_for_it):
                yield Chain(tuple(tries), course.abreast_of(group[0]))


def _cut(
    course: Course, group: list[Heard], calls_for_it: Callable[[Heard], bool]
) -> Iterator[list[Heard]]:
    tries: list[Heard] = []
    for one in group:
        # Within one second of a clock that tells no less, it is not known which came first.
        if tries and one.began_s < over_s(tries[-1]) + course.grain_s:
            continue  # it was under way already: no repeat of that one
        if tries and not (calls_for_it(tries[-1]) and are_of_one_scene(tries[-1], one)):
            yield from _if_repeated(tries)
            tries = []
        tries.append(one)
    yield from _if_repeated(tries)


def _if_repeated(tries: list[Heard]) -> Iterator[list[Heard]]:
    if len(tries) > 1:
        yield tries


def longest(chain: Chain, holds: Callable[[Heard, Heard], bool]) -> list[Heard]:
    """Return the longest stretch of tries of which each two neighbours fulfil `holds`."""
    best, begin = (0, 0), 0
    for place, (before, after) in enumerate(chain.pairs):
        if not holds(before, after):
            begin = place + 1
        best = max(best, (begin, place + 1), key=_length)
    first, last = best
    return list(chain.tries[first : last + 1]) if last > first else []


def _length(stretch: tuple[int, int]) -> int:
    return stretch[1] - stretch[0]
