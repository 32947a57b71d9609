"""Hypothesis strategies from contracts: valid answers that nobody expects, and valid requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from contract_tests.calls.caller import Operation
from contract_tests.calls.calls import plain_values, request_of
from contract_tests.calls.samples import fits
from contract_tests.roles.model import Roles
from contract_tests.surprise.answer import PLAINLY, Answer
from contract_tests.surprise.bending import bent, possible
from contract_tests.surprise.book import NOWHERE, Book, book
from contract_tests.surprise.drawn import place
from contract_tests.surprise.fields import Field
from contract_tests.surprise.kind import Expect, Scene
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.leaves import leaves
from contract_tests.surprise.surprise import Surprise
from contract_tests.wire.exchange import Request

__all__ = ["Answer", "NoSuchOperation", "answers_of", "requests_of"]

_MOST = 6  # oddities of one answer
_MANNERS = frozenset({"chunked", "crumbs", "dripping", "slow_head", "gzip", "closing"})
Contract = str | Mapping[str, Any]
Oddity = tuple[str, str]


class NoSuchOperation(Exception):
    """A contract has no operation of that name, or the operation no such answer."""


def answers_of(
    contract: Contract, operation_id: str, status: int | None = None
) -> st.SearchStrategy[Answer]:
    """Return answers that the contract allows for an operation, of all statuses or of one.

    `contract` is a vendor's name, or a contract with its references resolved. An answer begins as
    a realistic one to which odd things are done; it shrinks to one with a single oddity. Every
    answer was held against the contract. NoSuchOperation if there is none.
    """
    if isinstance(contract, str):
        return _answers_of_vendor(contract, operation_id, status)
    return _answers(_book(contract), operation_id, status)


def requests_of(contract: Contract, operation_id: str) -> st.SearchStrategy[Request]:
    """Return requests of an operation that the contract allows, below the vendor's base URL.

    They show no credential. NoSuchOperation if there is no such operation.
    """
    known = _book(contract)
    if operation_id not in known.operations:
        raise NoSuchOperation(f"no {operation_id}: there are {', '.join(known.operations)}")
    operation = known.operations[operation_id]
    own = [each for each in map(_given, operation.parameters) if each is not None]
    return st.tuples(*own).map(lambda given: _request(operation, dict(given)))


def _book(contract: Contract) -> Book:
    return _of_vendor(contract) if isinstance(contract, str) else Book("", contract, Roles())


@lru_cache(maxsize=8)
def _of_vendor(vendor: str) -> Book:
    return book(vendor)


@lru_cache(maxsize=512)
def _answers_of_vendor(
    vendor: str, operation_id: str, status: int | None
) -> st.SearchStrategy[Answer]:
    return _answers(_of_vendor(vendor), operation_id, status)


def _answers(known: Book, operation_id: str, status: int | None) -> st.SearchStrategy[Answer]:
    if operation_id not in known.operations:
        raise NoSuchOperation(f"no {operation_id}: there are {', '.join(known.operations)}")
    codes = [status] if status is not None else known.statuses(operation_id)
    plain = [known.plain(operation_id, code) for code in codes]
    made = [_of_one(known, operation_id, answer) for answer in plain if answer is not None]
    if not made:
        raise NoSuchOperation(f"{operation_id}: no answer {status or ''} can be made")
    # A success comes as often as all the errors together; what shrinks becomes one.
    weighed = [*[made[0]] * max(1, len(made) - 1), *made[1:]]
    return st.sampled_from(range(len(weighed))).flatmap(weighed.__getitem__)


def _of_one(known: Book, operation_id: str, plain: Answer) -> st.SearchStrategy[Answer]:
    scene = _scene(known, operation_id, plain)
    places: dict[str, list[Oddity]] = {}
    for name, where in possible(scene):
        if BY_NAME[name].expects is Expect.SURVIVE and name not in _MANNERS:
            places.setdefault(name, []).append((name, where))
    odd = [st.sampled_from(found) for found in places.values()]
    values = [each for here in scene.fields.values() if (each := _drawn(scene, here)) is not None]
    if not odd:
        return st.just(plain)
    several = st.lists(_either(odd, values or odd), max_size=_MOST)
    return several.map(lambda oddities: _made(known, operation_id, plain, oddities))


def _scene(known: Book, operation_id: str, plain: Answer) -> Scene:
    return Scene(known, operation_id, plain, url=f"{NOWHERE}{known.operations[operation_id].path}")


def _either(
    odd: list[st.SearchStrategy[Oddity]], values: list[st.SearchStrategy[Oddity]]
) -> st.SearchStrategy[Oddity]:
    """Return the catalogue as often as drawn values, though there are more places for those."""
    both = [st.one_of(odd), st.one_of(values)]
    return st.sampled_from((0, 1)).flatmap(both.__getitem__)


def _drawn(scene: Scene, here: Field) -> st.SearchStrategy[Oddity] | None:
    values = leaves(here) if here.pointer and scene.bendable(here.pointer) else None
    if values is None:
        return None
    return values.map(lambda value: ("value", place(here.pointer, value)))


def _made(known: Book, operation_id: str, plain: Answer, oddities: list[Oddity]) -> Answer:
    # A scene of its own: the names of ids that one answer shows are nothing to the next.
    scene = _scene(known, operation_id, plain)
    several = [Surprise(known.vendor, operation_id, name, where) for name, where in oddities]
    made, _ = bent(scene, several)
    return replace(made, delivery=PLAINLY, vendor=known.vendor, operation_id=operation_id)


def _given(parameter: Mapping[str, Any]) -> st.SearchStrategy[tuple[str, Any]] | None:
    name, schema = parameter["name"], parameter.get("schema", {})
    plain = plain_values(Operation("get", "/", ({**parameter, "required": True},), {}), {})[name]
    # Of the path only what is plain: an empty step is another address.
    drawn = (
        None
        if parameter["in"] in {"path", "header"}
        else leaves(Field("", schema, "", is_needed=False))
    )
    values = st.just(plain) if drawn is None else st.one_of(st.just(plain), drawn)
    valid = values.filter(lambda value: fits(value, schema))
    if not parameter.get("required"):
        valid = st.one_of(st.none(), valid)
    return valid.map(lambda value: (name, value))


def _request(operation: Operation, given: Mapping[str, Any]) -> Request:
    return request_of(operation, plain_values(operation, given))
