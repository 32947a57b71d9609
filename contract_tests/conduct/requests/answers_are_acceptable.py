"""A client accepts one of the media types that an operation answers in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_tests.conduct.asked import Asked
from contract_tests.conduct.rule import RequestRule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.words.media import plain

_ZERO = re.compile(r"q\s*=\s*0(\.0*)?\s*", re.IGNORECASE)
Range = tuple[str, bool]


def _check(asked: Asked) -> Iterator[Finding]:
    demand, header = asked.demand, asked.header("accept")
    if demand is None or not header or not demand.answers:
        return
    ranges = [_range(part) for part in header.split(",") if part.strip()]
    documented = [plain(name) or name for name in demand.answers]
    if any(_admits(ranges, name) for name in documented):
        return
    is_known = any(_admits(ranges, name) for name in asked.allowances.words("answer_type"))
    yield asked.finding(
        "answers_are_acceptable",
        "The client accepts none of the media types that it can be answered in.",
        received=f"Accept: {header}"[:160],
        expected=" or ".join(demand.answers),
        place="Accept",
        source="decision" if is_known else "RFC 9110, 12.5.1",
        grade=Grade.ASSUMPTION if is_known else Grade.DRIFT,
    )


def _range(part: str) -> Range:
    name, _, rest = part.partition(";")
    refused = any(_ZERO.fullmatch(each.strip()) for each in rest.split(";"))
    return name.strip().lower(), not refused


def _admits(ranges: list[Range], media: str) -> bool:
    """Say whether a media type is admitted: the range that names it most closely decides."""
    subtype_wild, wild = f"{media.partition('/')[0]}/*", "*/*"
    for wanted in (media, subtype_wild, wild):
        found = [admitted for name, admitted in ranges if name in {wanted, wanted[:1]}]
        if found and (wanted == wild or any(name == wanted for name, _ in ranges)):
            return any(found)
    return not ranges


RULE = RequestRule(
    name="answers_are_acceptable",
    sentence="A client accepts a media type that the operation answers in.",
    check=_check,
    source="RFC 9110, 12.5.1",
)
