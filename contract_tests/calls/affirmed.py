"""Answers that say no: `false` where the contract's own example of the answer is `true`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contract_tests.wire.exchange import Exchange


def is_denied(contract: Mapping[str, Any], seen: Exchange) -> bool:
    """Say whether a success is `false`, and the contract shows `true` for this operation."""
    if not seen.ok or seen.body() is not False:
        return False
    operations = (
        operation
        for item in contract.get("paths", {}).values()
        for operation in item.values()
        if isinstance(operation, Mapping) and operation.get("operationId") == seen.operation_id
    )
    answers = (operation.get("responses", {}).get(str(seen.status)) for operation in operations)
    media = (
        kind
        for answer in answers
        if isinstance(answer, Mapping)
        for kind in answer.get("content", {}).values()
    )
    return any(isinstance(kind, Mapping) and kind.get("example") is True for kind in media)
