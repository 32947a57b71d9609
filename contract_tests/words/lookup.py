"""Which operation an exchange is about: by its name, or by method and path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import specs
from contract_tests.calls.caller import Operation, operations
from contract_tests.wire.exchange import Exchange

_PARAMETER = re.compile(r"\{[^{}/]+\}")


class Lookup:
    """The operations of a contract, to be found by what was sent."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        """Take a resolved contract."""
        self.operations: dict[str, Operation] = operations(contract)
        self._prefix = specs.base_path(contract)
        self._by_path: dict[str, dict[str, Operation]] = {}
        for operation in self.operations.values():
            methods = self._by_path.setdefault(operation.template, {})
            methods[operation.method.upper()] = operation
        # `/agents/status` stands before `/agents/{id}`: it is no agent.
        order = sorted(self._by_path, key=_freedom)
        self._patterns = [(_freedom(p), _pattern(p), self._by_path[p]) for p in order]

    def of(self, exchange: Exchange) -> Operation | None:
        """Return the operation of an exchange (of a HEAD, that of the GET), or None."""
        named = self.operations.get(exchange.operation_id)
        if named is not None:
            return named
        method = exchange.request.method.upper()
        return self.find("GET" if method == "HEAD" else method, exchange.request.target)

    def find(self, method: str, target: str) -> Operation | None:
        """Return the operation that a request line means; `target` is path and query."""
        path = target.partition("?")[0]
        inner = path.removeprefix(self._prefix) if self._prefix else path
        for candidate in dict.fromkeys((inner, path)):
            fitting = [(n, found) for n, rx, found in self._patterns if rx.fullmatch(candidate)]
            nearest = [found for n, found in fitting if n == fitting[0][0]]
            if nearest:
                return next((found[method] for found in nearest if method in found), None)
        return None


def label(operation: Operation) -> str:
    """Return `GET /agents/{uniqueId}`, as SOURCES.md calls it."""
    return f"{operation.method.upper()} {operation.template}"


def _freedom(path: str) -> int:
    return len(_PARAMETER.findall(path))


def _pattern(path: str) -> re.Pattern[str]:
    literals = [re.escape(literal) for literal in _PARAMETER.split(path)]
    return re.compile("([^/]+)".join(literals))
