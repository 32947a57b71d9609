"""What an answer says, held against the contract: status, media type, headers, body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.caller import Operation, operations
from contract_tests.exchange import Exchange, Response
from contract_tests.finding import Finding
from specs.json_schema import compiled, to_json_schema
from specs.wording import expected


class Words:
    """Judges single exchanges by the contract; compiled schemas are kept."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        """Take a resolved contract."""
        self._operations = operations(contract)
        self._compiled: dict[int, Any] = {}

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with the answer of an exchange that names its operation."""
        operation = self._operations.get(exchange.operation_id)
        if operation is None or exchange.response is None:
            return
        answers = operation.definition["responses"]
        answer = answers.get(str(exchange.status)) or answers.get("default")
        label = f"{operation.method.upper()} {operation.template}"
        if answer is None:
            yield Finding(
                "status_is_documented",
                label,
                str(exchange.status),
                "The status of the answer is not one that the operation documents.",
                str(exchange.status),
                "one of " + ", ".join(answers),
                (exchange,),
                label,
            )
            return
        yield from self._body(exchange, operation, answer, exchange.response)

    def _body(
        self,
        exchange: Exchange,
        operation: Operation,
        answer: Mapping[str, Any],
        response: Response,
    ) -> Iterator[Finding]:
        label = f"{operation.method.upper()} {operation.template}"
        content = answer.get("content", {})
        schema = next((media.get("schema", {}) for media in content.values()), None)
        if schema is None:
            return
        try:
            body = json.loads(response.body)
        except ValueError:
            return
        validator = self._compiled.get(id(schema))
        if validator is None:
            validator = self._compiled[id(schema)] = compiled(to_json_schema(schema))
        for error in validator.iter_errors(body):
            path = "/".join("*" if isinstance(p, int) else str(p) for p in error.instance_path)
            yield Finding(
                "body_fits_schema",
                label,
                f"/{path}",
                error.message[:200],
                repr(error.instance)[:200],
                expected(error),
                (exchange,),
                f"{label} {exchange.status}",
            )
