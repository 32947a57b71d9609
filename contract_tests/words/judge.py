"""Words: single exchanges judged by the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.calls.caller import Operation
from contract_tests.findings.finding import Finding
from contract_tests.wire.exchange import Exchange
from contract_tests.words import headers, media, status
from contract_tests.words.bodies import Bodies
from contract_tests.words.case import Case
from contract_tests.words.lookup import Lookup, label


class Words:
    """Judges single exchanges by the contract; compiled schemas are kept."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        """Take a contract; the references in it may be resolved or not."""
        self._lookup = Lookup(contract)
        self._bodies = Bodies(contract)

    def operation_of(self, exchange: Exchange) -> Operation | None:
        """Return the operation that an exchange is about, by its name or by method and path."""
        return self._lookup.of(exchange)

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with the answer of an exchange that is about an operation."""
        operation = self._lookup.of(exchange)
        if operation is None or exchange.response is None:
            return
        answers = operation.definition["responses"]
        answer = status.answer_of(answers, exchange.status)
        case = Case(exchange, exchange.response, label(operation), answer or {})
        if exchange.request.method == "HEAD":
            yield from media.presence(case)
        elif answer is None:
            if exchange.status not in status.OF_THE_MESSAGE:
                yield status.finding(case, answers)
        else:
            yield from media.presence(case)
            yield from media.findings(case)
            yield from headers.findings(case, self._bodies)
            yield from self._bodies.findings(case)
