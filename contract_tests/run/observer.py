"""A listener that counts what of a contract the exchanges of a run have seen."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.calls.caller import Operation, operations
from contract_tests.calls.given import given, places, sent, typed
from contract_tests.run.coverage import Cell, Coverage, OperationCoverage
from contract_tests.wire.exchange import Exchange, Request
from specs.json_schema import UnknownKeyword, compiled, to_json_schema

_SIGNS = {"query": "?{}", "header": "#{}", "path": "{{{}}}", "cookie": "={}"}


class Observer:
    """Counts exchanges. `heard` is a listener of the wire; `coverage` is what was seen so far."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        """Take a resolved contract."""
        self._seen = {name: _Seen.of(op) for name, op in operations(contract).items()}

    def heard(self, exchange: Exchange) -> None:
        """Count an exchange; one that belongs to no operation counts for nothing."""
        seen = self._seen.get(exchange.operation_id) or self._by_path(exchange.request)
        if seen is not None:
            seen.count(exchange)

    def coverage(self) -> Coverage:
        """Return what was seen so far."""
        return Coverage(tuple(seen.coverage(name) for name, seen in self._seen.items()))

    def _by_path(self, request: Request) -> _Seen | None:
        # Where two templates fit, the one with more fixed text is meant (OpenAPI 3.0.3, 4.7.8).
        path = request.target.partition("?")[0]
        fitting = [
            seen
            for seen in self._seen.values()
            if seen.operation.method.upper() == request.method and seen.path.fullmatch(path)
        ]
        return min(fitting, key=lambda seen: seen.operation.path.count("{"), default=None)


@dataclass(slots=True)
class _Seen:
    """What was counted of one operation; `places` are the fields that its body may have."""

    operation: Operation
    path: re.Pattern[str]
    allows: Mapping[str, Callable[[Any], bool]]
    places: tuple[str, ...]
    requests: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    cells: defaultdict[str, defaultdict[str, Cell]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Cell))
    )
    fields: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, operation: Operation) -> _Seen:
        literal = re.split(r"\{[^}]*\}", operation.path)
        path = re.compile("([^/]*)".join(re.escape(part) for part in literal))
        media = operation.definition.get("requestBody", {}).get("content", {}).values()
        fields = (place for holder in media for place in places(holder.get("schema", {})))
        allows = {_name(p): _allows(p.get("schema", {})) for p in operation.parameters}
        return cls(operation, path, allows, tuple(dict.fromkeys(fields)))

    def count(self, exchange: Exchange) -> None:
        self.requests += 1
        answer = _documented(exchange.status, self.operation.definition["responses"])
        self.answers[answer] += 1
        found = given(exchange.request, self.path, self.operation)
        for parameter in self.operation.parameters:
            name, row = _name(parameter), self.cells[answer]
            values = found.get((parameter["in"], parameter["name"].lower()))
            row[name] = row[name].and_one(self._manner(parameter, values))
        self.fields.update(sent(exchange.request.body))

    def _manner(self, parameter: Mapping[str, Any], values: list[str] | None) -> str:
        if values is None:
            return "absent"
        schema = parameter.get("schema", {})
        value = typed(values, schema)
        return "valid" if self.allows[_name(parameter)](value) else "invalid"

    def coverage(self, operation_id: str) -> OperationCoverage:
        documented = [str(status) for status in self.operation.definition["responses"]]
        names = [_name(parameter) for parameter in self.operation.parameters]
        return OperationCoverage(
            label=f"{self.operation.method.upper()} {self.operation.template}",
            operation_id=operation_id,
            requests=self.requests,
            statuses={status: self.answers[status] for status in documented},
            undocumented={s: n for s, n in sorted(self.answers.items()) if s not in documented},
            parameters={name: _sum(self.cells, name) for name in names},
            fields={place: self.fields[place] for place in self.places},
            matrix={s: {n: self.cells[s][n] for n in names} for s in documented},
        )


def _sum(cells: Mapping[str, Mapping[str, Cell]], name: str) -> Cell:
    found = [row[name] for row in cells.values() if name in row]
    return Cell(
        sum(cell.absent for cell in found),
        sum(cell.valid for cell in found),
        sum(cell.invalid for cell in found),
    )


def _name(parameter: Mapping[str, Any]) -> str:
    return _SIGNS[parameter["in"]].format(parameter["name"])


def _documented(status: int, answers: Mapping[str, Any]) -> str:
    for name in (str(status), f"{status // 100}XX", "default"):
        if status and name in answers:
            return name
    return str(status)


def _allows(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    try:
        return compiled(to_json_schema(schema)).is_valid
    except (UnknownKeyword, ValueError):
        return lambda _: True  # a foreign contract may say what nobody here understands
