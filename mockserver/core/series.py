"""Round trips over time: each of the last ten minutes, a row a minute for a day, never more."""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import nan
from operator import itemgetter

from probes.statistics import average, consecutive_difference_jitter

MINUTE_MS = 60_000
FULL_MS = 10 * MINUTE_MS
DAY_MS = 24 * 60 * MINUTE_MS
Probe = tuple[int, float | None]
"""When a probe was sent, in ms since the epoch, and its round trip in ms; None where lost."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of probes; times are None where nothing came back, jitter where less than two.

    `jitter_ms` is the mean difference of neighbours among the round trips of this minute.
    """

    start_ms: int
    sent: int
    lost: int
    avg_ms: float | None
    min_ms: float | None
    max_ms: float | None
    jitter_ms: float | None


class Series:
    """The probes of one target; `past` says, when it is first asked for, what was before them.

    `newest_ms` is when the newest one was sent, the past not counted, 0 for never; `origin` is
    where it comes from.
    """

    __slots__ = (
        "_at_ms",
        "_counts",
        "_figures",
        "_minutes",
        "_past",
        "_rtts_ms",
        "newest_ms",
        "origin",
    )

    def __init__(
        self, past: Callable[[], Sequence[Probe]] | None = None, origin: str = ""
    ) -> None:
        """Begin; `origin` is where `past` comes from."""
        self._past = past
        self.origin = origin
        self.newest_ms = 0
        self._at_ms = array("q")
        self._rtts_ms = array("f")
        self._minutes = array("I")
        self._counts = array("H")
        self._figures = array("f")

    def add(self, at_ms: int, rtt_ms: float | None, origin: str) -> None:
        """Take in a probe; answers may come out of order."""
        self.origin = origin
        self.newest_ms = max(self.newest_ms, at_ms)
        place = bisect_right(self._at_ms, at_ms)
        self._at_ms.insert(place, at_ms)
        self._rtts_ms.insert(place, nan if rtt_ms is None else rtt_ms)
        if at_ms - self._at_ms[0] >= FULL_MS + MINUTE_MS:
            self._roll_up(at_ms)

    def since(self, after_ms: int) -> list[Probe]:
        """Return what was sent later than `after_ms`, at most ten minutes back."""
        self._recall()
        first = bisect_right(self._at_ms, after_ms)
        return _probes(self._at_ms[first:], self._rtts_ms[first:])

    def minutes(self) -> Iterator[Minute]:
        """Yield a row for each minute in which anything was sent, oldest first."""
        self._recall()
        for row, minute in enumerate(self._minutes):
            sent, lost = self._counts[2 * row : 2 * row + 2]
            yield _row(minute, sent, lost, self._figures[4 * row : 4 * row + 4])
        yield from _by_minute(_probes(self._at_ms, self._rtts_ms))

    @property
    def size_bytes(self) -> int:
        """Return what is kept, in bytes, the room for growing among it."""
        arrays = (self._at_ms, self._rtts_ms, self._minutes, self._counts, self._figures)
        return sys.getsizeof(self) + sum(map(sys.getsizeof, arrays))

    def _recall(self) -> None:
        if self._past is None:
            return
        past, self._past = self._past(), None
        self._at_ms = array("q", [at_ms for at_ms, _ in past]) + self._at_ms
        lost_as_nan = [nan if rtt is None else rtt for _, rtt in past]
        self._rtts_ms = array("f", lost_as_nan) + self._rtts_ms

    def _roll_up(self, now_ms: int) -> None:
        # Whole minutes only, and ten minutes late: what is rolled up changes no more.
        self._recall()
        end = bisect_left(self._at_ms, (now_ms - FULL_MS) // MINUTE_MS * MINUTE_MS)
        for row in _by_minute(_probes(self._at_ms[:end], self._rtts_ms[:end])):
            self._minutes.append(row.start_ms // MINUTE_MS)
            self._counts.extend((row.sent, row.lost))
            self._figures.extend(_packed(row))
        del self._at_ms[:end], self._rtts_ms[:end]
        self._forget(bisect_left(self._minutes, (now_ms - DAY_MS) // MINUTE_MS))

    def _forget(self, rows: int) -> None:
        del self._minutes[:rows], self._counts[: 2 * rows], self._figures[: 4 * rows]


def _probes(at_ms: array[int], rtts_ms: array[float]) -> list[Probe]:
    pairs = zip(at_ms, rtts_ms, strict=True)
    return [(at, None if rtt != rtt else rtt) for at, rtt in pairs]  # noqa: PLR0124  (NaN)


def _by_minute(probes: Sequence[Probe]) -> Iterator[Minute]:
    for minute, group in groupby(probes, lambda probe: probe[0] // MINUTE_MS):
        rtts_ms = list(map(itemgetter(1), group))
        came = [rtt for rtt in rtts_ms if rtt is not None]
        figures = (
            average(came),
            min(came, default=None),
            max(came, default=None),
            consecutive_difference_jitter(came),
        )
        # Through the array, so that a minute shows the same before and after it is rolled up.
        packed = array("f", [nan if one is None else one for one in figures])
        yield _row(minute, len(rtts_ms), len(rtts_ms) - len(came), packed)


def _row(minute: int, sent: int, lost: int, figures: array[float]) -> Minute:
    known = [None if one != one else one for one in figures]  # noqa: PLR0124  (NaN)
    return Minute(minute * MINUTE_MS, sent, lost, *known)


def _packed(row: Minute) -> list[float]:
    figures = (row.avg_ms, row.min_ms, row.max_ms, row.jitter_ms)
    return [nan if one is None else one for one in figures]
