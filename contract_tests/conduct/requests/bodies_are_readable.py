"""A client sends bodies that are what they are called: JSON in UTF-8, or a form."""

from __future__ import annotations

from collections.abc import Iterator
from math import isinf
from typing import Any

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.words.media import is_json

_NAME = "bodies_are_readable"
_DEEPEST = 64


def _check(asked: Asked) -> Iterator[Finding]:
    content = asked.content
    if content.fault is not None and (content.is_documented or content.sent is None):
        fault = content.fault
        yield asked.finding(
            _NAME,
            f"The body cannot be read: {fault.fault}.",
            received=_without_values(fault.received, fault.fault),
            expected=fault.expected,
            place=fault.fault,
            source=fault.source,
        )
    elif content.is_read and is_json(content.media):
        odd = next(_odd(content.value, 1), None)
        if odd is not None:
            yield _doubtful(asked, *odd)


def _doubtful(asked: Asked, what: str, expected: str, source: str) -> Finding:
    return asked.finding(
        _NAME,
        f"The body is JSON that not everybody reads alike: {what}.",
        received=what,
        expected=expected,
        place=what,
        aspect=Aspect.BODY,
        source=source,
        grade=Grade.DRIFT,
    )


def _without_values(received: str, fault: str) -> str:
    # The text around a fault of syntax may be anything, also a password.
    return received.partition(": ")[0] if fault == "syntax" else received


def _odd(value: Any, depth: int) -> Iterator[tuple[str, str, str]]:
    """Yield what RFC 8259 warns of: it is read in several ways, or not at all."""
    if depth > _DEEPEST:
        yield "deep nesting", f"at most {_DEEPEST} levels", "RFC 8259, 9"
    elif isinstance(value, float) and isinf(value):
        yield "a number that no double holds", "a number of 64 bits", "RFC 8259, 6"
    elif isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            yield "half of a surrogate pair", "whole characters", "RFC 8259, 8.2"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _odd(name, depth)
            yield from _odd(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _odd(inner, depth + 1)


RULE = RequestRule(
    name=_NAME,
    sentence="A body is what it is called: JSON in UTF-8 without doubt about its meaning, a form.",
    check=_check,
    source="RFC 8259",
)
