"""Things that happen again and again: one alarm on the server's clock, a task for each round."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

from mockserver.core.clock import Clock
from mockserver.core.following import Followed, Key
from mockserver.core.jobs import OpenBackend
from mockserver.core.networks import Networks, Place
from mockserver.core.rounds import Round, RoundType
from mockserver.core.series import Series
from mockserver.core.store import Store
from mockserver.core.timetable import Timetable
from probes.errors import ProbeError

TICK_MS = 100
MOST_UNDER_WAY = 5000
SPREAD_MS = 2500
"""Those who are followed at once begin spread over this, or over their interval if shorter."""
RETRY_MS = 60_000
"""How long one rests that could not be measured: names must not be asked for all the time."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """What became of the ticks and rounds since the start."""

    rounds: int = 0
    late_ticks: int = 0
    skipped_rounds: int = 0


@dataclass(slots=True)
class Entry:
    """One that is followed; `reason` says why it could not be measured, if so."""

    followed: Followed
    series: Series
    due_ms: int
    rests_until_ms: int = 0
    reason: str = ""


@dataclass(slots=True)
class Schedule:
    """Begins the rounds of all that is followed, each at its interval."""

    clock: Clock
    networks: Networks
    types: Mapping[str, RoundType]
    store: Store
    open_backend: OpenBackend
    tally: Tally = field(default_factory=Tally)
    entries: dict[Key, Entry] = field(default_factory=dict)
    kept: dict[Key, Series] = field(default_factory=dict)
    _timetable: Timetable[Key] = field(default_factory=lambda: Timetable(TICK_MS))
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _alarm: asyncio.Task[None] | None = None
    _alarm_ms: int = 0

    def follow(self, followed: Followed, series: Series) -> None:
        """Measure it from now on; whatever was followed under its key no longer is."""
        begins_ms = first_due_ms(followed, self.clock.now_ms())
        self.kept[followed.key] = series
        self.entries[followed.key] = Entry(followed, series, begins_ms)
        self._timetable.put(followed.key, begins_ms)
        self._set_alarm()

    def leave(self, key: Key) -> None:
        """Measure it no longer; its series stays."""
        self.entries.pop(key, None)
        self._timetable.drop(key)

    def forget(self, world: str) -> None:
        """Leave all of a world, named vendor/account, and drop their series and places."""
        for key in [key for key in self.kept if "/".join(key[:2]) == world]:
            self.leave(key)
            del self.kept[key]
        self.networks.forget(f"{world}/")

    def series(self, key: Key) -> Series | None:
        """Return what was measured so far, None if it was never followed."""
        return self.kept.get(key)

    def place(self, name: str) -> Place:
        """Return a place to measure from."""
        return self.networks.at(name)

    @property
    def under_way(self) -> int:
        """Return how many rounds were begun that are not over."""
        return len(self._tasks)

    async def drain(self) -> None:
        """Return once every round that was begun is over; for tests."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self) -> None:
        """Begin nothing any more, and break off what is under way."""
        self.entries.clear()
        self._timetable = Timetable(TICK_MS)
        tasks = [*self._tasks, *([self._alarm] if self._alarm else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _set_alarm(self) -> None:
        first_ms = self._timetable.first_ms
        if first_ms is None or (self._alarm and self._alarm_ms <= first_ms):
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm_ms = first_ms
        self._alarm = asyncio.get_running_loop().create_task(self._ring(first_ms))

    async def _ring(self, at_ms: int) -> None:
        await self.clock.sleep(max(0, at_ms - self.clock.now_ms()) / 1000)
        self._alarm_ms = 0  # nobody need wake what is awake
        for tick_ms, keys in self._timetable.take(self.clock.now_ms()):
            self._begin_tick(tick_ms, keys)
            # Behind schedule there are many ticks at once: others must have their turn as well.
            await asyncio.sleep(0)
        self._alarm = None
        self._set_alarm()

    def _begin_tick(self, tick_ms: int, keys: Sequence[Key]) -> None:
        now_ms = self.clock.now_ms()
        self.tally.late_ticks += now_ms - tick_ms > TICK_MS
        for key in keys:
            if entry := self.entries.get(key):
                self._begin(entry, now_ms, max(0, now_ms - tick_ms))

    def _begin(self, entry: Entry, now_ms: int, late_ms: int) -> None:
        missed = late_ms // entry.followed.interval_ms
        entry.due_ms += (missed + 1) * entry.followed.interval_ms
        self._timetable.put(entry.followed.key, entry.due_ms)
        if now_ms < entry.rests_until_ms:
            return
        self.tally.skipped_rounds += missed
        if len(self._tasks) >= MOST_UNDER_WAY:
            self.tally.skipped_rounds += 1
            return
        task = asyncio.get_running_loop().create_task(self._run(entry, now_ms))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("what a round found out was not stored: %s", error)

    async def _run(self, entry: Entry, at_ms: int) -> None:
        try:
            place = self.networks.at(entry.followed.place)
            found = await self.types[entry.followed.vendor].run(place, entry.followed)
        except Exception as error:  # noqa: BLE001  (whatever a round meets, others go on)
            self._note(entry, error, at_ms)
            return
        # Also where it was left meanwhile: the packet was on the wire, so it counts.
        entry.series.add(at_ms, found.rtt_ms, found.origin)
        entry.reason = ""
        self.tally.rounds += 1
        if found.news and self.entries.get(entry.followed.key) is entry:
            await self._learn(entry.followed, found)

    def _note(self, entry: Entry, error: Exception, at_ms: int) -> None:
        if not isinstance(error, ProbeError):
            _log.error("a round of %s failed", "/".join(entry.followed.key), exc_info=error)
        entry.reason = str(error) or type(error).__name__
        entry.rests_until_ms = at_ms + RETRY_MS

    async def _learn(self, followed: Followed, found: Round) -> None:
        async with self.store.transaction() as transaction:
            backend = await self.open_backend(transaction, followed.vendor, followed.account, "")
            await self.types[followed.vendor].learn(backend, followed.id, found.news)


def first_due_ms(followed: Followed, now_ms: int) -> int:
    """Return when its first round is due: soon, and not together with everybody else's."""
    return now_ms + crc32(followed.id.encode()) % min(followed.interval_ms, SPREAD_MS)
