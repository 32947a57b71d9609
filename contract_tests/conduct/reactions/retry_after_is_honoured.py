"""A client that is told when to come again does not come before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from contract_tests.conduct.course import Course, same_request
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.signs import (
    SAFE,
    has_failed,
    is_date,
    none_of,
    wait_s,
    was_cut,
)
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "retry_after_is_honoured"
_RFC = "RFC 9110, 10.2.3"
_TOLERANCE_S = 0.25  # clocks differ, and an answer is on its way for a while
_SECOND_S = 1.0  # what a date may be off; an answer that took as long may have been read early
_GOES_ON = 3  # other requests that are refused as well: who heeded one would not send them
_TWO = 2
_LOOKED_AT = 200  # requests after an answer: who storms is seen long before


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer that asks to wait until `until_s`, all tolerance taken off."""

    heard: Heard
    wait_s: float
    until_s: float


def _check(course: Course) -> Iterator[Finding]:
    again: dict[str, Finding] = {}
    others: dict[str, Finding] = {}
    for told, early in _all_early(course):
        repeats = _repeats(course, told.heard, early)
        if repeats:
            one = _again(course, told, repeats[0], is_sure=_is_sure(course, told.heard, repeats))
            again.setdefault(one.about, one)
        elif told.heard.exchange.status >= 400:
            other = _others(course, told, early)
            others[other.about] = others.get(other.about, other)
    yield from again.values()
    if not again:
        yield from others.values()


def _all_early(course: Course) -> Iterator[tuple[_Told, list[Heard]]]:
    """Yield who was told to wait with what began in that time all the same."""
    for own in course.together(lambda one: one.asker):
        begins = [one.began_s for one in own]
        for told in filter(None, (_told(course, one) for one in own)):
            place = bisect_right(begins, told.heard.began_s)
            early = list(_early(own[place : place + _LOOKED_AT], told))
            if early:
                yield told, early


def _told(course: Course, heard: Heard) -> _Told | None:
    seconds = None if was_cut(heard) else wait_s(heard)
    if not seconds:
        return None
    slack_s = (_SECOND_S if is_date(heard) else _TOLERANCE_S) + course.grain_s
    # Who reads the head of a slow answer counts from there.
    is_slow = heard.ended_s - heard.began_s > _SECOND_S
    since_s = heard.began_s if is_slow else heard.ended_s
    return _Told(heard, seconds, since_s + seconds - slack_s)


def _early(later: list[Heard], told: _Told) -> Iterator[Heard]:
    """Yield what began after the answer was there and before the time was over."""
    for one in later:
        if one.began_s >= told.until_s:
            return
        if one.began_s >= told.heard.ended_s and one.number > told.heard.number:
            yield one


def _repeats(course: Course, told: Heard, early: list[Heard]) -> list[Heard]:
    """Return other tries of the same; a list may begin anew, so its query may be another."""
    if course.abreast[told.asker] == 1 and told.exchange.request.method in SAFE:
        return [one for one in early if _line(one) == _line(told)]
    return [one for one in early if same_request(one) == same_request(told)]


def _is_sure(course: Course, told: Heard, repeats: list[Heard]) -> bool:
    """Say whether these were sent by the one that was told.

    Where an account asks several things at once, another may just have come to the very same.
    """
    abreast = course.abreast[told.asker]
    if abreast == 1 or len(repeats) > abreast:
        return True
    asked = course.all_of(told)
    return len(asked) > _TWO and all(map(has_failed, asked[:-1]))


def _line(heard: Heard) -> tuple[str, str]:
    request = heard.exchange.request
    return request.method, request.target.partition("?")[0]


def _again(course: Course, told: _Told, early: Heard, *, is_sure: bool) -> Finding:
    return course.finding(
        _NAME,
        "The client came again before the time that it was told.",
        told.heard,
        early,
        received=f"the next try {_after(told, early)}",
        expected=f"none before {told.wait_s:g} s have passed",
        source=_RFC if is_sure else "decision",
        place="Retry-After",
        about=f"after {told.heard.exchange.status}" + ("" if is_sure else ", at once with others"),
        grade=Grade.BREACH if is_sure else Grade.ASSUMPTION,
    )


def _others(course: Course, told: _Told, early: list[Heard]) -> Finding:
    refused = [one for one in early if one.exchange.status == 429]
    goes_on = (
        told.heard.exchange.status == 429
        and len(refused) >= _GOES_ON
        and course.abreast[told.heard.asker] == 1
    )
    return course.finding(
        _NAME,
        "The client went on with other requests before the time that it was told.",
        told.heard,
        early[-1],
        received=f"{len(early)} other requests, the first {_after(told, early[0])}, "
        f"{len(refused)} of them refused",
        expected=f"none of this account before {told.wait_s:g} s have passed",
        source=_RFC if goes_on else "decision",
        place="Retry-After",
        about="other requests refused" if goes_on else "other requests",
        grade=Grade.DRIFT if goes_on else Grade.ASSUMPTION,
    )


def _after(told: _Told, early: Heard) -> str:
    return f"after {max(early.began_s - told.heard.ended_s, 0):.2f} s"


def _untried(course: Course) -> str:
    return none_of(course.heard, wait_s, "no answer told the client to wait (Retry-After)")


RULE = CourseRule(
    name=_NAME,
    sentence="A client that is told by Retry-After when to come again does not come before.",
    check=_check,
    source=_RFC,
    untried=_untried,
)
