"""A client says what its body is, and sends one of the documented kinds."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.content import FORM
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.words.media import plain

_NAME = "bodies_are_labelled"


def _check(asked: Asked) -> Iterator[Finding]:
    demand, content = asked.demand, asked.content
    if demand is None or not demand.content or not asked.request.body:
        return
    encoding = asked.header("content-encoding") or "identity"
    if encoding.lower() != "identity":
        yield _finding(asked, "Content-Encoding", encoding, "no Content-Encoding", Grade.DRIFT)
    elif not (content.is_documented or content.is_cut or asked.heard.headers_untold):
        sent = content.sent or ""
        how = "missing" if not sent else "other" if plain(sent) else "malformed"
        expected = " or ".join(demand.content)
        yield _finding(asked, how, sent or "no Content-Type", expected, _grade(asked))


def _finding(asked: Asked, how: str, received: str, expected: str, grade: Grade) -> Finding:
    name = how if how == "Content-Encoding" else "Content-Type"
    may_be_without = grade is Grade.ASSUMPTION
    return asked.finding(
        _NAME,
        f"The body's {name} is not a documented one.",
        received=received,
        expected=expected,
        place=how,
        aspect=Aspect.MEDIA,
        source="decision" if may_be_without else "RFC 9110, 8.3",
        grade=grade,
    )


def _grade(asked: Asked) -> Grade:
    """Return how grave it is: a body that is what it should be is only badly labelled."""
    kind = plain(asked.content.sent)
    # What curl says of every body that it is given, and what documents do that show no more.
    is_default = kind in {None, FORM} and asked.content.is_read
    if is_default and asked.allowances.says("unlabelled_body"):
        return Grade.ASSUMPTION
    return Grade.BREACH


RULE = RequestRule(
    name=_NAME,
    sentence="The Content-Type of a body is one that the operation reads, and is true.",
    check=_check,
    source="RFC 9110, 8.3",
)
