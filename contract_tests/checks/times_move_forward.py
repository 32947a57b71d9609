"""Times are RFC 3339 and in their order, twins in milliseconds agree, and none goes backward."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from itertools import combinations, pairwise
from typing import Any

from contract_tests.calls import pointer
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding, Grade
from contract_tests.wire.exchange import Exchange
from contract_tests.world.moments import DAY_NS, Moment, moment
from contract_tests.world.schema_places import placed
from contract_tests.world.shelf import Shelf
from contract_tests.world.snapshot import revealing
from contract_tests.world.world import NotTried, World

NAME = "times_move_forward"
_PAST = re.compile(r"(?i)creat|last|measured|delet|updat|modif|start")
# Names of what has been for certain: not those of a start, which may be to come.
_DONE = re.compile(r"(?i:creat(ed|ion)|measured|delet(ed|ion)|updated)|(^l|_l|L)ast(?=[_A-Z])")
_TWINS = ("InMs", "TimestampInMs", "stampInMs")
_MS_NS = 10**6
# No clock is wrong by more, and what moves by itself has moved not long ago.
_TOLERANCE_NS, _FRESH_NS = 10 * 60 * 10**9, 15 * 60 * 10**9
_HAS_BEEN = "a time that has been"
_OURS: Mapping[str, Any] = {"source": "decision", "grade": Grade.ASSUMPTION}


def check(world: World, shelf: Shelf) -> Iterator[Finding]:
    """Look at every time in the list, in what is read twice, and in the batches."""
    case = _Case(world, shelf)
    page = shelf.page()
    items = shelf.items_on(page)
    if not items:
        raise NotTried(f"there is no {shelf.resource.name} to look at")
    yield from case.judged(page)
    for item in items:
        yield from case.ordered(item, page)
    yield from case.hidden(items)
    for item in [items[0], *items[:0:-1][:1]]:
        yield from case.read_twice(item, page)
    for batch in shelf.resource.batches:
        ids = [shelf.id_of(item) for item in items[:20]]
        yield from case.judged(world.call(batch.operation, {batch.at: ids}))
        yield from case.judged(world.call(batch.single, {batch.single_at: ids[0]}))
    yield from case.early()


@dataclass(frozen=True, slots=True)
class Told:
    """A time of something that has been: how far it is ahead of the clock."""

    place: str
    text: str
    ahead_ns: int
    seen: Exchange


@dataclass(frozen=True, slots=True)
class _Case:
    world: World
    shelf: Shelf
    told: list[Told] = field(default_factory=list)

    def hidden(self, listed: list[Any]) -> Iterator[Finding]:
        """Look at what only shows with the parameters that reveal it."""
        arguments = revealing(self.shelf.resource)
        page = self.shelf.page(arguments) if arguments else None
        known = [self.shelf.id_of(item) for item in listed]
        for item in self.shelf.items_on(page) if page and page.ok else ():
            if page and self.shelf.id_of(item) not in known:
                yield from self.ordered(item, page)

    def early(self) -> Iterator[Finding]:
        """Yield a finding for each field that is ahead of a clock that another one proves right.

        A server whose every time is ahead has a clock of its own, and is not accused.
        """
        now = [one.place for one in self.told if -_FRESH_NS < one.ahead_ns <= _TOLERANCE_NS]
        wrong = [one for one in self.told if _TOLERANCE_NS < one.ahead_ns <= DAY_NS]
        for one in {one.place: one for one in wrong}.values():
            if any(_last(place) != _last(one.place) for place in now):
                yield self._finding(f"{one.place} future", one.text, _HAS_BEEN, one.seen)

    def judged(self, seen: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with the times of one answer, each field once."""
        if not seen.ok:
            return
        told: set[str] = set()
        for pattern, holder, name in _times(self.world, seen):
            self._note(f"{pattern}/{name}", holder.get(name), seen)
            for where, received, expected in (
                *_text_wrong(holder, name),
                *_twin_wrong(holder, name),
            ):
                place = f"{pattern}/{where}"
                if place not in told:
                    told.add(place)
                    yield self._finding(place, received, expected, seen)

    def _note(self, place: str, text: Any, seen: Exchange) -> None:
        point = moment(text)
        if point and _DONE.search(_last(place)):
            self.told.append(Told(place, str(text), point.ns - _clock_ns(seen), seen))

    def ordered(self, item: Any, seen: Exchange) -> Iterator[Finding]:
        """Yield a finding for the first time of an item that is before one on its left.

        Documents say that nothing is before the beginning; between others it is our reading.
        """
        shown = [
            (place, pointer.read(item, place, None)) for place in self.shelf.resource.in_order
        ]
        known = [(place, text, point) for place, text in shown if (point := moment(text))]
        beginning = self.shelf.resource.in_order[:1]
        for (left, before, first), (place, after, second) in combinations(known, 2):
            if second.ns + second.unit_ns <= first.ns:
                finding = self._finding(f"{place} order", after, f"not before {before}", seen)
                is_ours = (left,) != beginning
                yield replace(finding, **_OURS) if is_ours else finding
                return

    def read_twice(self, listed: Any, page: Exchange) -> Iterator[Finding]:
        """Read one twice, and yield which of its times has changed, or gone backward."""
        if self.shelf.resource.read is None:
            return
        one, two = (self.shelf.read(self.shelf.id_of(listed)) for _ in range(2))
        if not (one.ok and two.ok):
            return
        yield from self.judged(one)
        yield from self.ordered(self.shelf.shown(one), one)
        looks = [(listed, page), (self.shelf.shown(one), one), (self.shelf.shown(two), two)]
        for (before, _), (after, seen) in pairwise(looks):
            yield from self._moved(before, after, seen)

    def _moved(self, before: Any, after: Any, seen: Exchange) -> Iterator[Finding]:
        if not isinstance(before, Mapping) or not isinstance(after, Mapping):
            return
        for name in before.keys() & after.keys():
            first, second = moment(before[name]), moment(after[name])
            if first is None or second is None or first.ns == second.ns:
                continue
            place = f"/{name}"
            if place not in self.shelf.resource.moving:
                # The list may tell a time less exactly than the item.
                if abs(second.ns - first.ns) >= max(first.unit_ns, second.unit_ns):
                    yield self._finding(f"{place} moved", after[name], before[name], seen)
            elif second.ns + max(first.unit_ns, second.unit_ns) <= first.ns:
                expected = f"not before {before[name]}"
                yield self._finding(f"{place} backward", after[name], expected, seen)

    def _finding(self, place: str, received: str, expected: str, seen: Exchange) -> Finding:
        label = self.world.label(seen.operation_id)
        return Finding(
            rule=NAME,
            operation=label,
            place=place,
            message=f"A time in the answer of {label} is not as it has to be: {place}.",
            received=received,
            expected=expected,
            exchanges=(seen,),
            statement=f"{label} 200",
        )


def _clock_ns(seen: Exchange) -> int:
    """Return what the server's own clock tells, or ours where it tells nothing."""
    text = seen.response.header("Date") if seen.response else None
    try:
        return round(parsedate_to_datetime(text).timestamp()) * 10**9 if text else time.time_ns()
    except (ValueError, OverflowError):
        return time.time_ns()


def _last(place: str) -> str:
    return place.rpartition("/")[2]


def _times(world: World, seen: Exchange) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield each place of a time in an answer: pattern of the holder, the holder, the name."""
    schema = placed(world, seen)
    for pattern in schema:
        holder, _, name = pattern.rpartition("/")
        for each in pointer.found(seen.body(), holder):
            if isinstance(each, Mapping):
                yield holder, each, name


def _text_wrong(holder: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, str]]:
    """Yield place, received and expected where a text is no time, or is one that cannot be."""
    text = holder.get(name)
    point = moment(text)
    if text is None:
        return
    if point is None:
        yield name, repr(text), "a time as of RFC 3339, with its zone"
    elif _PAST.search(name) and point.ns > time.time_ns() + DAY_NS:
        yield f"{name} future", str(text), _HAS_BEEN


def _twin_wrong(holder: Mapping[str, Any], name: str) -> Iterator[tuple[str, str, str]]:
    """Yield place, received and expected where a twin in milliseconds tells another time."""
    for twin in (name + ending for ending in _TWINS):
        if twin not in holder or name not in holder:
            continue
        text, number = holder[name], holder[twin]
        point = moment(text)
        if text is None and number:
            yield twin, str(number), f"nothing, as {name}"
        elif point and isinstance(number, int | float) and not _agree(point, number):
            yield twin, str(number), f"{point.ns // _MS_NS}, as {name}: {text}"


def _agree(point: Moment, number: float) -> bool:
    """Say whether they tell the same, as far as the text is exact; a rounding apart is allowed."""
    apart_ns = abs(point.ns - round(number * _MS_NS))
    return apart_ns <= _MS_NS if point.unit_ns <= _MS_NS else apart_ns < point.unit_ns


RULE = Rule(
    name=NAME,
    sentence="Times are RFC 3339 and in order, twins in milliseconds agree, none goes backward.",
    effect=Effect.READS,
    subjects=lambda world: [
        (resource.name, Shelf(world, resource))
        for resource in world.roles.resources
        if resource.list
    ],
    check=check,
)
