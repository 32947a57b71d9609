"""What a rule works with: the contract, its roles, and a way to call the server under test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from contract_tests.caller import Operation, may_begin_work, operations
from contract_tests.calls import plain_values, request_of
from contract_tests.credential import Credential
from contract_tests.exchange import Exchange, Request
from contract_tests.ledger import Ledger
from contract_tests.roles.model import Roles
from contract_tests.wire import Wire


class NotTried(Exception):
    """A rule had nothing to try itself on; the message says what was missing."""


@dataclass(frozen=True, slots=True)
class Permits:
    """What may be done to the server: make things, end or change what was there before."""

    writing: bool = True
    existing: bool = True


@dataclass(slots=True)
class World:
    """One server under test, seen with one credential.

    `other` is the credential of a second account, if there is one. `settle` returns when the work
    that requests have begun may be done; `ledger` remembers what was created.
    """

    contract: Mapping[str, Any]
    roles: Roles
    wire: Wire
    credential: Credential
    other: Credential | None = None
    permits: Permits = field(default_factory=Permits)
    seed: int = 0
    settle: Callable[[], None] = lambda: None
    ledger: Ledger = field(default_factory=Ledger)
    operations: dict[str, Operation] = field(init=False)

    def __post_init__(self) -> None:
        """Index the operations."""
        self.operations = operations(self.contract)

    def random(self, *names: object) -> Random:
        """Return a stream of chance of its own for each name, from the seed of the run."""
        return Random(f"{self.seed}/{'/'.join(map(str, names))}")

    def has(self, operation_id: str) -> bool:
        """Say whether the contract has this operation."""
        return operation_id in self.operations

    def label(self, operation_id: str) -> str:
        """Return `GET /agents/{uniqueId}` for an operationId: without the path of the base URL."""
        operation = self.operations[operation_id]
        prefix = len(operation.path) - len(operation.template)
        return f"{operation.method.upper()} {operation.path[prefix:]}"

    def values(self, operation_id: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an operation is sent: samples, the roles' arguments, then `arguments`."""
        given = {**self.roles.arguments.get(operation_id, {}), **arguments}
        return plain_values(self.operations[operation_id], given)

    def call(
        self,
        operation_id: str,
        arguments: Mapping[str, Any] | None = None,
        credential: Credential | None = None,
    ) -> Exchange:
        """Call an operation with samples of what it requires, and `arguments` over them.

        Arguments are parameters by name and places in the body by `#/pointer`. NotTried where the
        run may not write and the operation would; OutOfLimits at the end of the run's limits.
        """
        values = self.values(operation_id, arguments or {})
        return self.send(
            request_of(self.operations[operation_id], values), operation_id, values, credential
        )

    def send(
        self,
        request: Request,
        operation_id: str = "",
        values: dict[str, Any] | None = None,
        credential: Credential | None = None,
    ) -> Exchange:
        """Send a request as it is; NotTried where the run may not write and it would."""
        if not self.permits.writing and not self._only_reads(request, operation_id):
            raise NotTried("this run only reads (--mode full lets it write)")
        exchange = self.wire.send(
            request,
            self.credential if credential is None else credential,
            operation_id=operation_id,
            values=values,
        )
        if may_begin_work(request.method, exchange.status):
            self.settle()
        return exchange

    def _only_reads(self, request: Request, operation_id: str) -> bool:
        return request.method in {"GET", "HEAD", "OPTIONS"} or operation_id in self.reading_posts

    @property
    def reading_posts(self) -> frozenset[str]:
        """Operations that read although their method is not GET: the batches of the roles."""
        return frozenset(
            name
            for resource in self.roles.resources
            for batch in resource.batches
            for name in (batch.operation, batch.single)
        )
