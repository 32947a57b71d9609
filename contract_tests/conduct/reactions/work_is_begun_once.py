"""A client that has begun work waits for its end, and does not begin the same anew meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from contract_tests.calls import pointer
from contract_tests.conduct.course import Course, are_of_one_scene, same_request
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.kinds import given
from contract_tests.conduct.reactions.signs import OURS, none_of
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Job

_NAME = "work_is_begun_once"
_SOON_S = 10.0  # who waits longer than that has given it up
_PAUSE_S = 0.1  # somebody who begins work for its own sake makes none
_OFTEN, _OFTEN_AT_ONCE = 3, 10  # times that waiting work was left for the same anew


@dataclass(frozen=True, slots=True)
class _Begun:
    """Work that a request has begun, and the looks that were taken at it."""

    start: Heard
    looks: tuple[Heard, ...]
    job: Job

    @property
    def is_waiting(self) -> bool:
        """Whether it was looked at, and no look has shown its end."""
        states = [pointer.read(o.exchange.body(), self.job.state, None) for o in self.looks]
        return bool(states) and all(state in self.job.waiting for state in states)


def _check(course: Course) -> Iterator[Finding]:
    for job in course.roles.jobs:
        begun = [one for one in course.heard if _has_begun(course, one, job)]
        looks = _looks(course, job) if len(begun) > 1 else {}
        same: dict[object, list[_Begun]] = {}
        for one in begun:
            of_it = tuple(looks.get((one.asker, _id(one, job)), ()))
            same.setdefault(same_request(one), []).append(_Begun(one, of_it, job))
        for again in same.values():
            yield from _left(course, again)


def _has_begun(course: Course, heard: Heard, job: Job) -> bool:
    return course.name_of(heard) == job.start and heard.exchange.ok and bool(_id(heard, job))


def _id(heard: Heard, job: Job) -> str:
    found = pointer.read(heard.exchange.body(), job.id, None)
    return "" if found is None else str(found)


def _looks(course: Course, job: Job) -> dict[tuple[str, str], list[Heard]]:
    looks: dict[tuple[str, str], list[Heard]] = {}
    for one in course.heard:
        operation = course.operation_of(one)
        if operation is not None and one.exchange.ok and course.name_of(one) == job.read:
            for own in given(one.exchange.request, operation, job.at)[:1]:
                looks.setdefault((one.asker, own), []).append(one)
    return looks


def _left(course: Course, again: list[_Begun]) -> Iterator[Finding]:
    """Find the longest stretch of work that was left for the same anew."""
    run, best = again[:1], again[:1]
    for before, after in pairwise(again):
        run = [*run, after] if _is_left(course, before, after) else [after]
        best = max(best, run, key=len)
    left = len(best) - 1
    if left < _OFTEN:
        return
    pauses = [_longest_pause_s(course, before, after) for before, after in pairwise(best)]
    # A clock of whole seconds tells of no pause that was one.
    waits = 0 if course.grain_s else sum(pause >= _PAUSE_S for pause in pauses)
    if waits >= _OFTEN or left >= _OFTEN_AT_ONCE:
        yield _finding(course, best)


def _is_left(course: Course, before: _Begun, after: _Begun) -> bool:
    """Say whether work that went on was never looked at again once the same was begun anew."""
    if not are_of_one_scene(before.start, after.start):
        return False
    is_soon = after.start.began_s - before.start.began_s < _SOON_S
    is_over = all(look.number < after.start.number for look in before.looks)
    return is_soon and is_over and before.is_waiting and course.abreast[before.start.asker] == 1


def _longest_pause_s(course: Course, before: _Begun, after: _Begun) -> float:
    last = before.looks[-1]
    to_look = course.pause_s(before.start, before.looks[0])
    return max(to_look, course.pause_s(last, after.start))


def _finding(course: Course, run: list[_Begun]) -> Finding:
    first, last = run[0], run[-1]
    return course.finding(
        _NAME,
        "The client begins the same work anew while that which it has begun goes on.",
        first.start,
        first.looks[-1],
        last.start,
        received=f"{len(run)} times the same within "
        f"{last.start.began_s - first.start.began_s:.1f} s, none waited for",
        expected="more looks at what was begun first",
        source=OURS,
        about="begun anew",
        grade=Grade.DRIFT,
    )


def _untried(course: Course) -> str:
    starts = {job.start for job in course.roles.jobs}
    return none_of(
        course.heard,
        lambda one: one.exchange.ok and course.name_of(one) in starts,
        "nothing was begun that takes a while",
    )


RULE = CourseRule(
    name=_NAME,
    sentence="A client that has begun work waits for its end, and does not begin it anew.",
    check=_check,
    untried=_untried,
)
