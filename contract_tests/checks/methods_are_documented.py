"""Methods that a path does not have are refused, and `Allow` names those that it has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from contract_tests.calls.caller import BODY
from contract_tests.calls.calls import request_of
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.exchange import Exchange, Request
from contract_tests.world.world import NotTried, World

NAME = "methods_are_documented"
_METHODS = ("PATCH", "DELETE", "PUT", "POST", "GET")
# All of them where there are few paths.
_TRIED, _FEW_PATHS = 2, 6
# RFC 9110, 9.3.2 and 9.3.7; TRACE and CONNECT are a server's own business.
_ALWAYS_FINE = frozenset({"HEAD", "OPTIONS", "TRACE", "CONNECT"})
_NOT_IMPLEMENTED = 501


@dataclass(frozen=True, slots=True)
class Path:
    """A path of the contract, its operations, and what its methods are."""

    template: str
    operations: tuple[str, ...]
    documented: frozenset[str]


def paths(world: World) -> Iterable[tuple[str, Path]]:
    """Select every path."""
    found: dict[str, list[str]] = {}
    for name, operation in world.operations.items():
        found.setdefault(operation.template, []).append(name)
    return [
        (template, Path(template, tuple(names), _methods(world, names)))
        for template, names in found.items()
    ]


def check(world: World, path: Path) -> Iterator[Finding]:
    """Ask for methods that the path does not have."""
    there = path.documented | _alike(world, path)
    others = [method for method in _METHODS if method not in there]
    if not world.permits.writing:
        others = [method for method in others if method == "GET"]
    if not others:
        raise NotTried("every other method might change something")
    most = len(_METHODS) if len(list(paths(world))) <= _FEW_PATHS else _TRIED
    for method in others[:most]:
        exchange = world.send(_request(world, path, method))
        yield from _judged(world, path, exchange)


def _judged(world: World, path: Path, exchange: Exchange) -> Iterator[Finding]:
    case = _Case(path, exchange)
    method, status = exchange.request.method, exchange.status
    if exchange.ok or (status >= 500 and status != _NOT_IMPLEMENTED):
        message = f"The path has no {method}, and the request is not refused."
        found = case.finding(method, message, str(status))
        yield replace(found, expected="405, or another refusal (4xx)")
    if status == 405 and exchange.response:
        yield from case.allowed(exchange.response.header("Allow"), _alike(world, path))


@dataclass(frozen=True, slots=True)
class _Case:
    path: Path
    exchange: Exchange

    def allowed(self, allow: str | None, also: frozenset[str]) -> Iterator[Finding]:
        """Yield what is wrong with `Allow` of a 405; `also` are methods of paths alike."""
        if allow is None:
            message = "The answer does not say which methods the path has."
            yield self.finding("Allow", message, "no Allow")
            return
        named = {name.strip().upper() for name in allow.split(",") if name.strip()}
        documented = self.path.documented
        if documented - named and not also:
            message = "`Allow` leaves out a method that the path has."
            yield self.finding("Allow", message, allow)
        if self.exchange.request.method in named:
            message = "`Allow` names the very method that was refused."
            yield self.finding("Allow of the refused", message, allow)
        elif named - documented - also - _ALWAYS_FINE:
            message = "`Allow` names a method that the contract does not have."
            found = self.finding("Allow of more", message, allow)
            yield replace(found, grade=Grade.DRIFT)

    def finding(self, place: str, message: str, received: str) -> Finding:
        """Return a finding about the answer."""
        return Finding(
            NAME,
            f"{self.exchange.request.method} {self.path.template}",
            place,
            message,
            received,
            ", ".join(sorted(self.path.documented)),
            (self.exchange,),
            source="RFC 9110, 10.2.1 and 15.5.6",
        )


def _alike(world: World, path: Path) -> frozenset[str]:
    """Return the methods of other paths that a request to this one fits as well."""
    concrete = re.sub(r"\{[^}]*\}", "x", path.template)
    return frozenset(
        operation.method.upper()
        for operation in world.operations.values()
        if operation.template != path.template
        and re.fullmatch(_pattern(operation.template), concrete)
    )


def _pattern(template: str) -> str:
    parts = re.split(r"\{[^}]*\}", template)
    return "[^/]+".join(re.escape(part) for part in parts)


def _methods(world: World, names: Iterable[str]) -> frozenset[str]:
    return frozenset(world.operations[name].method.upper() for name in names)


def _request(world: World, path: Path, method: str) -> Request:
    """Return a plain request for the path, without anything that would be done."""
    name = path.operations[0]
    values = {k: v for k, v in world.values(name, {}).items() if k != BODY}
    asked = request_of(world.operations[name], values)
    return Request(method, asked.target, asked.headers)


RULE = Rule(
    name=NAME,
    sentence="Methods that a path does not have are refused; `Allow` names those that it has.",
    effect=Effect.CREATES,
    subjects=paths,
    check=check,
    source="RFC 9110, 10.2.1 and 15.5.6",
)
