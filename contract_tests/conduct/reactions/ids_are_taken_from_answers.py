"""A client asks for what answers have named, and not for what it has ended itself."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.signs import none_of
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "ids_are_taken_from_answers"
_LOOKED_AT = 100  # of the requests for what is not there, and of the answers before each
_SEEN = 500
_AFTERWARDS = 2  # one look at what was deleted makes sure that it is gone


def _check(course: Course) -> Iterator[Finding]:
    absent = [one for one in course.heard if _is_absent(course, one)][:_LOOKED_AT]
    unknown = next((one for one in absent if not _was_named(course, one)), None)
    if unknown is not None:
        yield _unknown(course, unknown)
    yield from _after_end(course, absent)


def _is_absent(course: Course, heard: Heard) -> bool:
    # What was bent into a 404 was there: the client is not to blame.
    return heard.exchange.status == 404 and not heard.surprise and bool(_id(course, heard))


def _id(course: Course, heard: Heard) -> str:
    """Return the last id in the path, or nothing if there is none."""
    operation = course.operation_of(heard)
    if operation is None or "{" not in operation.template:
        return ""
    sent = heard.exchange.request.target.partition("?")[0].split("/")
    wanted = operation.template.split("/")
    pairs = zip(reversed(wanted), reversed(sent), strict=False)
    return next((unquote(text) for name, text in pairs if name.startswith("{")), "")


def _was_named(course: Course, heard: Heard) -> bool:
    wanted = _id(course, heard).encode()
    earlier = [one for one in course.heard if one.number < heard.number][-_SEEN:]
    answers = (one.exchange.response for one in earlier if one.exchange.ok)
    return any(answer is not None and wanted in answer.body for answer in answers)


def _unknown(course: Course, heard: Heard) -> Finding:
    return course.finding(
        _NAME,
        "The client asks for something that no answer has named, and there is no such thing.",
        heard,
        received=_id(course, heard),
        expected="an id that an answer has shown",
        source="decision",
        about="an unknown id",
        grade=Grade.ASSUMPTION,
    )


def _after_end(course: Course, absent: list[Heard]) -> Iterator[Finding]:
    ended = {
        (one.asker, one.exchange.request.target): one
        for one in course.heard
        if one.exchange.request.method == "DELETE" and one.exchange.ok
    }
    asked: dict[tuple[str, str], int] = {}
    for one in absent:
        key = (one.asker, one.exchange.request.target)
        if key in ended and one.number > ended[key].number:
            asked[key] = asked.get(key, 0) + 1
            if asked[key] == _AFTERWARDS:
                yield _used_again(course, ended[key], one)
                return


def _used_again(course: Course, end: Heard, one: Heard) -> Finding:
    return course.finding(
        _NAME,
        "The client goes on to ask for what it has deleted itself.",
        end,
        one,
        received=f"{_AFTERWARDS} requests afterwards",
        expected="one at most, to make sure",
        source="decision",
        about="a deleted one",
        grade=Grade.ASSUMPTION,
    )


def _untried(course: Course) -> str:
    return none_of(course.heard, lambda one: _id(course, one), "nothing was asked for by its id")


RULE = CourseRule(
    name=_NAME,
    sentence="A client asks for what answers have named, and not for what it has deleted.",
    check=_check,
    untried=_untried,
)
