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
from contract_tests.wire import failures, retry_after
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Exchange, Request
from contract_tests.wire.ring import Ring
from contract_tests.wire.wire import Wire
from contract_tests.world import guard
from contract_tests.world.ledger import WORD, Ledger

# So often a request is sent that is refused by 429 with a time to wait, or without (which adds up
# to a minute, as long as windows are), and so often an operation may stay silent.
_PATIENCE, _LONG_PATIENCE, _MOST_SILENCES = 4, 7, 3


# So often, and at this distance, it is looked for what was made and is not seen yet.
_LOOKS, _BETWEEN_LOOKS_S = 10, 0.1


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
    `made` is every new item of this run by its resource, as it was shown first.
    `owned` are arguments of operations below an owner (`/owners/{ownerId}/pets`): whose they mean.
    `late_s` is how long a new thing is not to be seen at first, on servers that take their time.
    `ring` and `other_ring` are there where not all operations take the same credential.
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
    made: list[tuple[str, Any]] = field(default_factory=list)
    ring: Ring | None = None
    other_ring: Ring | None = None
    operations: dict[str, Operation] = field(init=False)
    _creations: dict[str, Resource] = field(init=False)
    _silences: dict[str, int] = field(init=False, default_factory=dict)
    late_s: float = field(init=False, default=0.0)
    _made_at_s: float = field(init=False, default=0.0)
    _awaited: set[str] = field(init=False, default_factory=set)

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
        NotTried where there is no other: 429 is none to what was asked.
        """
        for count in range(1, _LONG_PATIENCE + 1):
            exchange = self.send_once(request, operation_id, values, credential)
            if exchange.status != 429 or exchange.response is None:
                return exchange
            if count == _PATIENCE and retry_after.told(exchange.response) is not None:
                break
        raise NotTried(f"the server went on refusing {request.method} with 429 ({count} times)")

    def send_once(
        self,
        request: Request,
        operation_id: str = "",
        values: dict[str, Any] | None = None,
        credential: Credential | None = None,
    ) -> Exchange:
        """Send a request and take any answer, 429 too: for rules about limits."""
        if self.late_s and operation_id not in self._creations:
            self.rest(max(self._made_at_s + self.late_s - self.wire.allowance.elapsed_s, 0.0))
        shown = self.shown(operation_id or self._at(request.target), credential)
        self._check(request, operation_id, values or {})
        self._announce(operation_id, values or {})
        exchange = self.wire.send(
            request,
            shown,
            operation_id=operation_id,
            values=values,
        )
        self._account(operation_id, exchange)
        if may_begin_work(request.method, exchange.status):
            self.settle()
        return exchange

    def shown(self, operation_id: str, credential: Credential | None = None) -> Credential:
        """Return the credential for an operation: of this account, or of that of `credential`.

        NotTried where the operation wants one that there is not.
        """
        if credential is None:
            credential, ring = self.credential, self.ring
        elif credential == self.other:
            ring = self.other_ring
        else:
            ring = None
        if ring is None:
            return credential
        if operation_id in ring.wanting:
            raise NotTried(f"{self.label(operation_id)}: {ring.wanting[operation_id]}")
        return ring.of(operation_id)

    def _at(self, target: str) -> str:
        """Return an operation at this address that has a credential of its own, if any."""
        each = self.ring.each if self.ring else {}
        known = (name for name in each if name in self.operations)
        return next((name for name in known if self.operations[name].is_at(target)), "")

    @property
    def silences(self) -> int:
        """How many requests the server has left without an answer."""
        return sum(self._silences.values())

    def rest(self, seconds: float) -> None:
        """Let real time pass where a server needs it; OutOfLimits where there is none left."""
        self.wire.allowance.rest(seconds)

    def awaited(self, what: str, look: Callable[[], bool]) -> None:
        """Wait a little for a new thing to be seen, at most once for each name `what`.

        Where it takes a while, later looks wait as long after each creation.
        """
        if what in self._awaited:
            return
        self._awaited.add(what)
        if look():
            return
        for _ in range(_LOOKS):
            self.rest(_BETWEEN_LOOKS_S)
            since_s = self.wire.allowance.elapsed_s - self._made_at_s
            if look():
                self.late_s = max(self.late_s, 1.25 * since_s)
                return

    def _check(self, request: Request, operation_id: str, values: Mapping[str, Any]) -> None:
        """Raise NotTried where the run may not do this, or need not any more."""
        permits = self.permits
        if not (permits.writing and permits.existing) and not self._only_reads(
            request, operation_id
        ):
            if not permits.writing:
                raise NotTried("this run only reads (--mode full lets it write)")
            objection = "" if permits.existing else self._objection(operation_id, values)
            if objection:
                raise NotTried(objection)
        if operation_id and self._silences.get(operation_id, 0) >= _MOST_SILENCES:
            raise NotTried(f"{self.label(operation_id)} has not answered {_MOST_SILENCES} times")

    def _objection(self, operation_id: str, values: Mapping[str, Any]) -> str:
        operation = self.operations.get(operation_id)
        if operation is None:
            return "only what this run created may be touched on this server"
        return guard.objection(self.roles, self.ledger, operation_id, operation, values)

    def _announce(self, operation_id: str, values: Mapping[str, Any]) -> None:
        """Let the ledger know of a creation before it is sent: its answer may never come."""
        if operation_id in self._creations:
            words = dict.fromkeys(WORD.findall(json.dumps(values, default=str)))
            self.ledger.intends(self._creations[operation_id].name, words)
            self.wire.allowance.reserved = self.ledger.size

    def _account(self, operation_id: str, exchange: Exchange) -> None:
        if exchange.response is None and exchange.failure != failures.REFUSED:
            self._silences[operation_id] = self._silences.get(operation_id, 0) + 1
        resource = self._creations.get(operation_id or self._unnamed(exchange.request))
        if resource is not None and exchange.ok:
            self._made_at_s = self.wire.allowance.elapsed_s
        if resource is None or resource.create is None:
            return
        if 300 <= exchange.status < 500:
            if operation_id:
                self.ledger.settled(resource.name)
        elif exchange.ok and resource.create.answer is not None:
            item = pointer.read(exchange.body(), resource.create.answer, None)
            item_id = pointer.read(item, resource.id, None)
            if isinstance(item_id, str | int):
                if not operation_id and not self.ledger.owns(resource.name, item_id):
                    self.ledger.intends(resource.name, ())
                self.ledger.created(resource.name, item_id)
        self.wire.allowance.reserved = self.ledger.size

    def _unnamed(self, request: Request) -> str:
        """Return the creation that a request is which names no operation, e.g. an odd one."""
        known = ((name, self.operations.get(name)) for name in self._creations)
        taken = (n for n, o in known if o and o.takes(request.method, request.target))
        return next(taken, "")

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
