"""One request read against the contract: which operation it means, and what it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.calls.caller import Operation
from contract_tests.calls.given import Given, given
from contract_tests.conduct.heard import Heard
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.exchange import Request
from contract_tests.words.bodies import Bodies
from contract_tests.words.lookup import Lookup, label


@dataclass(frozen=True)
class Asked:
    """A request under judgement. Its secrets are in it; findings are masked by whoever judges.

    `operation` is None where the contract has none for it; `methods` are those that the path has
    then. `bodies` judges schemas.
    """

    heard: Heard
    contract: Mapping[str, Any]
    lookup: Lookup
    bodies: Bodies

    @property
    def request(self) -> Request:
        """The request as it came."""
        return self.heard.exchange.request

    @cached_property
    def operation(self) -> Operation | None:
        """The operation that is meant (of a HEAD, that of the GET), or None."""
        return self.lookup.of(self.heard.exchange)

    @property
    def label(self) -> str:
        """The operation as SOURCES.md calls it, or the request line."""
        if self.operation is not None:
            return label(self.operation)
        return f"{self.request.method} {self.request.target.partition('?')[0]}"

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The methods that the contract has for this path."""
        target = self.request.target
        return tuple(
            method.upper()
            for method in ("get", "put", "post", "delete", "patch")
            if self.lookup.find(method.upper(), target)
        )

    @cached_property
    def given(self) -> Given:
        """The texts of parameters by where they are and by name in small letters."""
        if self.operation is None:
            return {}
        literal = re.split(r"\{[^}]*\}", self.operation.path)
        path = re.compile("([^/]*)".join(re.escape(part) for part in literal))
        return given(self.request, path, self.operation)

    def finding(  # noqa: PLR0913  (a finding has this many parts)
        self,
        rule: str,
        message: str,
        *,
        received: str,
        expected: str,
        place: str = "",
        aspect: str = "",
        statement: str = "",
        source: str = "",
        grade: Grade = Grade.BREACH,
    ) -> Finding:
        """Return a finding about this request; `statement` is the operation unless it is said."""
        return Finding(
            rule=rule,
            operation=self.label,
            place=place,
            message=message,
            received=received,
            expected=expected,
            exchanges=(self.heard.exchange,),
            statement=statement or self.label,
            source=source,
            grade=grade,
            aspect=aspect,
        )
