"""A client does not send again what makes or moves something, if the first may have done it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.chains import chains
from contract_tests.conduct.reactions.signs import none_of, status_word, was_cut
from contract_tests.conduct.reactions.uses import makes_one, may_be_repeated, readings_of
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "unsafe_requests_are_not_repeated"
_RFC = "RFC 9110, 9.2.2"
_DOUBTFUL = frozenset({500, 502, 504})  # 429 and 503 say that nothing was done
_SOON_S = 60.0  # a person who tries again later has looked first
_MOMENT_S = 1.0
_KEYS = frozenset({"idempotency-key", "x-idempotency-key"})  # by which a server knows a repeat


def _check(course: Course) -> Iterator[Finding]:
    after_failure: dict[bool, Finding] = {}
    for before, after in _pairs(course):
        is_sure = _needs_a_key(course, before)
        after_failure.setdefault(is_sure, _again(course, before, after, is_sure=is_sure))
    yield from after_failure.values()
    double = next(_doubles(course), None)
    if double is not None:
        yield _twice(course, *double)


def _pairs(course: Course) -> Iterator[tuple[Heard, Heard]]:
    """Yield a request that may have done its work with its repeat."""
    for chain in chains(course, _is_doubtful):
        if not _is_repeatable(course, chain.tries[0]) and chain.abreast == 1:
            yield from (pair for pair in chain.pairs if _is_unlooked(course, *pair))
    for own in course.together(_line):
        yield from (
            pair for pair in pairwise(own) if _is_unread(*pair) and _may_not(course, *pair)
        )


def _line(heard: Heard) -> tuple[str, str, str]:
    return heard.asker, heard.exchange.request.method, heard.exchange.request.target


def _is_unread(before: Heard, after: Heard) -> bool:
    """Say whether a body was not read before the client had left, and one as long came next."""
    sizes = [_size(one) for one in (before, after)]
    is_unread = before.given_up and not before.exchange.request.body
    return is_unread and sizes[0] not in {"", "0"} and sizes[0] == sizes[1]


def _size(heard: Heard) -> str:
    headers = {name.lower(): value for name, value in heard.exchange.request.headers}
    return headers.get("content-length", "").strip()


def _may_not(course: Course, before: Heard, after: Heard) -> bool:
    return not _is_repeatable(course, before) and _is_repeat(course, before, after, _SOON_S)


def _doubles(course: Course) -> Iterator[tuple[Heard, Heard]]:
    for chain in chains(course, lambda one: one.exchange.ok):
        if makes_one(course, chain.tries[0]) and not _is_repeatable(course, chain.tries[0]):
            yield from (pair for pair in chain.pairs if _is_repeat(course, *pair, _MOMENT_S))


def _is_repeat(course: Course, before: Heard, after: Heard, soon_s: float) -> bool:
    return course.pause_s(before, after) < soon_s and course.is_next(before, after)


def _is_unlooked(course: Course, before: Heard, after: Heard) -> bool:
    """Say whether one is a repeat before which nobody has looked what the first has done.

    What else was asked between tells nothing where both were sent by the same part of the program.
    """
    if _is_repeat(course, before, after, _SOON_S):
        return True
    is_one_scene = bool(before.scene) and before.scene == after.scene
    if not is_one_scene or course.pause_s(before, after) >= _SOON_S:
        return False
    between = (o for o in course.heard if before.number < o.number < after.number)
    looks = readings_of(course, before)
    return bool(looks) and not any(course.name_of(one) in looks for one in between)


def _is_doubtful(heard: Heard) -> bool:
    return was_cut(heard) or heard.exchange.status in _DOUBTFUL


def _is_repeatable(course: Course, heard: Heard) -> bool:
    request = heard.exchange.request
    if request.method not in {"POST", "PATCH"} or may_be_repeated(course, heard):
        return True
    return any(name.lower() in _KEYS for name, _ in request.headers)


def _needs_a_key(course: Course, heard: Heard) -> bool:
    """Say whether an operation is for somebody: to log in twice does no harm."""
    operation = course.operation_of(heard)
    return operation is None or operation.definition.get("security") != []


def _again(course: Course, before: Heard, after: Heard, *, is_sure: bool) -> Finding:
    what = status_word(before)
    return course.finding(
        _NAME,
        f"The client repeats a {before.exchange.request.method} that may have been carried out.",
        before,
        after,
        received=f"the same request {course.pause_s(before, after):.2f} s after {what}",
        expected="no repeat before it is known that nothing was done",
        source=_RFC if is_sure else "decision",
        about="repeated" if is_sure else "repeated login",
        grade=Grade.BREACH if is_sure else Grade.ASSUMPTION,
    )


def _twice(course: Course, before: Heard, after: Heard) -> Finding:
    return course.finding(
        _NAME,
        "The client has made the same twice within a moment.",
        before,
        after,
        received=f"the same request again {course.pause_s(before, after):.2f} s after a success",
        expected="one, unless two are wanted",
        source="decision",
        about="made twice",
        grade=Grade.ASSUMPTION,
    )


def _untried(course: Course) -> str:
    return none_of(
        course.heard,
        lambda one: _is_doubtful(one) and not _is_repeatable(course, one),
        "no POST or PATCH was left in doubt by its answer",
    )


RULE = CourseRule(
    name=_NAME,
    sentence="A client repeats no POST or PATCH that may have been carried out already.",
    check=_check,
    source=_RFC,
    untried=_untried,
)
