"""A client that is told when to come again does not come before."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding
from contract_tests.wire.retry_after import told as told_s

_TOLERANCE_S = 0.25  # clocks differ, and an answer is on its way for a while


def _check(course: Course) -> Iterator[Finding]:
    for told in course.heard:
        wait_s = _told(told)
        if wait_s is None:
            continue
        early = next((one for one in course.heard if _is_early(one, told, wait_s)), None)
        if early is not None:
            yield _finding(course, told, early, wait_s)


def _told(heard: Heard) -> float | None:
    response = heard.exchange.response
    if response is None or response.status not in {429, 503}:
        return None
    return told_s(response)


def _is_early(one: Heard, told: Heard, wait_s: float) -> bool:
    if one.number <= told.number or one.asker != told.asker:
        return False
    return told.ended_s < one.began_s < told.ended_s + wait_s - _TOLERANCE_S


def _finding(course: Course, told: Heard, early: Heard, wait_s: float) -> Finding:
    return Finding(
        rule="retry_after_is_honoured",
        operation=course.label(early),
        place="Retry-After",
        message="The client came again before the time that it was told.",
        received=f"a request after {early.began_s - told.ended_s:.2f} s",
        expected=f"none before {wait_s:g} s have passed",
        exchanges=(told.exchange, early.exchange),
        source="RFC 9110, 10.2.3",
    )


RULE = CourseRule(
    name="retry_after_is_honoured",
    sentence="A client that is told by Retry-After when to come again does not come before.",
    check=_check,
    source="RFC 9110, 10.2.3",
)
