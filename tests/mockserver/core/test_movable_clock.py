"""A clock that runs, and can be moved: sleepers wake in order, each at its own moment."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.clock import MovableClock

START_MS = 1_000_000


class Ticks:
    """Real seconds, moved by the test."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def moved(ticks: Ticks) -> MovableClock:
    return MovableClock(START_MS, ticks)


def test_it_runs_with_real_time(ticks: Ticks, moved: MovableClock) -> None:
    ticks.now_s += 2.5
    assert moved.now_ms() == START_MS + 2500


def test_frozen_it_stands_still_and_goes_on_from_there(ticks: Ticks, moved: MovableClock) -> None:
    moved.freeze()
    ticks.now_s += 9
    assert moved.now_ms() == START_MS
    moved.run()
    ticks.now_s += 1
    assert moved.now_ms() == START_MS + 1000


def test_it_runs_faster_from_now_on_only(ticks: Ticks, moved: MovableClock) -> None:
    ticks.now_s += 1
    moved.run(10)
    ticks.now_s += 1
    assert moved.now_ms() == START_MS + 11_000
    assert moved.speed == 10


def test_it_is_set_and_runs_on(ticks: Ticks, moved: MovableClock) -> None:
    moved.set(7000)
    ticks.now_s += 1
    assert moved.now_ms() == 8000


@pytest.mark.parametrize("speed", [-1.0, float("inf"), float("nan")])
def test_a_speed_that_cannot_be_is_refused(moved: MovableClock, speed: float) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        moved.run(speed)


async def _advance_back(moved: MovableClock) -> None:
    await moved.advance(-1)


def test_it_does_not_advance_backwards(moved: MovableClock) -> None:
    with pytest.raises(ValueError, match="0 s or more"):
        asyncio.run(_advance_back(moved))


@given(
    delays_ms=st.lists(st.integers(0, 5000), max_size=12),
    steps_ms=st.lists(st.integers(0, 3000), max_size=6),
    is_frozen=st.booleans(),
)
def test_sleepers_wake_in_order_each_at_its_moment(
    delays_ms: list[int], steps_ms: list[int], *, is_frozen: bool
) -> None:
    """The model: who sleeps until `t` wakes at `t` once the steps have come that far."""

    async def scene() -> list[tuple[int, int]]:
        moved, woken = MovableClock(START_MS, Ticks()), list[tuple[int, int]]()
        if is_frozen:
            moved.freeze()

        async def sleeper(number: int, delay_ms: int) -> None:
            await moved.sleep(delay_ms / 1000)
            woken.append((number, moved.now_ms() - START_MS))

        tasks = [asyncio.create_task(sleeper(*pair)) for pair in enumerate(delays_ms)]
        for step_ms in steps_ms:
            await moved.advance(step_ms / 1000)
        assert moved.now_ms() == START_MS + sum(steps_ms)
        assert moved.speed == (0 if is_frozen else 1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return woken

    due = [(n, ms) for n, ms in enumerate(delays_ms) if ms <= sum(steps_ms) and steps_ms]
    assert asyncio.run(scene()) == sorted(due, key=lambda pair: pair[1])


def test_a_sleeper_wakes_by_itself_while_it_runs() -> None:
    async def scene() -> int:
        moved = MovableClock(START_MS)
        moved.run(1000)
        await moved.sleep(5)
        return moved.now_ms()

    assert asyncio.run(scene()) >= START_MS + 5000


def test_setting_it_ahead_wakes_who_was_due_even_when_it_is_frozen() -> None:
    async def scene() -> None:
        moved = MovableClock(START_MS)
        moved.freeze()
        sleeping = asyncio.create_task(moved.sleep(60))
        await asyncio.sleep(0)
        moved.set(START_MS + 60_000)
        await sleeping

    asyncio.run(scene())


def test_a_sleeper_that_was_cancelled_harms_nobody() -> None:
    async def scene() -> None:
        moved = MovableClock(START_MS, Ticks())
        gone, other = (asyncio.create_task(moved.sleep(s)) for s in (1, 2))
        await asyncio.sleep(0)
        gone.cancel()
        await moved.advance(2)
        await other

    asyncio.run(scene())
