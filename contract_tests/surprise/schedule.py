"""Which surprises are tried together, and which alone, from what a plain run has shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from contract_tests.client.ran import Ran
from contract_tests.conduct.heard import Heard
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.bending import possible
from contract_tests.surprise.book import Book
from contract_tests.surprise.drawn import place
from contract_tests.surprise.kind import Expect, Scene
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.leaves import leaves
from contract_tests.surprise.surprise import Surprise
from contract_tests.surprise.told import told

Plan = tuple[Surprise, ...]
_AT_ONCE = 12  # drawn values of one operation in one run
_PAGED = frozenset({"pages_many", "pages_empty_first"})
_CONTAINERS = frozenset({"null", "absent"})


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


@dataclass(slots=True)
class Schedule:
    """`together` are groups for one run each, `alone` are failures, one a run.

    `paged` are pairs: a list in many pages, and one that begins with an empty page.
    """

    together: list[Plan] = field(default_factory=list)
    alone: list[Plan] = field(default_factory=list)
    paged: list[Plan] = field(default_factory=list)

    @property
    def surprises(self) -> int:
        """How many there are."""
        return sum(map(len, (*self.together, *self.alone)))


def called(plain: Ran, books: Mapping[str, Book]) -> list[Called]:
    """Return the operations that were answered well, each with its first answer."""
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
            found.setdefault((vendor, name), Called(vendor, scene))
    return list(found.values())


def schedule(operations: Sequence[Called]) -> Schedule:
    """Return all of the catalogue that these operations can be surprised with."""
    made = Schedule()
    values: dict[Surprise, None] = {}
    whole: dict[Surprise, None] = {}
    deep: dict[Surprise, None] = {}
    for each in operations:
        for name, where in possible(each.scene):
            surprise, kind = each.surprise(name, where), BY_NAME[name]
            if kind.expects is Expect.COPE:
                made.alone.append((surprise,))
            elif not where or name.startswith(("list_", "pages_")):
                whole[surprise] = None
            elif name in _CONTAINERS and _holds(each, where):
                deep[surprise] = None
            else:
                values[surprise] = None
    pages = [one for one in whole if one.kind in _PAGED]
    made.paged = [tuple(g) for _, g in groupby(pages, key=lambda o: (o.vendor, o.operation_id))]
    made.together = [*_waves(values), *_waves(whole), *_levels(deep)]
    return made


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


def _waves(surprises: Mapping[Surprise, None]) -> Iterator[Plan]:
    """Yield groups in which no place is met twice; every surprise is in one of them."""
    rows: dict[tuple[str, str, str], list[Surprise]] = {}
    for one in surprises:
        rows.setdefault((one.vendor, one.operation_id, one.place), []).append(one)
    for wave in range(max(map(len, rows.values()), default=0)):
        yield tuple(
            row[(wave + shift) % len(row)]
            for shift, row in enumerate(rows.values())
            if wave < len(row)
        )


def _levels(surprises: Mapping[Surprise, None]) -> Iterator[Plan]:
    """Yield groups in which nothing is within something else."""
    rows: dict[tuple[str, int], list[Surprise]] = {}
    for one in surprises:
        rows.setdefault((one.kind, one.place.count("/")), []).append(one)
    yield from map(tuple, rows.values())


def _drawable(each: Called) -> Iterator[st.SearchStrategy[Surprise]]:
    for pointer, here in each.scene.fields.items():
        values = leaves(here) if pointer and each.scene.bendable(pointer) else None
        if values is not None:
            yield st.builds(_value, st.just(each), st.just(pointer), values)


def _value(each: Called, pointer: str, value: Any) -> Surprise:
    return each.surprise("value", place(pointer, value))


def _spot(surprise: Surprise) -> tuple[str, str, str]:
    return surprise.vendor, surprise.operation_id, surprise.place.rpartition("=")[0]
