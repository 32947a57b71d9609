"""OpenAPI links as journeys: what one answer gives, the linked operation must take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.caller import BODY, operations
from contract_tests.calls.calls import request_of
from contract_tests.wire.exchange import Exchange
from contract_tests.world.world import World

_LONGEST, _MOST_STEPS = 4, 6


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the contract: from one operation's answer to another operation."""

    name: str
    source: str
    target: str
    parameters: Mapping[str, Any]
    body: Any = None

    def __str__(self) -> str:
        """Name it as `source → target`."""
        return f"{self.source} → {self.target} ({self.name})"


class NothingToFollow(Exception):
    """The answer did not hold what the link takes from it; the contract may allow that."""


def links(contract: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return every link of a resolved contract that names its operation."""
    return tuple(
        Link(
            name, source, link["operationId"], link.get("parameters", {}), link.get("requestBody")
        )
        for source, operation in operations(contract).items()
        for status, answer in operation.definition["responses"].items()
        if status.startswith("2")
        for name, link in answer.get("links", {}).items()
        if "operationId" in link
    )


@dataclass(frozen=True, slots=True)
class Traveller:
    """Follows links on one server, reaching each one's source by other links if need be.

    `known` are the last successes of operations, so that no source is asked for twice in vain.
    """

    world: World
    known: dict[str, Exchange] = field(default_factory=dict)

    def follow(self, link: Link) -> Exchange:
        """Return what the link's target answered to what its source gave.

        NothingToFollow if no success of the source was found, or none holds what the link takes.
        """
        missing = NothingToFollow(f"{link}: no way to a success of {link.source} was found")
        arrived: Exchange | None = None
        for step in islice(self._reach(link.source, frozenset()), _MOST_STEPS):
            try:
                again, arrived = arrived, self._take(link, step)
            except NothingToFollow as error:
                missing = error
                continue
            # What was known may have gone meanwhile: only a second 404 is an answer.
            if arrived.ok or arrived.status != 404 or again is not None:
                return arrived
        if arrived is not None:
            return arrived
        raise missing

    def _reach(self, operation_id: str, via: frozenset[str]) -> Iterator[Exchange]:
        """Yield successes of an operation: with samples, or along links to it, but not `via`."""
        if operation_id in self.known:
            yield self.known[operation_id]
        exchange = self.world.call(operation_id)
        if exchange.ok:
            self.known[operation_id] = exchange
            yield exchange
        via |= {operation_id}
        for link in links(self.world.contract) if len(via) < _LONGEST else ():
            if link.target == operation_id and link.source not in via:
                yield from self._arrive(link, via)

    def _arrive(self, link: Link, via: frozenset[str]) -> Iterator[Exchange]:
        for step in islice(self._reach(link.source, via), 1):
            try:
                exchange = self._take(link, step)
            except NothingToFollow:
                continue
            if exchange.ok:
                yield exchange

    def _take(self, link: Link, step: Exchange) -> Exchange:
        world = self.world
        values = world.values(link.target, {})
        for name, expression in link.parameters.items():
            values[name.rpartition(".")[2]] = evaluated(expression, step)
        if link.body is not None:
            values[BODY] = evaluated(link.body, step)
        request = request_of(world.operations[link.target], values)
        exchange = world.send(request, link.target, values)
        if exchange.ok:
            if world.operations[link.target].method.lower() == "delete":
                self.known.clear()  # They may tell of what is gone now.
            self.known[link.target] = exchange
        return exchange


def evaluated(expression: Any, step: Exchange) -> Any:
    """Evaluate a runtime expression (OpenAPI 3.0.3, 4.8.20.4), also inside objects and arrays."""
    if isinstance(expression, Mapping):
        return {key: evaluated(item, step) for key, item in expression.items()}
    if isinstance(expression, list):
        return [evaluated(item, step) for item in expression]
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    place, _, rest = expression.partition("#")
    if place.startswith(("$request.path.", "$request.query.", "$request.header.")):
        return step.values[place.rpartition(".")[2]]
    document = step.values.get(BODY) if place == "$request.body" else step.body()
    value = pointer.read(document, rest, None)
    if value is None:
        raise NothingToFollow(f"nothing at {expression} in the answer of {step.operation_id}")
    return value
