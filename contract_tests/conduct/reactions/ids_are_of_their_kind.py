"""A client sends the id of a thing where that belongs, as an answer has shown it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.kinds import Kinds, given
from contract_tests.conduct.reactions.named import Named, named_before
from contract_tests.conduct.reactions.signs import OURS, none_of, was_cut
from contract_tests.conduct.rule import CourseRule
from contract_tests.findings.finding import Finding, Grade

_NAME = "ids_are_of_their_kind"
_ABSENT, _REFUSED = 404, frozenset({400, 409, 410, 422})
_LONG = 8  # signs of an id that nobody hits by chance
_LOOKED_AT = 200  # requests that found nothing
# Fields that may hold an id of anything, or a way to it.
_MAY_BE_ID = re.compile(r"(ids?|uri|url|href|links?|key|token|self|next|type)$", re.IGNORECASE)
_AROUND = "\"'`{}[]<>() \t\r\n"
_BETWEEN = frozenset(":_-./|")  # what stands between the parts of an id
_ANY = re.compile(r"\d|9+|0+|1234\d*")  # what people write who want nothing to be there


def _check(course: Course) -> Iterator[Finding]:
    asking = [one for one in course.heard if _found_nothing(one)]
    if not asking:
        return
    kinds = Kinds(course.contract, course.roles)
    found: dict[tuple[str, str], Finding] = {}
    fitting = [one for one in asking if kinds.taken(course.name_of(one))][:_LOOKED_AT]
    for heard, named in named_before(course, kinds, fitting):
        for finding in _judged(course, kinds, heard, named):
            found.setdefault((finding.place, finding.about), finding)
    yield from found.values()


def _found_nothing(heard: Heard) -> bool:
    # What was bent into a 404 was there: the client is not to blame.
    if heard.surprise or was_cut(heard):
        return False
    status = heard.exchange.status
    return status == _ABSENT or status in _REFUSED or (heard.exchange.ok and _is_empty(heard))


def _is_empty(heard: Heard) -> bool:
    response = heard.exchange.response
    return response is not None and re.search(rb"\[\s*\]", response.body[:2000]) is not None


def _judged(course: Course, kinds: Kinds, heard: Heard, named: Named) -> Iterator[Finding]:
    operation, status = course.operation_of(heard), heard.exchange.status
    if operation is None:
        return
    for place, wanted in kinds.taken(course.name_of(heard)).items():
        if heard.exchange.ok and f"{{{place}}}" in operation.template:
            continue  # there is one of that id
        for text in given(heard.exchange.request, operation, place):
            if status == _ABSENT or len(text) >= _LONG:
                told = _told(kinds, named, text, wanted)
                if told:
                    yield _finding(course, heard, place, f"{told}: {text}", kinds.name(wanted))
                    break


def _told(kinds: Kinds, named: Named, text: str, wanted: frozenset[str]) -> str:
    """Return what a text is, which is no id of what is wanted; nothing where that is not sure."""
    own = named.ids.get(text, set())
    if own & wanted or _ANY.fullmatch(text):
        return ""
    if own:
        return f"the id of {kinds.name(own)}"
    right = {each.lower(): each for each, of in named.ids.items() if of & wanted}
    return _changed(text, right) or _of_field(named, text)


def _changed(text: str, right: Mapping[str, str]) -> str:
    """Return what was done to one of the right ids."""
    bare = text.strip(_AROUND).lower()
    if bare != text.lower() and bare in right:
        return "an id with signs around it"
    if len(text) < _LONG:
        return ""
    if bare in right:
        return "an id in another case"
    # Who wants nothing to be there changes the end of an id, not its beginning.
    ends = (each.removesuffix(text) for each in right.values() if each.endswith(text))
    return "an id without its beginning" if any(end[-1:] in _BETWEEN for end in ends) else ""


def _of_field(named: Named, text: str) -> str:
    field = named.texts.get(text, "")
    is_other = "://" in text or not _MAY_BE_ID.search(field)
    return f"what stands in {field}" if field and is_other and not text.isdigit() else ""


def _finding(course: Course, heard: Heard, place: str, received: str, wanted: str) -> Finding:
    return course.finding(
        _NAME,
        f"The client sends something else where the id of {wanted} belongs.",
        heard,
        received=received[:160],
        expected=f"the id of {wanted}, as an answer has shown it",
        source=OURS,
        place=place.lstrip("#"),
        about=received.partition(":")[0],
        grade=Grade.DRIFT,
    )


def _untried(course: Course) -> str:
    return none_of(
        course.heard,
        lambda one: (operation := course.operation_of(one)) and "{" in operation.template,
        "nothing was asked for by its id",
    )


RULE = CourseRule(
    name=_NAME,
    sentence="A client sends the id of a thing where that belongs, as an answer has shown it.",
    check=_check,
    untried=_untried,
)
