"""One answer under judgement: what it is an answer to, and what the contract says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.wire.exchange import Exchange, Response


@dataclass(frozen=True, slots=True)
class Case:
    """An exchange with its operation's label and the contract's entry for the status."""

    exchange: Exchange
    response: Response
    label: str
    answer: Mapping[str, Any]

    @property
    def statement(self) -> str:
        """What SOURCES.md calls the answer as a whole."""
        return f"{self.label} {self.response.status}"

    @property
    def has_no_body(self) -> bool:
        """Whether HTTP itself forbids a body here (RFC 9110, 6.4.1)."""
        return self.exchange.request.method == "HEAD" or self.response.status in {204, 205, 304}

    def finding(  # noqa: PLR0913  (a finding has this many parts)
        self,
        rule: str,
        aspect: Aspect,
        message: str,
        *,
        received: str,
        expected: str,
        place: str = "",
        statement: str = "",
        source: str = "",
        grade: Grade = Grade.BREACH,
    ) -> Finding:
        """Return a finding about this answer, as a whole unless `statement` says of what."""
        return Finding(
            rule=rule,
            operation=self.label,
            place=place,
            message=message,
            received=received,
            expected=expected,
            exchanges=(self.exchange,),
            statement=statement or self.statement,
            source=source,
            grade=grade,
            aspect=aspect,
        )
