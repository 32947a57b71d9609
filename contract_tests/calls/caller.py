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
