"""What has to be known of one vendor to bend its answers, and to tell whether they still fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

import specs
from contract_tests.calls.caller import Operation
from contract_tests.calls.pointer import read
from contract_tests.conduct.allowances import NONE, allowances_of
from contract_tests.conduct.demands import Demands
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.roles.acts import Listing
from contract_tests.roles.model import Resource, Roles
from contract_tests.roles.read import roles_of
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.fields import Field, fields
from contract_tests.surprise.realistic import realistic
from contract_tests.wire.exchange import Exchange, Request
from contract_tests.words import media, status
from contract_tests.words.judge import Words
from contract_tests.words.lookup import Lookup
from contract_tests.words.places import Places
from specs.json_schema import Schema

NOWHERE = "https://api.invalid"  # RFC 2606, 2: no such host will ever be
ANY_SERVER_SAYS = frozenset({500, 502, 503, 504})  # RFC 9110, 15.6: whatever was asked
_IDS = frozenset({"id", "uid", "uuid", "uniqueid"})
_KEPT_FIELDS = 256  # answers whose places are remembered


@dataclass(frozen=True, slots=True)
class Marks:
    """Pointers of an operation's answers that mean something beyond their words.

    `ids` are ids of resources. `kept` must stay as they are, or the client waits for ever, or
    loses its way. `single` are lists that hold the one that was asked for.
    """

    ids: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    single: frozenset[str] = frozenset()
    listing: Listing | None = None
    items: str | None = None


@dataclass(slots=True, repr=False)
class Book:
    """A contract, its roles, and what follows from them. Answers are judged by `wrong`."""

    vendor: str
    contract: Mapping[str, Any]
    roles: Roles
    lookup: Lookup = field(init=False)
    _demands: Demands = field(init=False)
    _words: Words = field(init=False)
    _places: Places = field(init=False)
    _named: frozenset[str] = field(init=False)
    _fields: dict[tuple[str, int, int], dict[str, Field]] = field(default_factory=dict)
    _marks: dict[str, Marks] = field(default_factory=dict)
    _plain: dict[tuple[str, int], Answer | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the contract once."""
        allowances = allowances_of(self.vendor) if self.vendor else NONE
        self._demands = Demands(self.contract, allowances)
        self.lookup, self._words = Lookup(self.contract), Words(self.contract)
        self._places = Places(self.contract)
        own = (
            p["name"] for o in self.operations.values() for p in o.parameters if p["in"] == "path"
        )
        self._named = _IDS | {name.lower() for name in own}

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by operationId."""
        return self.lookup.operations

    def operation_id(self, method: str, target: str) -> str:
        """Return the operationId of a request line, or nothing."""
        found = self._demands.meant(method, target)
        return str(found[0].definition["operationId"]) if found else ""

    def statuses(self, operation_id: str) -> tuple[int, ...]:
        """Return the statuses that an operation documents by number, successes first."""
        documented = self.operations[operation_id].definition["responses"]
        return tuple(sorted(int(code) for code in documented if str(code).isdigit()))

    def entry(self, operation_id: str, code: int) -> Mapping[str, Any] | None:
        """Return what the contract says of an answer, or None."""
        return status.answer_of(self.operations[operation_id].definition["responses"], code)

    def schema(self, operation_id: str, code: int) -> Schema | None:
        """Return the schema of an answer in JSON, or None."""
        content = (self.entry(operation_id, code) or {}).get("content") or {}
        name = next(filter(media.is_json, content), None)
        return content[name].get("schema") if name else None

    def fields(self, operation_id: str, answer: Answer) -> Mapping[str, Field]:
        """Return the places of an answer by their pointers; none where it is no JSON."""
        key = (operation_id, answer.status, hash(answer.body))
        if key not in self._fields:
            if len(self._fields) > _KEPT_FIELDS:
                self._fields.clear()
            self._fields[key] = self._found(operation_id, answer)
        return self._fields[key]

    def _found(self, operation_id: str, answer: Answer) -> dict[str, Field]:
        schema = self.schema(operation_id, answer.status)
        if schema is None:
            return {}
        try:
            return fields(answer.json(), schema, self._places)
        except ValueError:
            return {}

    def marks(self, operation_id: str) -> Marks:
        """Return the pointers of an operation's answers that mean something."""
        if operation_id not in self._marks:
            self._marks[operation_id] = _marks(self.roles, operation_id)
        return self._marks[operation_id]

    def is_id(self, operation_id: str, pointer: str) -> bool:
        """Say whether a place holds an id: by the roles, or by its name."""
        name = pointer.rpartition("/")[2].lower()
        return pointer in self.marks(operation_id).ids or name in self._named

    def wrong(self, operation_id: str, answer: Answer) -> tuple[Finding, ...]:
        """Return what the contract has against an answer; nothing if it may be given.

        Unknown fields are allowed, as OpenAPI leaves objects open; new words where a document
        says that the API grows; and any server may fail (RFC 9110, 15.6).
        """
        operation = self.operations[operation_id]
        request = Request(operation.method.upper(), operation.path)
        exchange = Exchange("", request, answer.response(), operation_id=operation_id)
        found = self._words.findings(exchange)
        return tuple(each for each in found if not self._is_allowed(each, answer))

    def _is_allowed(self, finding: Finding, answer: Answer) -> bool:
        if finding.aspect == Aspect.STATUS:
            return answer.status in ANY_SERVER_SAYS
        if finding.grade is not Grade.DRIFT:
            return False
        if finding.aspect == Aspect.WORDS:
            return bool(self.roles.grows)
        return finding.aspect == Aspect.UNKNOWN

    def selector(self, operation_id: str, code: int, pointer: str) -> str:
        """Return what SOURCES.md calls a place of an answer."""
        schema = self.schema(operation_id, code)
        operation = self.operations[operation_id]
        whole = f"{operation.method.upper()} {operation.template} {code}"
        if schema is None or not pointer:
            return whole
        steps = [0 if step == "*" else step for step in pointer.split("/")[1:]]
        return self._places.spot(whole, schema, steps).selector

    def plain(self, operation_id: str, code: int) -> Answer | None:
        """Return a realistic answer that fits the contract, or None where none can be made."""
        key = (operation_id, code)
        if key not in self._plain:
            self._plain[key] = next(self._realistic(operation_id, code), None)
        return self._plain[key]

    def telling(self, operation_id: str, pointer: str, value: Any) -> Answer | None:
        """Return a success that has this value at this place, or None if none can be made."""
        for code in self.statuses(operation_id):
            for answer in self._realistic(operation_id, code) if code < 300 else ():
                if read(answer.json() if answer.body else None, pointer, None) == value:
                    return answer
        return None

    def _realistic(self, operation_id: str, code: int) -> Iterator[Answer]:
        entry = self.entry(operation_id, code)
        if entry is None and code in ANY_SERVER_SAYS:
            entry = self._error(operation_id)
        for answer in realistic(code, entry) if entry is not None else ():
            if not self.wrong(operation_id, moved := self._moved(answer)):
                yield moved

    def _moved(self, answer: Answer) -> Answer:
        """Return it with the vendor's own addresses out of everybody's reach."""
        body, headers = answer.body, answer.headers
        for server in self.contract.get("servers", ()):
            parts = urlsplit(server["url"])
            origin = f"{parts.scheme}://{parts.netloc}"
            body = body.replace(origin.encode(), NOWHERE.encode())
            headers = tuple((name, text.replace(origin, NOWHERE)) for name, text in headers)
        moved = replace(answer, headers=headers)
        return moved if body == answer.body else moved.written(body)

    def _error(self, operation_id: str) -> Mapping[str, Any] | None:
        """Return the entry of a documented error, whose shape others have too."""
        codes = [code for code in self.statuses(operation_id) if code >= 400]
        return self.entry(operation_id, max(codes)) if codes else None


def book(vendor: str) -> Book:
    """Return the book of a vendor; UnknownVendor if there is none."""
    return Book(vendor, specs.load(vendor), roles_of(vendor))


def _marks(roles: Roles, operation_id: str) -> Marks:
    ids: set[str] = set()
    kept: set[str] = set()
    single: set[str] = set()
    listing, items = None, None
    for resource in roles.resources:
        for prefix in _items(resource, operation_id):
            ids |= {prefix + resource.id, *(prefix + each.field for each in resource.references)}
            kept |= {prefix + resource.address} if resource.address else set()
        found = resource.list
        if found and found.operation == operation_id:
            listing, items = found, found.items
            kept |= {found.address} if found.address else set()
            kept |= {found.pages.next} if found.pages and found.pages.next else set()
        single |= set(_single(resource, operation_id))
    for job in roles.jobs:
        kept |= {job.id} if job.start == operation_id else set()
        kept |= {job.state} if job.read == operation_id else set()
    return Marks(frozenset(ids), frozenset(kept), frozenset(single), listing, items)


def _items(resource: Resource, operation_id: str) -> Iterator[str]:
    if resource.list and resource.list.operation == operation_id:
        yield f"{resource.list.items}/*"
    for one in (resource.read, resource.create):
        if one and one.operation == operation_id and one.answer is not None:
            yield _stars(one.answer)
    for batch in resource.batches:
        if batch.operation == operation_id:
            yield f"{batch.items}/*"


def _single(resource: Resource, operation_id: str) -> Iterator[str]:
    for one in (resource.read, resource.create, resource.update):
        answer = getattr(one, "answer", None)
        if one and one.operation == operation_id and answer:
            starred = _stars(answer)
            yield from (starred[:index] for index, sign in enumerate(starred) if sign == "/")
            yield starred


def _stars(pointer: str) -> str:
    return "/".join("*" if step.isdigit() else step for step in pointer.split("/"))
