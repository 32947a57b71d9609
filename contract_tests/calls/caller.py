"""The operations of a contract by operationId, as they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import specs

BODY = "(body)"  # the name under which a body stands among the values of a call


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it is called; `template` is its path without that of the base URL."""

    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    definition: Mapping[str, Any]
    template: str = ""

    def takes(self, method: str, target: str) -> bool:
        """Say whether a request of this method and target is one of this operation."""
        return method.lower() == self.method and self.is_at(target)

    def is_at(self, target: str) -> bool:
        """Say whether a target is an address of this operation, whatever the method."""
        wanted, given = self.path.split("/"), target.partition("?")[0].split("/")
        return len(wanted) == len(given) and all(
            "{" in own or own == part for own, part in zip(wanted, given, strict=True)
        )


def may_begin_work(method: str, status: int) -> bool:
    """Whether an answer may leave work behind whose result is read later."""
    return method.lower() != "get" and 200 <= status < 300


def operations(contract: Mapping[str, Any]) -> dict[str, Operation]:
    """Return the operations of a resolved contract by operationId."""
    prefix = specs.base_path(contract)
    return {
        item[method]["operationId"]: Operation(
            method,
            prefix + path,
            (*item.get("parameters", ()), *item[method].get("parameters", ())),
            item[method],
            path,
        )
        for path, item in contract["paths"].items()
        for method in specs.METHODS
        if method in item
    }
