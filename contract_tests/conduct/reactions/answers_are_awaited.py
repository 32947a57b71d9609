"""A client waits for an answer that is on its way."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "answers_are_awaited"
_SLOW_S = 1.0
_TIMES = 3  # a person who changes their mind does so now and then


def _check(course: Course) -> Iterator[Finding]:
    left = [one for one in course.heard if _is_left(one)]
    if len(left) < _TIMES:
        return
    longest_s = max(one.ended_s - one.began_s for one in left)
    yield course.finding(
        _NAME,
        "The client hangs up before the answer is whole, again and again.",
        left[0],
        left[-1],
        received=f"{len(left)} answers not awaited, after {longest_s:.2f} s at most",
        expected=f"patience for {_SLOW_S:g} s at least",
        source="decision",
        about="no patience",
        grade=Grade.ASSUMPTION,
    )


def _is_left(heard: Heard) -> bool:
    is_quick = heard.ended_s - heard.began_s < _SLOW_S
    return heard.given_up and is_quick and not heard.surprise


def _untried(course: Course) -> str:
    return "" if course.heard else "nothing was asked"


RULE = CourseRule(
    name=_NAME,
    sentence="A client waits for an answer that is on its way.",
    check=_check,
    untried=_untried,
)
