"""What a rule works with: the contract, its roles, and a way to call the server under test."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.caller import Operation, may_begin_work, operations
from contract_tests.calls.calls import plain_values, request_of
from contract_tests.roles.model import Resource, Roles
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Exchange, Request
from contract_tests.wire.wire import Wire
from contract_tests.world import guard
from contract_tests.world.ledger import WORD, Ledger

# So often a request is sent that is refused by 429, and so often an operation may stay silent.
_PATIENCE, _MOST_SILENCES = 4, 3


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
    that requests have begun may be done; `ledger` remembers what was created. `is_spoilt` once the
    server has taken what a schema forbids: what it shows from then on may be our own doing.
    `owned` are arguments of operations below an owner (`/owners/{ownerId}/pets`): whose they mean.
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
    is_spoilt: bool = False
    owned: dict[str, dict[str, Any]] = field(default_factory=dict)
    operations: dict[str, Operation] = field(init=False)
    _creations: dict[str, Resource] = field(init=False)
    _silences: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Index the operations."""
        self.operations = operations(self.contract)
        self._creations = {r.create.operation: r for r in self.roles.resources if r.create}

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
        owner = self.owned.get(operation_id, {})
        given = {**self.roles.arguments.get(operation_id, {}), **owner, **arguments}
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
        """Send a request as it is; NotTried where the run may not write and it would.

        What is refused by 429 is sent again once the time is over: a rule sees the real answer.
        """
        for _ in range(_PATIENCE):
            exchange = self.send_once(request, operation_id, values, credential)
            if exchange.status != 429:
                break
        return exchange

    def send_once(
        self,
        request: Request,
        operation_id: str = "",
        values: dict[str, Any] | None = None,
        credential: Credential | None = None,
    ) -> Exchange:
        """Send a request and take any answer, 429 too: for rules about limits."""
        self._check(request, operation_id, values or {})
        self._announce(operation_id, values or {})
        exchange = self.wire.send(
            request,
            self.credential if credential is None else credential,
            operation_id=operation_id,
            values=values,
        )
        self._account(operation_id, exchange)
        if may_begin_work(request.method, exchange.status):
            self.settle()
        return exchange

    @property
    def silences(self) -> int:
        """How many requests the server has left without an answer."""
        return sum(self._silences.values())

    def rest(self, seconds: float) -> None:
        """Let real time pass where a server needs it; OutOfLimits where there is none left."""
        self.wire.allowance.rest(seconds)

    def _check(self, request: Request, operation_id: str, values: Mapping[str, Any]) -> None:
        """Raise NotTried where the run may not do this, or need not any more."""
        permits = self.permits
        if not (permits.writing and permits.existing) and not self._only_reads(
            request, operation_id
        ):
            if not permits.writing:
                raise NotTried("this run only reads (--mode full lets it write)")
            if operation_id not in self._creations and not self._owns(operation_id, values):
                raise NotTried("only what this run created may be touched on this server")
        if operation_id and self._silences.get(operation_id, 0) >= _MOST_SILENCES:
            raise NotTried(f"{self.label(operation_id)} has not answered {_MOST_SILENCES} times")

    def _owns(self, operation_id: str, values: Mapping[str, Any]) -> bool:
        operation = self.operations.get(operation_id)
        if operation is None:
            return False
        ids = guard.touched(self.roles, operation_id, operation, values)
        return guard.is_ours(self.ledger, self.roles, ids)

    def _announce(self, operation_id: str, values: Mapping[str, Any]) -> None:
        """Let the ledger know of a creation before it is sent: its answer may never come."""
        if operation_id in self._creations:
            words = dict.fromkeys(WORD.findall(json.dumps(values, default=str)))
            self.ledger.intends(self._creations[operation_id].name, words)
            self.wire.allowance.reserved = self.ledger.size

    def _account(self, operation_id: str, exchange: Exchange) -> None:
        if exchange.response is None:
            self._silences[operation_id] = self._silences.get(operation_id, 0) + 1
        resource = self._creations.get(operation_id)
        if resource is None or resource.create is None:
            return
        if 300 <= exchange.status < 500:
            self.ledger.settled(resource.name)
        elif exchange.ok and resource.create.answer is not None:
            item = pointer.read(exchange.body(), resource.create.answer, None)
            item_id = pointer.read(item, resource.id, None)
            if isinstance(item_id, str | int):
                self.ledger.created(resource.name, item_id)
        self.wire.allowance.reserved = self.ledger.size

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
