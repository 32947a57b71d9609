"""What filters of a list should find among items that are known, and which values tell most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from contract_tests.calls import pointer
from contract_tests.roles.model import Filter

_MOST_VALUES, _MOST_ITEMS = 6, 60


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter with the value that is asked for; `shown` is how items spell it."""

    filter: Filter
    value: Any
    shown: Any

    @property
    def is_exact(self) -> bool:
        """Whether a document says that a value has to be equal, and not only to be contained."""
        return bool(self.filter.source) and not self.filter.near

    def fits(self, item: Any) -> bool:
        """Say whether an item shows exactly this."""
        return self.shown in fields(self.filter, item)

    def may_fit(self, item: Any, fitting: Sequence[Any]) -> bool:
        """Say whether no document forbids that an item is found; `fitting` are those that must.

        Upper and lower case alike. Where a value need not be equal, what contains it in any text,
        or shares a `near` field with one that fits, or shows none there.
        """
        if self.fits(item) or _folded(self.shown) in map(_folded, fields(self.filter, item)):
            return True
        if self.is_exact:
            return False
        word = str(_folded(self.shown))
        if any(word in text.casefold() for text in _texts(item)):
            return True
        return any(
            not pointer.read(item, near, None)
            or pointer.read(item, near) in [pointer.read(one, near, None) for one in fitting]
            for near in self.filter.near
        )


@dataclass(frozen=True, slots=True)
class Query:
    """Filters asked together: an item is found if it fits all of them."""

    asked: tuple[Asked, ...]

    @property
    def arguments(self) -> dict[str, Any]:
        """What is sent."""
        return {one.filter.parameter: one.value for one in self.asked}

    def must(self, items: Iterable[Any]) -> list[Any]:
        """Return the items that have to be found."""
        return [item for item in items if all(one.fits(item) for one in self.asked)]

    def may(self, items: Sequence[Any]) -> list[Any]:
        """Return the items that nobody can object to."""
        alone = [[item for item in items if one.fits(item)] for one in self.asked]
        pairs = list(zip(self.asked, alone, strict=True))
        return [item for item in items if all(one.may_fit(item, fit) for one, fit in pairs)]


@dataclass(frozen=True, slots=True)
class _Choice:
    """A value that may be asked for, and which items must and may be found by it."""

    asked: Asked
    must: frozenset[int]
    may: frozenset[int]


def fields(wanted: Filter, item: Any) -> list[Any]:
    """Return what an item shows at the fields of a filter."""
    places = (wanted.field, *wanted.also)
    return [value for place in places for value in pointer.found(item, place)]


def values(wanted: Filter, items: Iterable[Any]) -> list[Asked]:
    """Return values that items have, the most frequent first; none that is empty or quoted."""
    shown = Counter(
        value
        for item in items
        for value in fields(wanted, item)
        if isinstance(value, str | int | float) and _plain(value)
    )
    spelt = {str(_folded(value)): key for key, value in wanted.values.items()}
    found = [value for value, _ in shown.most_common()]
    if not wanted.values:
        return [Asked(wanted, value, value) for value in found]
    known = [(spelt.get(str(_folded(value))), value) for value in found]
    return [Asked(wanted, key, value) for key, value in known if key is not None]


def alone(wanted: Filter, items: Sequence[Any]) -> list[Query]:
    """Return queries by one filter: a frequent value, a rare one, and one of the last item."""
    found = values(wanted, items)
    if not found:
        return []
    last = values(wanted, items[-1:]) or found[:1]
    chosen = {str(one.value): one for one in (found[0], found[-1], last[-1])}
    return [Query((one,)) for one in chosen.values()]


def together(wanted: Sequence[Filter], items: Sequence[Any]) -> list[Query]:
    """Return the telling queries by these filters: one that finds items, one that finds none."""
    some = _ends(items, _MOST_ITEMS)
    choices = [
        [_choice(asked, some) for asked in _ends(values(one, items), _MOST_VALUES)]
        for one in wanted
    ]
    combined = list(product(*choices))
    finding = [each for each in combined if frozenset.intersection(*(c.must for c in each))]
    empty = [each for each in combined if not frozenset.intersection(*(c.may for c in each))]
    best = [max(group, key=_tells) for group in (finding, empty) if group]
    return [
        Query(tuple(choice.asked for choice in each))
        for each in best
        if each in finding or _tells(each) > 0
    ]


def _choice(asked: Asked, items: Sequence[Any]) -> _Choice:
    fitting = [item for item in items if asked.fits(item)]
    must = (n for n, item in enumerate(items) if asked.fits(item))
    may = (n for n, item in enumerate(items) if asked.may_fit(item, fitting))
    return _Choice(asked, frozenset(must), frozenset(may))


def _tells(each: tuple[_Choice, ...]) -> int:
    """Return how many wrong items show that one of the filters is not looked at, at least."""
    right = len(frozenset.intersection(*(choice.may for choice in each)))
    less = [[c.must for c in each if c is not choice] for choice in each]
    return min(len(frozenset.intersection(*some)) - right for some in less)


def unheard(wanted: Filter, items: Sequence[Any], word: str) -> Query | None:
    """Return a query that nothing fits; None where no such value can be made up safely."""
    found = [one.value for one in values(wanted, items)]
    if wanted.values or not found or not all(isinstance(value, str) for value in found):
        return None
    return Query((Asked(wanted, word, word),))


def _ends(found: Sequence[Any], most: int) -> Sequence[Any]:
    """Return the first and the last of many: all of them would be too many to combine."""
    return found if len(found) <= most else [*found[: most // 2], *found[-most // 2 :]]


def shortened(wanted: Filter, items: Sequence[Any]) -> Query | None:
    """Return a query for the beginning of a value: nothing fits it, where all of it has to."""
    found = [one.value for one in values(wanted, items)]
    if wanted.values or wanted.near or not wanted.source:
        return None
    begun = (v[:-1] for v in found if isinstance(v, str) and len(v) > 2 and _plain(v[:-1]))
    word = next((v for v in begun if v not in found), None)
    return Query((Asked(wanted, word, word),)) if word else None


def _plain(value: Any) -> bool:
    return value != "" and not (isinstance(value, str) and value != value.strip().strip("\"'"))


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
