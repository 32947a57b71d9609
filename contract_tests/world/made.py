"""What came of a creation: a new item, or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.wire.exchange import Exchange
from contract_tests.world.world import NotTried


@dataclass(frozen=True, slots=True)
class Made:
    """A new item: its id, what was sent for it, and it as the server shows it."""

    id: Any
    sent: Mapping[str, Any]
    item: Any
    exchange: Exchange


class MadeNothing(NotTried):
    """A creation succeeded, and there is nothing new: `exchange` is its answer."""

    def __init__(self, operation_id: str, exchange: Exchange) -> None:
        super().__init__(f"{operation_id} made nothing that can be found")
        self.exchange = exchange
