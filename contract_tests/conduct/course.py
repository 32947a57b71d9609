"""All that was heard of a client at one vendor, in the order in which the requests began."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from contract_tests.calls.caller import Operation
from contract_tests.conduct.heard import Heard
from contract_tests.roles.model import Roles
from contract_tests.words.lookup import Lookup, label


@dataclass(frozen=True, slots=True)
class Course:
    """A client's requests, masked, with the answers that they got; rules read, never change it."""

    contract: Mapping[str, Any]
    roles: Roles
    lookup: Lookup
    heard: tuple[Heard, ...]

    def operation_of(self, heard: Heard) -> Operation | None:
        """Return the operation that a request meant, or None."""
        return self.lookup.of(heard.exchange)

    def label(self, heard: Heard) -> str:
        """Return the operation as SOURCES.md calls it, or the request line."""
        operation = self.operation_of(heard)
        request = heard.exchange.request
        if operation is not None:
            return label(operation)
        return f"{request.method} {request.target.partition('?')[0]}"

    def together(self, key: Callable[[Heard], Any]) -> Iterator[list[Heard]]:
        """Yield what shares a key, each group in its order."""
        order = sorted(self.heard, key=lambda one: (str(key(one)), one.number))
        for _, group in groupby(order, key=lambda one: str(key(one))):
            yield list(group)


def same_request(heard: Heard) -> tuple[str, str, str, bytes]:
    """Return what two requests share that ask for the same."""
    request = heard.exchange.request
    return heard.asker, request.method, request.target, request.body
