"""Rounds that come again and again: on their ticks, none lost, none doubled, none piled up."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

import pytest

from mockserver.core.clock import ManualClock
from mockserver.core.following import Followed
from mockserver.core.networks import OneNetwork
from mockserver.core.rounds import Round, RoundType
from mockserver.core.schedule import MOST_UNDER_WAY, RETRY_MS, Schedule, first_due_ms
from mockserver.core.series import Series
from probes.errors import TargetRefused

pytestmark = pytest.mark.anyio


@dataclass
class Rig:
    """A schedule of one vendor whose rounds are counted, and fail or wait as they are told to."""

    clock: ManualClock = field(default_factory=ManualClock)
    begun: Counter[str] = field(default_factory=Counter)
    moments: list[int] = field(default_factory=list)
    learnt: list[tuple[str, str]] = field(default_factory=list)
    error: Exception | None = None
    news: str = ""
    gate: asyncio.Event | None = None

    def __post_init__(self) -> None:
        networks: Any = OneNetwork(None)  # type: ignore[arg-type]
        type_ = RoundType(self.run, self.learn, self.resume)
        self.schedule = Schedule(self.clock, networks, {"shop": type_}, self, self.open)

    async def run(self, _: Any, followed: Followed) -> Round:
        self.begun[followed.id] += 1
        self.moments.append(self.clock.now_ms())
        if self.error:
            raise self.error
        if self.gate:
            await self.gate.wait()
        return Round(1.0, "simulated", self.news)

    async def learn(self, _: Any, id_: str, news: str) -> None:
        self.learnt.append((id_, news))

    async def resume(self, backend: Any) -> None:
        """Nothing was stored."""

    def transaction(self) -> Rig:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing to commit."""

    async def open(self, *_: object) -> Any:
        return None

    def follow(self, id_: str = "a", interval_ms: int = 1000, account: str = "one") -> Followed:
        followed = Followed("shop", account, id_, "here", interval_ms, None)
        self.schedule.follow(followed, self.schedule.series(followed.key) or Series())
        return followed


@pytest.fixture
async def rig() -> Any:
    rig = Rig()
    yield rig
    await rig.schedule.stop()


@pytest.mark.parametrize("interval_ms", [100, 150, 250, 1000, 2500, 7777])
async def test_there_are_as_many_rounds_as_intervals(rig: Rig, interval_ms: int) -> None:
    rig.follow("a", interval_ms)
    await rig.clock.advance(interval_ms * 40 / 1000)
    assert 40 <= rig.begun["a"] <= 41
    assert rig.schedule.tally.rounds == rig.begun["a"]


async def test_rounds_begin_on_ticks_an_interval_apart(rig: Rig) -> None:
    rig.follow("a", 700)
    await rig.clock.advance(7)
    assert all(moment % 100 == 0 for moment in rig.moments)
    assert {b - a for a, b in zip(rig.moments, rig.moments[1:], strict=False)} == {700}


async def test_many_are_spread_over_their_interval(rig: Rig) -> None:
    for number in range(1000):
        rig.follow(f"s{number}", 2500)
    await rig.clock.advance(25)
    assert set(rig.begun.values()) <= {10, 11}
    assert len(rig.begun) == 1000
    at_once = Counter(rig.moments)
    assert max(at_once.values()) < 1000 / 25 * 2


async def test_on_time_nothing_is_late(rig: Rig) -> None:
    rig.follow("a", 100)
    await rig.clock.advance(60)
    assert (rig.schedule.tally.late_ticks, rig.schedule.tally.skipped_rounds) == (0, 0)


async def test_late_ticks_are_counted_and_missed_rounds_skipped(rig: Rig) -> None:
    followed = rig.follow("a", 1000)
    due_ms = first_due_ms(followed, rig.clock.now_ms())
    await rig.clock.advance(0)
    rig.clock._now_ms = due_ms + 5300  # as if the process had stood still
    await rig.clock.advance(0)
    tally = rig.schedule.tally
    assert (rig.begun["a"], tally.late_ticks, tally.skipped_rounds) == (1, 1, 5)
    await rig.clock.advance(10)
    assert rig.begun["a"] == 11


async def test_who_is_left_has_no_more_rounds(rig: Rig) -> None:
    gone, _ = rig.follow("a"), rig.follow("b")
    await rig.clock.advance(5)
    before = rig.begun["a"]
    rig.schedule.leave(gone.key)
    await rig.clock.advance(5)
    assert (rig.begun["a"], rig.begun["b"]) == (before, before + 5)
    assert rig.schedule.series(gone.key) is not None


async def test_who_is_followed_again_has_one_round_an_interval(rig: Rig) -> None:
    for _ in range(5):
        rig.follow("a", 1000)
    await rig.clock.advance(10)
    assert rig.begun["a"] == 10


async def test_one_that_is_due_sooner_does_not_wait_for_one_that_is_due_later(rig: Rig) -> None:
    rig.follow("slow", 3_600_000)
    await rig.clock.advance(10)
    rig.follow("quick", 100)
    await rig.clock.advance(10)
    assert (rig.begun["slow"], rig.begun["quick"]) == (1, 100)


async def test_a_failure_rests_for_a_minute_and_says_why(rig: Rig) -> None:
    followed = rig.follow("a", 1000)
    rig.error = TargetRefused("192.0.2.1", "lies outside", "192.0.2.1/32")
    await rig.clock.advance(RETRY_MS / 1000)
    assert rig.begun["a"] == 1
    assert "192.0.2.1 is refused" in rig.schedule.entries[followed.key].reason
    rig.error = None
    await rig.clock.advance(RETRY_MS / 1000)
    assert rig.begun["a"] > 50
    assert not rig.schedule.entries[followed.key].reason


async def test_a_fault_of_ours_stops_nobody_else(rig: Rig, caplog: Any) -> None:
    rig.error = ZeroDivisionError("oh")
    rig.follow("a")
    await rig.clock.advance(3)
    rig.error = None
    rig.follow("b")
    await rig.clock.advance(3)
    assert rig.begun["b"] == 3
    assert "shop/one/a" in caplog.text


async def test_a_round_that_ends_after_its_session_was_left_still_counts(rig: Rig) -> None:
    rig.gate = asyncio.Event()
    followed = rig.follow("a", 100)
    await rig.clock.advance(0.2)
    rig.schedule.leave(followed.key)
    sent = rig.begun["a"]
    rig.gate.set()
    await rig.schedule.drain()
    series = rig.schedule.series(followed.key)
    assert series is not None
    assert len(series.since(0)) == sent > 0


async def test_no_more_than_so_many_rounds_are_under_way(rig: Rig) -> None:
    rig.gate = asyncio.Event()
    for number in range(MOST_UNDER_WAY // 100):
        rig.follow(f"s{number}", 100)
    await rig.clock.advance(12)
    assert rig.schedule.under_way == MOST_UNDER_WAY
    assert rig.schedule.tally.skipped_rounds > 0
    rig.gate.set()
    await rig.schedule.drain()
    assert rig.schedule.tally.rounds == MOST_UNDER_WAY


async def test_news_are_stored_once_they_are_known(rig: Rig) -> None:
    rig.news = "192.0.2.7"
    rig.follow("a", 1000)
    await rig.clock.advance(1)
    assert rig.learnt == [("a", "192.0.2.7")]


async def test_a_world_is_forgotten_and_no_other(rig: Rig) -> None:
    gone, stays = rig.follow("a", account="one"), rig.follow("a", account="two")
    await rig.clock.advance(3)
    rig.schedule.forget("shop/one")
    assert rig.schedule.series(gone.key) is None
    assert rig.schedule.series(stays.key) is not None
    before = rig.begun["a"]
    await rig.clock.advance(4)
    assert rig.begun["a"] == before + 4


async def test_nothing_is_followed_and_the_clock_has_nothing_to_wake(rig: Rig) -> None:
    followed = rig.follow("a", 100)
    rig.schedule.leave(followed.key)
    await rig.clock.advance(86_400 * 365)
    assert not rig.begun
