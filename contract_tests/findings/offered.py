"""What a server does not offer at all: a part of the contract that is left out is no fault of it.

A group of operations is what is done to one resource: those that share the path up to its first
parameter, those whose path is below that one, and those that the roles name for it. Where every
answer of a group was 404, 405 or 501, the server leaves the group out; an operation alone that
is answered so is missing, which is an assumption where its path is below that of others and
nothing tells it from one more part that is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_tests.calls.caller import Operation
from contract_tests.findings.finding import Aspect, Finding
from contract_tests.roles.model import Resource, Roles
from contract_tests.wire.exchange import Exchange
from contract_tests.words.lookup import Lookup, label
from contract_tests.words.status import OF_THE_MESSAGE, answer_of

NAME = "operation_is_offered"
_ABSENT = frozenset({404, 405, 501})
_NO_METHOD = frozenset({405, 501})
# Said before a server looks at what was asked for.
_SILENT = frozenset({0, 400, 401, 403, 413, 429}) | OF_THE_MESSAGE


@dataclass(slots=True)
class _Seen:
    """The answers of one operation, and the first that says that it is not there."""

    statuses: set[int] = field(default_factory=set)
    absent: Exchange | None = None

    @property
    def is_absent(self) -> bool:
        """Whether nothing but absence was ever answered."""
        return bool(self.statuses) and self.statuses <= _ABSENT


class Offered:
    """Listens to a run, and tells at its end what the server leaves out."""

    def __init__(self, contract: Mapping[str, Any], roles: Roles | None = None) -> None:
        """Take a resolved contract; `roles` tell which operations belong to one resource."""
        self._lookup = Lookup(contract)
        self._groups = _groups(self._lookup.operations, roles or Roles())
        self._seen: dict[str, _Seen] = {}
        self._headers: dict[str, set[bool]] = {}

    def heard(self, exchange: Exchange) -> None:
        """Remember an exchange; this is a listener of the wire."""
        operation = self._lookup.of(exchange)
        if operation is None or exchange.response is None or exchange.request.method == "HEAD":
            return
        answer = answer_of(operation.definition["responses"], exchange.status) or {}
        for name, header in (answer.get("headers") or {}).items():
            there = exchange.response.header(name) is not None
            # Refusals may come from before what counts; successes tell what a server does.
            if header.get("required") and (there or exchange.ok):
                self._headers.setdefault(name, set()).add(there)
        if exchange.status not in _SILENT:
            seen = self._seen.setdefault(label(operation), _Seen())
            seen.statuses.add(exchange.status)
            if exchange.status in _ABSENT:
                seen.absent = seen.absent or exchange

    def settle(self, findings: Iterable[Finding]) -> tuple[list[Finding], list[str]]:
        """Return the findings without those about what is left out, and a note for each part."""
        left_out, missing = self._left_out(), dict(self._missing())
        never = sorted(self._never())
        kept = [
            _as_never(finding) if finding.place in never else finding
            for finding in findings
            if not self._is_about(finding, {*left_out, *missing})
        ]
        notes = [
            f"Not offered here: {group} ({', '.join(labels)})"
            for group, labels in self._by_group(left_out).items()
        ]
        notes += [f"No answer has the header {name}" for name in never]
        return [*kept, *missing.values()], notes

    def _left_out(self) -> list[str]:
        there = {self._groups[name] for name, seen in self._seen.items() if not seen.is_absent}
        return [name for name in self._seen if self._groups[name] not in there]

    def _missing(self) -> Iterator[tuple[str, Finding]]:
        left_out = self._left_out()
        for operation in self._lookup.operations.values():
            name = label(operation)
            seen = self._seen.get(name)
            if seen is None or seen.absent is None or not seen.is_absent or name in left_out:
                continue
            # One that is 404 may only have been asked for what does not exist.
            if seen.statuses & _NO_METHOD or _names_nothing(operation):
                yield name, _not_offered(name, seen.absent)

    def _by_group(self, labels: Iterable[str]) -> dict[str, list[str]]:
        result: dict[str, list[str]] = {}
        for name in labels:
            result.setdefault(self._groups[name], []).append(name)
        return result

    def _is_about(self, finding: Finding, labels: set[str]) -> bool:
        if finding.operation in labels:
            return True
        operation = self._lookup.of(finding.exchanges[-1]) if finding.exchanges else None
        return operation is not None and label(operation) in labels

    def _never(self) -> Iterator[str]:
        """Yield required headers that no answer had, nor any that is named alike."""
        there = {_family(name) for name, seen in self._headers.items() if True in seen}
        return (name for name in self._headers if _family(name) not in there)


def _groups(operations: Mapping[str, Operation], roles: Roles) -> dict[str, str]:
    """Return the group of every operation, by its label."""
    paths = {each.template.rstrip("/") for each in operations.values()}
    groups = {label(each): _collection(each, paths) for each in operations.values()}
    for resource in roles.resources:
        names = [name for name in _operations_of(resource) if name in operations]
        for name in names:
            groups[label(operations[name])] = groups[label(operations[names[0]])]
    return groups


def _operations_of(resource: Resource) -> Iterator[str]:
    acts = (resource.list, resource.read, resource.create, resource.update, resource.delete)
    yield from (act.operation for act in acts if act is not None)
    yield from (action.operation for action in resource.actions)
    for batch in resource.batches:
        yield from (batch.operation, batch.single)


def _collection(operation: Operation, paths: Collection[str]) -> str:
    """Return the shortest of `paths` that this one is below, or what is before a parameter."""
    own = operation.template.partition("{")[0].rstrip("/")
    above = (path for path in paths if path and (f"{own}/").startswith(f"{path}/"))
    return min(above, key=len, default=own) or "/"


def _names_nothing(operation: Operation) -> bool:
    return "{" not in operation.template and "requestBody" not in operation.definition


def _family(header: str) -> str:
    return header.lower().rpartition("-")[0] or header.lower()


def _as_never(finding: Finding) -> Finding:
    is_missing = finding.aspect == Aspect.MISSING and finding.statement.startswith("header ")
    return replace(finding, aspect=Aspect.NEVER) if is_missing else finding


def _not_offered(name: str, exchange: Exchange) -> Finding:
    return Finding(
        rule=NAME,
        operation=name,
        place="",
        message=f"{name} is missing, though what belongs to it is there.",
        received=str(exchange.status),
        expected="an answer of the operation",
        exchanges=(exchange,),
        statement=name,
    )
