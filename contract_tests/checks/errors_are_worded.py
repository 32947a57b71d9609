"""Errors say the same in status, headers and body, and tell nothing of the server's inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from contract_tests.calls import pointer
from contract_tests.calls.attempts import writes
from contract_tests.calls.calls import request_of
from contract_tests.checks.rule import Effect, Rule, every_operation
from contract_tests.findings.finding import Finding, Grade
from contract_tests.roles.model import Errors
from contract_tests.wire.credential import NOBODY, Credential
from contract_tests.wire.exchange import Exchange, Response
from contract_tests.world.world import NotTried, World

NAME = "errors_are_worded"
# What interpreters print when they fail, and where programs are installed.
_INSIDE = re.compile(
    rb"Traceback \(most recent|File \\?\"/[^\"]+\", line \d|\bat [\w.$<>]+ \(?/[^)\s]+:\d+"
    rb"|\bat [\w.$]+\([\w$]+\.java:\d+\)|site-packages/|node_modules/|goroutine \d+ \["
)
_NOBODYS = 2**31 - 2  # an id that is a number and has not been reached yet
_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT")


def readings(world: World) -> Iterable[tuple[str, str]]:
    """Select every operation that reads."""
    return [(label, name) for label, name in every_operation(world) if not writes(world, name)]


def changings(world: World) -> Iterable[tuple[str, str]]:
    """Select every operation that may change something."""
    return [(label, name) for label, name in every_operation(world) if writes(world, name)]


def check(world: World, operation_id: str) -> Iterator[Finding]:
    """Provoke errors of an operation, each of them twice over."""
    judge = _Judge(world.label(operation_id), world.roles.errors or Errors())
    errors = 0
    for exchange in _provoked(world, operation_id):
        yield from judge.of_any(exchange)
        if exchange.status >= 400:
            errors += 1
            yield from judge.of_error(exchange)
    if not errors:
        raise NotTried("no error could be provoked without doing anything")


def _provoked(world: World, operation_id: str) -> Iterator[Exchange]:
    """Yield the answers to requests that no server should carry out."""
    operation = world.operations[operation_id]
    if writes(world, operation_id) and not (world.permits.writing and world.permits.existing):
        return
    unknown = {p["name"]: _NOBODYS for p in operation.parameters if _is_numbered(p)}
    yield _sent(world, operation_id, unknown, NOBODY)
    # The ids of samples are nobody's: a request with one finds nothing.
    has_id = any(p["in"] == "path" for p in operation.parameters)
    if has_id or not writes(world, operation_id):
        yield _sent(world, operation_id, unknown, None)
    for parameter in operation.parameters:
        if parameter["in"] == "header" and parameter.get("required") and has_id:
            yield _sent(world, operation_id, {**unknown, parameter["name"]: None}, None)
        if parameter["in"] != "path" and _is_number(parameter) and not writes(world, operation_id):
            yield _sent(world, operation_id, {parameter["name"]: "many"}, None)


def _sent(
    world: World, operation_id: str, over: dict[str, Any], credential: Credential | None
) -> Exchange:
    given = {**world.values(operation_id, {}), **over}
    values = {name: value for name, value in given.items() if value is not None}
    request = request_of(world.operations[operation_id], values)
    return world.send(request, operation_id, values, credential)


def _is_numbered(parameter: Any) -> bool:
    return parameter["in"] == "path" and _is_number(parameter)


def _is_number(parameter: Any) -> bool:
    return parameter.get("schema", {}).get("type") in {"integer", "number"}


@dataclass(slots=True)
class _Judge:
    """What one operation's errors are held to; `seen` are the values that must not come again."""

    label: str
    errors: Errors
    seen: dict[str, list[str]] = field(default_factory=dict)

    def of_any(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with any answer: its date, its ids that are not new."""
        response = exchange.response
        date = response.header("Date") if response else None
        if date is not None and not _DATE.fullmatch(date):
            source = "RFC 9110, 5.6.7 and 6.6.1"
            message = "The date of the answer is not written as HTTP has it."
            yield self._finding(
                "Date", message, date, "Sun, 06 Nov 1994 08:49:37 GMT", exchange, source
            )
        for name in self.errors.unique:
            value = _value(response, exchange, name)
            before = self.seen.setdefault(name, [])
            if value is not None and value in before:
                message = f"`{name}` is the same in two answers."
                yield self._finding(name, message, value, "another in every answer", exchange)
            before += [value] if value is not None else []

    def of_error(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with an error."""
        body, response = exchange.body(), exchange.response
        said = pointer.read(body, self.errors.status, None) if self.errors.status else None
        if said is not None and said != exchange.status:
            message = "The body tells another status than the answer has."
            yield self._finding(
                self.errors.status, message, str(said), str(exchange.status), exchange
            )
        for name, place in self.errors.same_as_header.items():
            pair = _value(response, exchange, name), _value(response, exchange, place)
            if None not in pair and pair[0] != pair[1]:
                message = f"The body repeats `{name}`, and it is another there."
                yield self._finding(place, message, str(pair[1]), str(pair[0]), exchange)
        if response and (inside := _INSIDE.search(response.body)):
            yield self._leak(exchange, inside[0].decode("utf-8", "replace"))

    def _leak(self, exchange: Exchange, inside: str) -> Finding:
        message = "The error shows the inside of the server."
        return Finding(
            NAME,
            self.label,
            "inside",
            message,
            inside,
            "a text for users",
            (exchange,),
            source="CWE-209",
            grade=Grade.ASSUMPTION,
        )

    def _finding(  # noqa: PLR0913, PLR0917  (a finding has this many parts)
        self,
        place: str,
        message: str,
        received: str,
        expected: str,
        exchange: Exchange,
        source: str = "",
    ) -> Finding:
        return Finding(
            NAME,
            self.label,
            place,
            message,
            received,
            expected,
            (exchange,),
            source=source or self.errors.source,
        )


def _value(response: Response | None, exchange: Exchange, name: str) -> str | None:
    """Return a header, or what is at a place of an error's body, as text."""
    if not name.startswith("/"):
        return response.header(name) if response else None
    value = pointer.read(exchange.body(), name, None) if exchange.status >= 400 else None
    return None if value is None else str(value)


RULE = Rule(
    name=NAME,
    sentence="Errors say the same in status, headers and body, and show no inside.",
    effect=Effect.READS,
    subjects=readings,
    check=check,
)
CHANGING_RULE = Rule(
    name="errors_of_changes_are_worded",
    sentence="Errors of what would change something say the same, and show no inside.",
    effect=Effect.CHANGES,
    subjects=changings,
    check=check,
)
