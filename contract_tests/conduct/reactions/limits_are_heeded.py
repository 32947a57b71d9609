"""A client that is told that it has used up its allowance stops asking for a while."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from contract_tests.conduct.course import Course, same_request
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.signs import OURS, none_of, wait_s
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import RateLimit

_NAME = "limits_are_heeded"
_REFUSED, _PAUSE_S = 6, 0.5  # refusals in a row of different requests, and what is no pause
_USED_UP = 5  # requests although nothing remains; the first may find out


def _check(course: Course) -> Iterator[Finding]:
    for own in course.together(lambda one: one.asker):
        found = next(_goes_on(course, own), None)
        yield from (found,) if found else _used_up(course, own)
    yield from _too_many(course)


def _goes_on(course: Course, own: list[Heard]) -> Iterator[Finding]:
    """Find different requests that are sent on and on, though all are refused."""
    run: list[Heard] = []
    for one in own:
        if run and not (_is_refused(one) and _is_quick(course, run[-1], one)):
            run = []
        if _is_refused(one):
            run.append(one)
        different = len({same_request(each) for each in run[:50]})
        if len(run) >= _REFUSED * course.abreast[one.asker] and different > len(run) / 2:
            yield course.finding(
                _NAME,
                "The client goes on with other requests, though its limit is used up.",
                run[0],
                run[-1],
                received=f"{len(run)} requests in a row that were answered 429",
                expected="a pause after the first of them",
                source=next((limit.source for limit in course.roles.rate_limits), "") or OURS,
                about="429",
                grade=Grade.DRIFT,
            )
            return


def _is_refused(heard: Heard) -> bool:
    # Who is told how long to wait, and does not, is found by another rule.
    return heard.exchange.status == 429 and not wait_s(heard)


def _is_quick(course: Course, before: Heard, after: Heard) -> bool:
    return after.began_s >= before.ended_s and course.pause_s(before, after) < _PAUSE_S


def _used_up(course: Course, own: list[Heard]) -> Iterator[Finding]:
    """Find requests that are sent on and on, though a header says that nothing remains."""
    for limit in course.roles.rate_limits:
        run: list[Heard] = []
        for before, after in pairwise([one for one in own if _is_counted(course, one, limit)]):
            is_on = _remains(before, limit) == "0" and after.began_s < _reset_s(before, limit)
            run = [*(run or [before]), after] if is_on else []
            if len(run) > _USED_UP * course.abreast[after.asker]:
                yield _none_remains(course, run, limit)
                return


def _none_remains(course: Course, run: list[Heard], limit: RateLimit) -> Finding:
    return course.finding(
        _NAME,
        "The client goes on, though the answers say that nothing remains of its limit.",
        run[0],
        run[-1],
        received=f"{len(run) - 1} more requests before the limit was reset",
        expected="none before then",
        source="decision",
        place=limit.remaining,
        grade=Grade.ASSUMPTION,
        about="nothing remains",
    )


def _too_many(course: Course) -> Iterator[Finding]:
    """Find an asker with more requests in a window than are promised to anybody."""
    for limit in course.roles.rate_limits:
        for own in course.together(lambda one: one.asker) if limit.most else ():
            counted = [one for one in own if _is_counted(course, one, limit)]
            pairs = zip(counted, counted[limit.most :], strict=False)
            over = next((p for p in pairs if p[1].began_s - p[0].began_s < limit.window_s), None)
            if over is not None:
                yield _over(course, over, limit)
                break


def _over(course: Course, over: tuple[Heard, Heard], limit: RateLimit) -> Finding:
    span_s = over[1].began_s - over[0].began_s
    return course.finding(
        _NAME,
        "The client asks more often than its account may: the vendor would refuse some.",
        *over,
        received=f"{limit.most + 1} requests within {span_s:.1f} s",
        expected=f"at most {limit.most} in {limit.window_s:g} s, or readiness for 429",
        source="decision",
        about="too many",
        grade=Grade.ASSUMPTION,
    )


def _is_counted(course: Course, heard: Heard, limit: RateLimit) -> bool:
    return bool(heard.asker) and (
        not limit.operations or course.name_of(heard) in limit.operations
    )


def _remains(heard: Heard, limit: RateLimit) -> str:
    response = heard.exchange.response
    return (response.header(limit.remaining) or "") if response and limit.remaining else ""


def _reset_s(heard: Heard, limit: RateLimit) -> float:
    """Return when a limit is filled again, as the answer tells it; now where it does not."""
    response = heard.exchange.response
    said = (response.header(limit.reset) or "") if response and limit.reset else ""
    return float(said) if said.isdigit() else heard.ended_s


def _untried(course: Course) -> str:
    names = [limit.remaining for limit in course.roles.rate_limits if limit.remaining]
    reason = "no answer told of a limit, and none is documented"
    is_documented = any(limit.most for limit in course.roles.rate_limits)
    return none_of(
        course.heard,
        lambda one: is_documented or one.exchange.status == 429 or _tells(one, names),
        reason,
    )


def _tells(heard: Heard, names: list[str]) -> bool:
    response = heard.exchange.response
    return response is not None and any(response.header(name) is not None for name in names)


RULE = CourseRule(
    name=_NAME,
    sentence="A client whose limit is used up does not go on as if it were not.",
    check=_check,
    untried=_untried,
)
