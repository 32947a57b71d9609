"""OpenAPI links as journeys: what one answer gives, the linked operation must take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contract_tests.caller import BODY, Caller, Values, operations

if TYPE_CHECKING:
    import requests

    from contract_tests.target import Target

_LONGEST = 4


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


@dataclass(frozen=True, slots=True)
class Step:
    """One call that was made, and its answer."""

    values: Values
    response: requests.Response


class LinkBroken(AssertionError):
    """A link could not be followed: the message says at which step and what came back."""


class NothingToFollow(Exception):
    """The answer did not hold what the link takes from it; the contract may allow that."""


def links(contract: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return every link of a resolved contract."""
    return tuple(
        Link(
            name, source, link["operationId"], link.get("parameters", {}), link.get("requestBody")
        )
        for source, operation in operations(contract).items()
        for status, answer in operation.definition["responses"].items()
        if status.startswith("2")
        for name, link in answer.get("links", {}).items()
    )


class Traveller:
    """Follows links on one target, reaching each one's source by other links if need be."""

    def __init__(
        self, contract: Mapping[str, Any], target: Target, settle: Callable[[], None] | None = None
    ) -> None:
        """Call `target` as `contract` says; `settle` waits for the work that a call has begun."""
        self._caller = Caller(contract, target, settle)
        self._links = links(contract)

    def follow(self, link: Link) -> requests.Response:
        """Return what the link's target answered to what its source gave.

        LinkBroken if either does not succeed; NothingToFollow if the source's answers never hold
        what the link takes from them.
        """
        missing: NothingToFollow | None = None
        for step in self._reach(link.source, _LONGEST):
            try:
                return self._take(link, step).response
            except NothingToFollow as error:
                missing = error
        raise missing or LinkBroken(f"{link}: no way to a success of {link.source} was found")

    def _reach(self, operation_id: str, length: int) -> Iterator[Step]:
        """Yield successes of an operation: with the contract's examples, or along links to it."""
        values = self._caller.operations[operation_id].example_values()
        response = self._caller.call(operation_id, values)
        if response.ok:
            yield Step(values, response)
        for link in self._links if length else ():
            if link.target == operation_id and link.source != operation_id:
                yield from self._arrive(link, length - 1)

    def _arrive(self, link: Link, length: int) -> Iterator[Step]:
        for step in self._reach(link.source, length):
            try:
                yield self._take(link, step)
            except (NothingToFollow, LinkBroken):
                continue

    def _take(self, link: Link, step: Step) -> Step:
        values = self._caller.operations[link.target].example_values()
        for name, expression in link.parameters.items():
            values[name.rpartition(".")[2]] = _evaluate(expression, step, link)
        if link.body is not None:
            values[BODY] = _evaluate(link.body, step, link)
        response = self._caller.call(link.target, values)
        if not response.ok:
            text = f"{response.status_code}: {response.text[:300]}"
            raise LinkBroken(f"{link}: with {values}, {link.target} answered {text}")
        return Step(values, response)


def _evaluate(expression: Any, step: Step, link: Link) -> Any:
    """Evaluate a runtime expression (OpenAPI 3.0.3, 4.8.20.4), also inside objects and arrays."""
    if isinstance(expression, Mapping):
        return {key: _evaluate(item, step, link) for key, item in expression.items()}
    if isinstance(expression, list):
        return [_evaluate(item, step, link) for item in expression]
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    place, _, pointer = expression.partition("#")
    if place.startswith(("$request.path.", "$request.query.", "$request.header.")):
        return step.values[place.rpartition(".")[2]]
    value: Any = step.values.get(BODY) if place == "$request.body" else step.response.json()
    for part in pointer.split("/")[1:]:
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (LookupError, TypeError, ValueError):
            raise NothingToFollow(f"{link}: {expression} is not in the answer") from None
    if value is None:
        raise NothingToFollow(f"{link}: {expression} is null")
    return value
