"""A client that meets failures tries again a few times, with growing pauses, and then stops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.chains import Chain, chains, longest
from contract_tests.conduct.reactions.signs import has_failed, none_of, status_word, wait_s
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "retries_are_bounded"
_RFC = "RFC 9110, 9.2.2"
_AT_ONCE_S = 0.05  # half of 0.1 s, which a jitter may have halved
_ROUND_S = 0.5  # if the server took that long, it has made the pause
_AT_ONCE, _AT_ONCE_DOUBTED = 4, 3  # retries; libraries that pause try 3 to 5 times
_WINDOW_S, _IN_WINDOW = 10.0, 12  # 0.1 s that doubles is at its eighth retry by then
_REST_S, _WITHOUT_REST = 5.0, 30  # who still comes after that many never stops


@dataclass(frozen=True, slots=True)
class _Storm:
    """Tries that are a storm: why, and what would be none."""

    tries: list[Heard]
    message: str
    expected: str
    doubted: bool = False


def _check(course: Course) -> Iterator[Finding]:
    found: dict[tuple[str, bool], Finding] = {}
    for chain in chains(course, has_failed):
        storm = _storm(course, chain)
        if storm is not None:
            key = (status_word(storm.tries[0]), storm.doubted)
            found.setdefault(key, _finding(course, storm))
    yield from found.values()


def _storm(course: Course, chain: Chain) -> _Storm | None:
    at_once = longest(chain, lambda before, after: _is_at_once(course, before, after))
    retries = (len(at_once) - 1) / chain.abreast
    if retries >= _AT_ONCE:
        return _Storm(at_once, "The client tries again and again without a pause.", "pauses")
    crowd = longest(chain, lambda before, _: not wait_s(before))
    dense = _densest(crowd) if not course.grain_s else []
    if (len(dense) - 1) / chain.abreast >= _IN_WINDOW:
        return _Storm(dense, "The client tries again and again.", "pauses that grow")
    endless = longest(chain, lambda before, after: course.pause_s(before, after) < _REST_S)
    if (len(endless) - 1) / chain.abreast >= _WITHOUT_REST:
        return _Storm(endless, "The client does not stop trying.", "an end after a few tries")
    if retries >= _AT_ONCE_DOUBTED:
        message = "The client tries again without a pause."
        return _Storm(at_once, message, "a pause before another try", doubted=True)
    return None


def _is_at_once(course: Course, before: Heard, after: Heard) -> bool:
    is_quick = course.pause_s(before, after) < _AT_ONCE_S
    return is_quick and after.began_s - before.began_s < _ROUND_S and not wait_s(before)


def _densest(tries: list[Heard]) -> list[Heard]:
    """Return those within a window that holds the most of them."""
    best: list[Heard] = []
    first = 0
    for last, one in enumerate(tries):
        while one.began_s - tries[first].began_s > _WINDOW_S:
            first += 1
        if last + 1 - first > len(best):
            best = tries[first : last + 1]
    return best


def _finding(course: Course, storm: _Storm) -> Finding:
    first, last = storm.tries[0], storm.tries[-1]
    retries, span_s = len(storm.tries) - 1, last.began_s - first.began_s
    what = status_word(first)
    return course.finding(
        _NAME,
        storm.message,
        first,
        last,
        received=f"{retries} retries within {span_s:.2f} s after {what}",
        expected=storm.expected,
        source="decision" if storm.doubted else _RFC,
        about=f"after {what}" + (", a few" if storm.doubted else ""),
        grade=Grade.ASSUMPTION if storm.doubted else Grade.BREACH,
    )


def _untried(course: Course) -> str:
    return none_of(course.heard, has_failed, "no request failed in a way that one may retry")


RULE = CourseRule(
    name=_NAME,
    sentence="A client that meets failures tries again a few times with pauses, then gives up.",
    check=_check,
    source=_RFC,
    untried=_untried,
)
