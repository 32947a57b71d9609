"""A client does not send again, unchanged, what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.chains import chains, longest
from contract_tests.conduct.reactions.signs import FINAL, is_refused, none_of, wait_s, was_cut
from contract_tests.conduct.reactions.uses import is_login
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "refusals_are_final"
_SOON_S = 10.0  # who comes again later does so by a timetable
_UNKNOWN = 401
_SAID_SO = frozenset({_UNKNOWN, 403})  # of these the RFC says that repeating is no use
_TWICE, _DIFFERENT = 2, 3  # repeats of one request; requests that were repeated once
_ABSENT = frozenset({404, 409, 410})  # one may wait for something to appear or to be free
_ABSENT_REPEATS, _ABSENT_MANY, _WAITING_MANY = 2, 5, 30


@dataclass(frozen=True, slots=True)
class _Repeated:
    """Tries of one request that were all refused alike, but perhaps the last."""

    tries: list[Heard]

    @property
    def status(self) -> int:
        return self.tries[0].exchange.status

    @property
    def repeats(self) -> int:
        return len(self.tries) - 1


def _check(course: Course) -> Iterator[Finding]:
    by_status: dict[int, list[_Repeated]] = {}
    for repeated in _repeated(course, lambda one: is_refused(one) or _is_bad_login(course, one)):
        by_status.setdefault(repeated.status, []).append(repeated)
    for found in by_status.values():
        worst = max(found, key=lambda one: one.repeats)
        is_sure = worst.repeats >= _TWICE or len(found) >= _DIFFERENT
        yield _refused(course, worst, is_sure=is_sure)
    yield from _absent(course)


def _is_bad_login(course: Course, heard: Heard) -> bool:
    is_refusal = heard.exchange.status == _UNKNOWN and not was_cut(heard)
    return is_refusal and wait_s(heard) is None and is_login(course, heard)


def _repeated(course: Course, calls_for_it: Callable[[Heard], bool]) -> Iterator[_Repeated]:
    for chain in chains(course, calls_for_it):
        tries = longest(chain, lambda before, after: _is_again(course, before, after))
        if (len(tries) - 1) >= chain.abreast:
            yield _Repeated(tries)


def _is_again(course: Course, before: Heard, after: Heard) -> bool:
    return course.pause_s(before, after) < _SOON_S and course.is_next(before, after)


def _refused(course: Course, repeated: _Repeated, *, is_sure: bool) -> Finding:
    status, grade = repeated.status, Grade.ASSUMPTION
    if is_sure:
        grade = Grade.BREACH if status in _SAID_SO else Grade.DRIFT
    credential = " with the same credential" if status in _SAID_SO else ""
    return course.finding(
        _NAME,
        f"The client sends again, unchanged, what was answered {status}.",
        repeated.tries[0],
        repeated.tries[-1],
        received=f"the same request {repeated.repeats + 1} times{credential}",
        expected="another request, or none",
        source=FINAL[status] if is_sure else "decision",
        about=f"after {status}",
        grade=grade,
    )


def _absent(course: Course) -> Iterator[Finding]:
    found: dict[int, _Repeated] = {}
    for repeated in _repeated(course, _is_absent):
        best = found.get(repeated.status)
        if best is None or repeated.repeats > best.repeats:
            found[repeated.status] = repeated
    for status, repeated in found.items():
        if repeated.repeats < _ABSENT_REPEATS:
            continue
        is_sure = repeated.repeats >= _patience(course, repeated.tries[0])
        yield course.finding(
            _NAME,
            f"The client asks again and again for what was answered {status}.",
            repeated.tries[0],
            repeated.tries[-1],
            received=f"the same request {repeated.repeats + 1} times",
            expected="an end after a few tries",
            source=f"RFC 9110, 15.5.{status - 399}" if is_sure else "decision",
            about=f"after {status}",
            grade=Grade.DRIFT if is_sure else Grade.ASSUMPTION,
        )


def _is_absent(heard: Heard) -> bool:
    return heard.exchange.status in _ABSENT and not heard.given_up and wait_s(heard) is None


def _patience(course: Course, heard: Heard) -> int:
    """Return how many repeats are too many: of what an answer has named, it may take a while."""
    path = heard.exchange.request.target.partition("?")[0]
    names = [part.encode() for part in path.split("/") if any(map(str.isdigit, part))]
    is_named = any(
        name in one.exchange.response.body
        for one in course.heard[:1000]
        if one.number < heard.number and one.exchange.ok and one.exchange.response
        for name in names
    )
    return _WAITING_MANY if is_named else _ABSENT_MANY


def _untried(course: Course) -> str:
    return none_of(
        course.heard,
        lambda one: is_refused(one) or _is_absent(one) or _is_bad_login(course, one),
        "no request was refused",
    )


RULE = CourseRule(
    name=_NAME,
    sentence="A client does not send again, unchanged, what was refused.",
    check=_check,
    source="RFC 9110, 15.5",
    untried=_untried,
)
