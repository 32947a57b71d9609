"""In which order surprises are tried: what breaks most clients comes first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from contract_tests.findings.finding import Grade
from contract_tests.surprise.kind import Expect
from contract_tests.surprise.kinds import BY_NAME
from contract_tests.surprise.surprise import Surprise

Plan = tuple[Surprise, ...]
_PAGED = frozenset({"pages_full", "pages_many", "pages_empty_first"})
_WORK = frozenset({"ending", "late"})
_SLOW = frozenset({"slow_head", "dripping"})
_CONTAINERS = frozenset({"null", "absent"})
_STATUSES = ("500", "401", "429", "403", "400", "404")
_SOONEST = "busy_once"
_CUTS = ("cut_headless", "cut_end")
_FIRST_WAVES, _FIRST_FAILURES = 2, 5  # of those; the others come after all that is first


class How(Enum):
    """How a plan is carried out and judged."""

    TOGETHER = "successes that a client is to live with, many in one run"
    PAGED = "the ways in which one list may come in pages, a run for each"
    SEVERAL = "failures that pass, at many operations in one run"
    ALONE = "one thing that lasts, or that takes its time"


@dataclass(frozen=True, slots=True)
class Step:
    """A plan, and how it is carried out."""

    how: How
    plan: Plan


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that is to be tried, the most telling first."""

    steps: tuple[Step, ...]

    @property
    def surprises(self) -> int:
        """How many there are."""
        return sum(len(step.plan) for step in self.steps)


def ordered(surprises: Iterable[Surprise], holding: Collection[Surprise]) -> Schedule:
    """Return the order; `holding` are those at places with something within."""
    rooms: dict[str, list[Surprise]] = {}
    for one in surprises:
        rooms.setdefault(_room(one, holding), []).append(one)
    steps = _steps({name: rooms.get(name, []) for name in _ROOMS})
    return Schedule(tuple(step for step in steps if step.plan))


_ROOMS = ("value", "deep", "whole", "paged", "work", "passing", "lasting", "rare")


def _room(one: Surprise, holding: Collection[Surprise]) -> str:
    kind = BY_NAME[one.kind]
    for name, kinds in (("paged", _PAGED), ("work", _WORK), ("passing", _SLOW)):
        if one.kind in kinds:
            return name
    if kind.expects is Expect.COPE:
        return "passing" if kind.first else "lasting"
    if one.kind in _CONTAINERS and one in holding:
        return "deep"
    if kind.grade is Grade.ASSUMPTION:
        return "rare"
    is_whole = not one.place or one.kind.startswith(("list_", "pages_"))
    return "whole" if is_whole else "value"


def _steps(rooms: dict[str, list[Surprise]]) -> Iterator[Step]:
    values, wholes = _waves(rooms["value"]), _waves(rooms["whole"])
    lasting = sorted(rooms["lasting"], key=_rank)
    first = [one for one in lasting if _rank(one) < _FIRST_FAILURES]
    passing = _by(rooms["passing"], lambda one: one.kind)
    busy = [plan for plan in passing if plan[0].kind == _SOONEST]
    yield from _all(How.TOGETHER, values[:1], _levels(rooms["deep"]), wholes[:_FIRST_WAVES])
    yield from _all(How.PAGED, _by(rooms["paged"], lambda one: one.operation_id))
    yield from _all(How.SEVERAL, busy)
    yield from _all(How.ALONE, [(one,) for one in (*rooms["work"], *first)])
    yield from _all(How.TOGETHER, values[1:], wholes[_FIRST_WAVES:])
    yield from _all(How.SEVERAL, [plan for plan in passing if plan not in busy])
    yield from _all(How.ALONE, [(one,) for one in lasting if one not in first])
    yield from _all(How.TOGETHER, _waves(rooms["rare"]))


def _all(how: How, *plans: Iterable[Plan]) -> Iterator[Step]:
    return (Step(how, plan) for plan in chain(*plans))


def _rank(one: Surprise) -> int:
    """Return how late a failure comes: two cuts are among the first four statuses."""
    if one.kind == "error":
        return _STATUSES.index(one.place) if one.place in _STATUSES else 2 * _FIRST_FAILURES
    return 2 if one.kind in _CUTS else _FIRST_FAILURES


def _waves(surprises: Iterable[Surprise]) -> list[Plan]:
    """Return groups in which no place is met twice; every surprise is in one of them."""
    rows: dict[tuple[str, str, str], list[Surprise]] = {}
    for one in surprises:
        spot = (one.vendor, one.operation_id, one.place.partition("=")[0])
        rows.setdefault(spot, []).append(one)
    count = max(map(len, rows.values()), default=0)
    return [tuple(row[n] for row in rows.values() if n < len(row)) for n in range(count)]


def _levels(surprises: Iterable[Surprise]) -> list[Plan]:
    """Return groups in which nothing is within something else."""
    return _by(surprises, lambda one: (one.kind, one.place.count("/")))


def _by(surprises: Iterable[Surprise], key: Callable[[Surprise], object]) -> list[Plan]:
    rows: dict[object, list[Surprise]] = {}
    for one in surprises:
        rows.setdefault((one.vendor, key(one)), []).append(one)
    return [tuple(row) for row in rows.values()]
