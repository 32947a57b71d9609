"""A client that waits for something looks now and then, and no longer than until it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise

from contract_tests.calls import pointer
from contract_tests.conduct.course import Course, same_request
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.signs import OURS, was_cut
from contract_tests.conduct.reactions.uses import only_reads
from contract_tests.conduct.reactions.walks import leads_on
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Job

_NAME = "polling_is_paced"
_BUSY_S = 0.09  # less than the shortest pause that anybody means as one
_LOOKS, _READS = 10, 50  # at work that goes on; at anything else, with nothing else between
_AT_ONCE_S, _LOOKS_AT_ONCE = 0.05, 6  # twenty a second; a pause that grows from 10 ms is soon over
# Looks at what has ended: who shows it in several ways reads it some times, at once.
_AFTER_END, _AFTER_END_SLOWLY = 5, 3
_MOST_OF = 0.8  # a loop may be held up now and then


def _check(course: Course) -> Iterator[Finding]:
    jobs = _jobs(course)
    watched = [own for own in course.together(same_request) if course.name_of(own[0]) in jobs]
    for looks in watched:
        work = jobs[course.name_of(looks[0])]
        yield from _busy(course, looks, work)
        yield from _after_end(course, looks, work)
    names = {course.name_of(own[0]) for own in watched}
    yield from _reads(course, names)


def _jobs(course: Course) -> Mapping[str, list[Job]]:
    jobs: dict[str, list[Job]] = {}
    for job in course.roles.jobs:
        jobs.setdefault(job.read, []).append(job)
    return jobs


def _busy(course: Course, looks: list[Heard], work: list[Job]) -> Iterator[Finding]:
    runs = _runs(looks, lambda one: _is_read(one) and not _has_ended(one, work), _follows)
    run = max(runs, key=len, default=[])
    looked = len(run) / course.abreast_of(looks[0])
    is_hasty = looked >= _LOOKS_AT_ONCE and _is_busy(course, run, _AT_ONCE_S)
    if is_hasty or (looked >= _LOOKS and _is_busy(course, run)):
        yield _loop(course, run, "The client looks without a pause whether work has ended.")


def _after_end(course: Course, looks: list[Heard], work: list[Job]) -> Iterator[Finding]:
    # Who waits for several looks at all of them each time: then there is another in between.
    runs = _runs(
        looks,
        lambda one: _is_read(one) and _has_ended(one, work),
        course.is_at_once_next,
    )
    for run in runs:
        if len(run) - 1 < _enough(course, run) * course.abreast_of(looks[0]):
            continue
        yield course.finding(
            _NAME,
            "The client goes on to look at work that has ended.",
            run[0],
            run[-1],
            received=f"{len(run) - 1} more looks, nothing else between them",
            expected="none after the answer that tells the end",
            source=work[0].source or OURS,
            about="after the end",
            grade=Grade.DRIFT,
        )
        return


def _enough(course: Course, run: list[Heard]) -> int:
    is_slow = all(course.pause_s(before, after) >= _BUSY_S for before, after in pairwise(run))
    return _AFTER_END_SLOWLY if is_slow else _AFTER_END


def _reads(course: Course, watched: set[str]) -> Iterator[Finding]:
    """Find anything that is read over and over, with nothing else between."""
    found: dict[str, Finding] = {}
    for own in course.together(lambda one: one.asker):
        for run in _same_in_a_row(own):
            if (
                len(run) >= _READS
                and _is_reading(course, run[0], watched)
                and _is_busy(course, run)
            ):
                message = "The client reads the same over and over without a pause."
                found.setdefault(course.label(run[0]), _loop(course, run, message))
    yield from found.values()


def _is_reading(course: Course, heard: Heard, watched: set[str]) -> bool:
    """Say whether this is a read that no other rule judges when it is repeated."""
    if course.name_of(heard) in watched or not only_reads(course, heard):
        return False
    return not leads_on(course, heard)


def _same_in_a_row(own: list[Heard]) -> Iterator[list[Heard]]:
    run: list[Heard] = []
    for one in own:
        is_same = bool(run) and same_request(one) == same_request(run[-1])
        if run and not (is_same and one.began_s >= run[-1].ended_s and _is_read(one)):
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _runs(
    looks: list[Heard], belongs: Callable[[Heard], bool], joins: Callable[[Heard, Heard], bool]
) -> Iterator[list[Heard]]:
    """Yield the stretches of looks that all belong, of which each joins the one before."""
    run: list[Heard] = []
    for one in looks:
        is_one = belongs(one)
        if run and not (is_one and joins(run[-1], one)):
            yield run
            run = []
        if is_one:
            run.append(one)
    if run:
        yield run


def _follows(before: Heard, after: Heard) -> bool:
    return after.began_s >= before.ended_s


def _is_busy(course: Course, run: list[Heard], busy_s: float = _BUSY_S) -> bool:
    pauses = [course.pause_s(before, after) for before, after in pairwise(run)]
    return sum(pause < busy_s for pause in pauses) >= _MOST_OF * len(pauses)


def _is_read(heard: Heard) -> bool:
    return (heard.exchange.ok or heard.exchange.status == 304) and not was_cut(heard)


def _has_ended(heard: Heard, work: list[Job]) -> bool:
    body = heard.exchange.body()
    return any(_tells_end(pointer.read(body, job.state, None), job) for job in work)


def _tells_end(state: object, job: Job) -> bool:
    return state in job.ended if job.ended else state is not None and state not in job.waiting


def _loop(course: Course, run: list[Heard], message: str) -> Finding:
    span_s = run[-1].began_s - run[0].began_s
    return course.finding(
        _NAME,
        message,
        run[0],
        run[-1],
        received=f"{len(run)} requests within {span_s:.2f} s",
        expected=f"pauses of more than {_BUSY_S:g} s",
        source=OURS,
        about="a busy loop",
        grade=Grade.DRIFT,
    )


def _untried(course: Course) -> str:
    seen: set[object] = set()
    for one in course.heard:
        if only_reads(course, one):
            if same_request(one) in seen:
                return ""
            seen.add(same_request(one))
    return "nothing was read twice"


RULE = CourseRule(
    name=_NAME,
    sentence="A client that waits looks now and then, and no longer than until it is there.",
    check=_check,
    untried=_untried,
)
