"""What the operations of a contract ask of a request, made ready once for each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

import specs
from contract_tests.calls.caller import Operation
from contract_tests.conduct.allowances import NONE, Allowances
from contract_tests.words.bodies import Bodies
from contract_tests.words.lookup import Lookup, label
from contract_tests.words.translation import REQUESTS, modern
from specs.json_schema import Schema

Scheme = tuple[str, Mapping[str, Any]]
_SIGNS = {"query": "?{}", "header": "#{}", "path": "{{{}}}", "cookie": "={}"}
# What OpenAPI wants nothing said of as parameters (3.0.3, 4.7.12.1): they are judged by others.
_ELSEWHERE = frozenset({"accept", "content-type", "authorization"})
_FIELD = re.compile(r"'([A-Za-z_]\w*)': \{")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation; `sign` is how SOURCES.md selects it (`?limit`)."""

    name: str
    where: str
    required: bool
    schema: Schema
    validator: jsonschema_rs.Draft4Validator | None
    explodes: bool
    is_plain: bool
    deprecated: bool

    @property
    def sign(self) -> str:
        """The parameter as SOURCES.md selects it."""
        return _SIGNS[self.where].format(self.name)

    @property
    def is_list(self) -> bool:
        """Whether it may hold several values."""
        return self.schema.get("type") == "array"


@dataclass(frozen=True, slots=True)
class Demand:
    """What one operation asks of a request.

    `security` are the ways to show a credential, each the schemes it takes together; empty where
    none is wanted. `answers` are the media types of its successes.
    """

    operation: Operation
    label: str
    parameters: tuple[Parameter, ...]
    by_name: Mapping[tuple[str, str], Parameter]
    content: Mapping[str, Any]
    body_required: bool
    answers: tuple[str, ...]
    security: tuple[tuple[Scheme, ...], ...]
    path: re.Pattern[str]
    path_names: tuple[str, ...]

    @property
    def is_deprecated(self) -> bool:
        """Whether the contract says that it is to be left."""
        return bool(self.operation.definition.get("deprecated"))

    def names(self, where: str) -> tuple[str, ...]:
        """Return the names of the parameters in one place."""
        return tuple(p.name for p in self.parameters if p.where == where)


class Demands:
    """The demands of one contract; kept, because a proxy asks for them with every request."""

    def __init__(self, contract: Mapping[str, Any], allowances: Allowances = NONE) -> None:
        """Take a resolved contract, and what documents allow besides."""
        self.contract, self.allowances = contract, allowances
        self.lookup, self.bodies = Lookup(contract), Bodies(contract, REQUESTS)
        self.prefix = specs.base_path(contract)
        schemes = contract.get("components", {}).get("securitySchemes", {}).values()
        self.query_keys = frozenset(s.get("name") for s in schemes if s.get("in") == "query")
        self._demands: dict[str, Demand] = {}
        self._answered: dict[str, frozenset[str]] = {}
        self._suffixes = tuple(sorted(allowances.words("suffix")))

    def of(self, operation: Operation) -> Demand:
        """Return what an operation asks for."""
        name = label(operation)
        if name not in self._demands:
            self._demands[name] = self._made(operation, name)
        return self._demands[name]

    def meant(self, method: str, target: str) -> tuple[Operation, str] | None:
        """Return the operation that a request line means, and the path as the contract has it."""
        wanted = "GET" if method == "HEAD" else method
        for path in self.readings(target):
            operation = self.lookup.find(wanted, path)
            if operation is not None:
                return operation, path
        return None

    def methods(self, target: str) -> tuple[str, ...]:
        """Return the methods that the contract has for a path."""
        return tuple(m.upper() for m in specs.METHODS if self.meant(m.upper(), target))

    def readings(self, target: str) -> Iterator[str]:
        """Yield the paths that a target may mean; escapes that say nothing are undone."""
        plain = _ESCAPE.sub(_unescaped, target.partition("?")[0])
        for suffix in self._suffixes:
            if plain.endswith(suffix):
                yield plain.removesuffix(suffix)
        yield plain

    def answer_fields(self, demand: Demand) -> frozenset[str]:
        """Return the names of the fields that the answers of an operation have."""
        if demand.label not in self._answered:
            answers = demand.operation.definition["responses"]
            self._answered[demand.label] = frozenset(_FIELD.findall(str(answers)))
        return self._answered[demand.label]

    def _made(self, operation: Operation, name: str) -> Demand:
        found = tuple(
            self._parameter(each)
            for each in operation.parameters
            if each["name"].lower() not in _ELSEWHERE or each["in"] != "header"
        )
        body = operation.definition.get("requestBody") or {}
        literal = re.split(r"\{[^}]*\}", operation.template)
        return Demand(
            operation=operation,
            label=name,
            parameters=found,
            by_name={(p.where, _key(p)): p for p in found},
            content=body.get("content") or {},
            body_required=bool(body.get("required")),
            answers=_answers(operation),
            security=self._security(operation),
            path=re.compile("([^/]*)".join(map(re.escape, literal))),
            path_names=tuple(re.findall(r"\{([^}]*)\}", operation.template)),
        )

    def _parameter(self, each: Mapping[str, Any]) -> Parameter:
        schema = modern(self.bodies.places.resolved(each.get("schema") or {}))
        style = each.get("style", "form" if each["in"] in {"query", "cookie"} else "simple")
        return Parameter(
            name=each["name"],
            where=each["in"],
            required=bool(each.get("required")) or each["in"] == "path",
            schema=schema,
            validator=self.bodies.validator(schema) if schema else None,
            explodes=bool(each.get("explode", style == "form")),
            is_plain="content" not in each and style in {"form", "simple"},
            deprecated=bool(each.get("deprecated")),
        )

    def _security(self, operation: Operation) -> tuple[tuple[Scheme, ...], ...]:
        wanted = operation.definition.get("security", self.contract.get("security")) or []
        known = self.contract.get("components", {}).get("securitySchemes", {})
        ways = [tuple((name, known[name]) for name in way if name in known) for way in wanted]
        return () if not all(ways) else tuple(ways)


def _key(parameter: Parameter) -> str:
    return parameter.name.lower() if parameter.where == "header" else parameter.name


def _answers(operation: Operation) -> tuple[str, ...]:
    successes = [a for s, a in operation.definition["responses"].items() if str(s)[:1] == "2"]
    return tuple(dict.fromkeys(name for a in successes for name in a.get("content") or ()))


def _unescaped(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if sign in _PLAIN else match[0]
