"""A finding: what a server did, what was expected, and how much a document says about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from contract_tests.wire.exchange import Exchange

if TYPE_CHECKING:
    from contract_tests.world.snapshot import Change


class Grade(StrEnum):
    """How grave a finding is.

    A breach contradicts a document (or RFC 9110). Drift is what a vendor may do when it moves on:
    an undocumented field, a new value of an enumeration. An assumption is contradicted where only
    a decision of ours stands behind the statement: shown, and no reason to fail.
    """

    BREACH = "breach"
    DRIFT = "drift"
    ASSUMPTION = "assumption"


class Aspect(StrEnum):
    """What of an answer is wrong; decisions in SOURCES.md name what they decide by these words."""

    STATUS = "status"
    MEDIA = "media"
    BODY = "body"
    MISSING = "missing"
    NEVER = "never"
    NULL = "null"
    EMPTY = "empty"
    TYPE = "type"
    FORMAT = "format"
    WORDS = "words"
    RANGE = "range"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a server parts from its contract, with the exchanges that show it.

    `rule` is the name of the check. `operation` is a label like `GET /agents/{uniqueId}`. `place`
    is the field, parameter, header or resource within it: findings of the same rule, statement
    and place have one cause. `statement` selects rows of SOURCES.md (`GET /agents 200`,
    `Agent.Name`); `source` cites the document itself where no row does, e.g. `RFC 9110, 15.5.6`.
    `aspect` is what of an answer's words is wrong (an `Aspect`), and empty for deeds. `about` is
    what stands for the statement in the cause, where one fault shows in several operations.
    `is_comparison`: what others do at the same time would look alike. `change` is what differed
    between two looks, if that was found: where it lasts, it cannot show itself again.
    """

    rule: str
    operation: str
    place: str
    message: str
    received: str
    expected: str
    exchanges: tuple[Exchange, ...] = ()
    statement: str = ""
    source: str = ""
    grade: Grade = Grade.BREACH
    aspect: str = ""
    is_comparison: bool = False
    about: str = ""
    change: Change | None = field(default=None, compare=False, repr=False)

    @property
    def cause(self) -> tuple[str, str, str]:
        """What findings of one cause share."""
        place = f"{self.place} ({self.aspect})" if self.aspect else self.place
        return self.rule, self.about or self.statement or self.operation, place

    def __str__(self) -> str:
        """Word it for a person."""
        lines = (
            f"{self.operation}: {self.rule} ({self.grade})",
            self.message,
            f"  received: {self.received}",
            f"  expected: {self.expected}",
        )
        return "\n".join(lines)
