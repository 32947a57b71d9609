"""One request read against the contract: which operation it means, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from contract_tests.calls.caller import Operation
from contract_tests.conduct.allowances import Allowances
from contract_tests.conduct.content import Content, content_of
from contract_tests.conduct.demands import Demand, Demands
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.placeholders import Unfilled, unfilled
from contract_tests.conduct.reading import Reading, read
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.credential import NOBODY, Credential
from contract_tests.wire.exchange import Request


@dataclass(frozen=True)
class Asked:
    """A request under judgement. Its secrets are in it; findings are masked by whoever judges.

    `secret` are the secrets that are known of it.
    """

    heard: Heard
    demands: Demands
    secret: Credential = NOBODY

    @property
    def request(self) -> Request:
        """The request as it came."""
        return self.heard.exchange.request

    @property
    def allowances(self) -> Allowances:
        """What documents say of requests that the contract has no words for."""
        return self.demands.allowances

    @property
    def path(self) -> str:
        """The path as it came."""
        return self.request.target.partition("?")[0]

    @cached_property
    def _meant(self) -> tuple[Operation, str] | None:
        named = self.demands.lookup.operations.get(self.heard.exchange.operation_id)
        if named is not None:
            return named, self.path
        return self.demands.meant(self.request.method, self.request.target)

    @property
    def operation(self) -> Operation | None:
        """The operation that is meant (of a HEAD, that of the GET), or None."""
        return self._meant[0] if self._meant else None

    @cached_property
    def demand(self) -> Demand | None:
        """What the operation asks for, or None where there is no operation."""
        return self.demands.of(self._meant[0]) if self._meant else None

    @property
    def label(self) -> str:
        """The operation as SOURCES.md calls it, or the request line."""
        return self.demand.label if self.demand else f"{self.request.method} {self.path}"

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """The methods that the contract has for this path."""
        return self.demands.methods(self.request.target)

    @cached_property
    def given(self) -> Reading:
        """What the request gives: texts by where they are and by name."""
        if self.demand is None or self._meant is None:
            return Reading({})
        return read(self.request, self.demand, self._meant[1])

    @cached_property
    def content(self) -> Content:
        """The body, read as what it is to be by the contract."""
        return content_of(self.request, self.demand, is_cut=self.heard.request_cut)

    @cached_property
    def unfilled(self) -> tuple[Unfilled, ...]:
        """The places where something stands that a value was to be put for."""
        body = self.content.value if self.content.is_read else None
        return tuple(unfilled(self.given, self.demand, body)) if self.demand else ()

    def header(self, name: str) -> str | None:
        """Return a header's values as one, or None where there is none."""
        found = [value for key, value in self.request.headers if key.lower() == name]
        return ", ".join(found) if found else None

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
