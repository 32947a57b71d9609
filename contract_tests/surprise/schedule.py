"""Which surprises are tried together, and which alone, from what a plain run has shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from contract_tests.client.ran import Ran
from contract_tests.conduct.heard import Heard
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.bending import possible
from contract_tests.surprise.book import Book
from contract_tests.surprise.drawn import place
from contract_tests.surprise.kind import Scene
from contract_tests.surprise.leaves import leaves
from contract_tests.surprise.order import Schedule, ordered
from contract_tests.surprise.surprise import Surprise
from contract_tests.surprise.told import told

Plan = tuple[Surprise, ...]
_AT_ONCE = 12  # drawn values of one operation in one run


@dataclass(frozen=True, slots=True)
class Called:
    """An operation that a client calls, with the answer that it got."""

    vendor: str
    scene: Scene

    @property
    def operation_id(self) -> str:
        """Its name in the contract."""
        return self.scene.operation_id

    def surprise(self, kind: str, where: str) -> Surprise:
        """Return something to be done to its answers."""
        return Surprise(self.vendor, self.operation_id, kind, where)


def called(plain: Ran, books: Mapping[str, Book]) -> list[Called]:
    """Return the operations that were answered well, each with its richest answer."""
    own = frozenset[Any]().union(*(_told(heard) for _, heard in plain.heard))
    found: dict[tuple[str, str], Called] = {}
    for vendor, heard in plain.heard:
        book, request = books[vendor], heard.exchange.request
        name = book.operation_id(request.method, request.target.partition("?")[0])
        response = heard.exchange.response
        if name and response is not None and response.ok:
            answer = Answer(response.status, response.headers, response.body)
            packs = any(n.lower() == "accept-encoding" and "gzip" in v for n, v in request.headers)
            scene = Scene(book, name, answer, url=heard.exchange.url, own=own, accepts_gzip=packs)
            before = found.get((vendor, name))
            if before is None or len(scene.fields) > len(before.scene.fields):
                found[vendor, name] = Called(vendor, scene)
    return list(found.values())


def schedule(operations: Sequence[Called]) -> Schedule:
    """Return all of the catalogue that these operations can be surprised with."""
    found: dict[Surprise, bool] = {}
    for each in operations:
        for name, where in possible(each.scene):
            found[each.surprise(name, where)] = _holds(each, where)
    return ordered(found, {one for one, holds in found.items() if holds})


def drawn(operations: Sequence[Called], count: int, number: int) -> list[Plan]:
    """Return plans of values that Hypothesis draws, so many; `number` is its seed."""
    plans: list[Plan] = []
    each = [strategy for operation in operations for strategy in _drawable(operation)]
    if not each:
        return []
    several = st.lists(st.one_of(each), min_size=1, max_size=_AT_ONCE, unique_by=_spot)

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(several)
    def draw(found: list[Surprise]) -> None:
        plans.append(tuple(found))

    draw()
    return plans[:count]


def _told(heard: Heard) -> frozenset[Any]:
    return told(heard.exchange.request.target.partition("?")[2], heard.exchange.request.body)


def _holds(each: Called, where: str) -> bool:
    return any(pointer.startswith(f"{where}/") for pointer in each.scene.fields)


def _drawable(each: Called) -> Iterator[st.SearchStrategy[Surprise]]:
    for pointer, here in each.scene.fields.items():
        values = leaves(here) if pointer and each.scene.bendable(pointer) else None
        if values is not None:
            yield st.builds(_value, st.just(each), st.just(pointer), values)


def _value(each: Called, pointer: str, value: Any) -> Surprise:
    return each.surprise("value", place(pointer, value))


def _spot(surprise: Surprise) -> tuple[str, str, str]:
    return surprise.vendor, surprise.operation_id, surprise.place.rpartition("=")[0]
