"""The media type of an answer, and whether there is a body at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.words.case import Case

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105  (a token of RFC 9110, 5.6.2)
_MEDIA_TYPE = re.compile(rf"\s*({_TOKEN}/{_TOKEN})\s*(;.*)?", re.DOTALL)


def presence(case: Case) -> Iterator[Finding]:
    """Yield what speaks against a body that is there, or is not."""
    body, content = case.response.body, case.answer.get("content")
    if case.has_no_body:
        if body or _announced(case):
            yield _present(case, "RFC 9110, 6.4.1", Grade.BREACH)
    elif content and not body:
        yield case.finding(
            "body_is_where_documented",
            Aspect.BODY,
            "The answer has no body where the contract describes one.",
            received="an empty body",
            expected=" or ".join(content),
        )
    elif body and not content and case.response.status < 300:
        yield _present(case, "", Grade.DRIFT)


def findings(case: Case) -> Iterator[Finding]:
    """Yield what speaks against the `Content-Type` of a body."""
    content, sent = case.answer.get("content"), case.response.header("Content-Type")
    if not content or not case.response.body or case.has_no_body:
        return
    if documented(content, sent) is None:
        how = "missing" if not sent else "other" if plain(sent) else "malformed"
        yield case.finding(
            "media_type_is_documented",
            Aspect.MEDIA,
            "The answer's Content-Type is not the documented one.",
            received=sent or "no Content-Type",
            expected=" or ".join(content),
            place=how,
        )


def documented(content: Mapping[str, Any], sent: str | None) -> str | None:
    """Return the documented media type that `sent` is one of; parameters count for nothing."""
    kind = plain(sent)
    fitting = [name for name in content if kind and fnmatchcase(kind, plain(name) or name)]
    return next(iter(fitting), None)


def plain(media_type: str | None) -> str | None:
    """Return `type/subtype` in small letters, or None if it is no media type."""
    match = _MEDIA_TYPE.fullmatch(media_type or "")
    return match[1].lower() if match else None


def is_json(media_type: str) -> bool:
    """Say whether a documented media type is JSON."""
    subtype = (plain(media_type) or media_type).partition("/")[2]
    return subtype == "json" or subtype.endswith("+json")


def _announced(case: Case) -> bool:
    length = case.response.header("Content-Length") or ""
    is_head = case.exchange.request.method == "HEAD"
    return not is_head and length.isdigit() and int(length) > 0


def _present(case: Case, source: str, grade: Grade) -> Finding:
    body = case.response.body
    return case.finding(
        "body_is_where_documented",
        Aspect.BODY,
        "The answer has a body where there is to be none.",
        received=body[:160].decode("utf-8", "replace") or "a Content-Length above 0",
        expected="an empty body",
        source=source,
        grade=grade,
    )
