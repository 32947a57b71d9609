"""What a rule for clients is: a name, a sentence, a source, and a function that finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.course import Course
from contract_tests.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class RequestRule:
    """A rule that every single request is held to."""

    name: str
    sentence: str
    check: Callable[[Asked], Iterator[Finding]]
    source: str = ""


@dataclass(frozen=True, slots=True)
class CourseRule:
    """A rule about the requests of a client one after the other, and how it takes answers.

    `untried` says why a course could not show whether the rule is kept; empty where it could.
    """

    name: str
    sentence: str
    check: Callable[[Course], Iterator[Finding]]
    source: str = ""
    untried: Callable[[Course], str] = lambda _: ""
