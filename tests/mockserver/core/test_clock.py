"""Time: the system's, the one that tests move, and how vendors word it."""

import asyncio
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.clock import (
    ManualClock,
    SystemClock,
    rfc3339,
    rfc3339_seconds,
    utc_datetime,
)

pytestmark = pytest.mark.anyio
MOMENTS = st.integers(0, 4_102_444_800_000)


def test_the_system_clock_tells_milliseconds_since_the_epoch() -> None:
    before = time.time() * 1000 - 1
    assert before <= SystemClock().now_ms() <= time.time() * 1000 + 1


async def test_the_system_clock_sleeps_on_the_event_loop() -> None:
    woken = asyncio.create_task(SystemClock().sleep(0))
    await asyncio.wait_for(woken, 5)


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock(5_000)
    assert (clock.now_ms(), clock.now_ms()) == (5_000, 5_000)


def test_a_manual_clock_begins_with_2026() -> None:
    assert rfc3339(ManualClock().now_ms()) == "2026-01-01T00:00:00.000Z"


async def test_advancing_moves_the_time() -> None:
    clock = ManualClock(0)
    await clock.advance(1.5)
    assert clock.now_ms() == 1_500


async def test_a_sleeper_wakes_at_its_own_moment() -> None:
    clock, woken = ManualClock(0), []

    async def sleeper() -> None:
        await clock.sleep(2)
        woken.append(clock.now_ms())

    task = asyncio.create_task(sleeper())
    await clock.advance(10)
    assert woken == [2_000]
    await task


async def test_a_sleeper_does_not_wake_early() -> None:
    clock = ManualClock(0)
    task = asyncio.create_task(clock.sleep(2))
    await clock.advance(1.999)
    assert not task.done()
    await clock.advance(0.001)
    assert task.done()


async def test_sleepers_wake_in_order_of_time_then_of_coming() -> None:
    clock, woken = ManualClock(0), []

    async def sleeper(name: str, delay_s: float) -> None:
        await clock.sleep(delay_s)
        woken.append(name)

    names = [("late", 3), ("early", 1), ("early too", 1), ("middle", 2)]
    tasks = [asyncio.create_task(sleeper(*row)) for row in names]
    await clock.advance(3)
    assert woken == ["early", "early too", "middle", "late"]
    await asyncio.gather(*tasks)


async def test_a_sleeper_that_sleeps_again_is_woken_again_by_one_advance() -> None:
    clock, moments = ManualClock(0), []

    async def ticker() -> None:
        for _ in range(5):
            await clock.sleep(1)
            moments.append(clock.now_ms())

    task = asyncio.create_task(ticker())
    await clock.advance(5)
    assert moments == [1_000, 2_000, 3_000, 4_000, 5_000]
    await task


async def test_a_cancelled_sleeper_holds_nobody_up() -> None:
    clock = ManualClock(0)
    gone = asyncio.create_task(clock.sleep(1))
    stays = asyncio.create_task(clock.sleep(2))
    await asyncio.sleep(0)
    gone.cancel()
    await clock.advance(2)
    assert stays.done()


@given(at_ms=MOMENTS)
def test_rfc3339_keeps_every_millisecond(at_ms: int) -> None:
    read = datetime.fromisoformat(rfc3339(at_ms))
    assert round(read.timestamp() * 1000) == at_ms
    assert rfc3339(at_ms).endswith("Z")


@given(at_ms=MOMENTS)
def test_rfc3339_in_seconds_cuts_the_fraction(at_ms: int) -> None:
    read = datetime.fromisoformat(rfc3339_seconds(at_ms))
    assert read == datetime.fromtimestamp(at_ms // 1000, UTC)


@given(at_ms=MOMENTS)
def test_a_utc_datetime_has_neither_t_nor_zone(at_ms: int) -> None:
    read = datetime.strptime(utc_datetime(at_ms), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    assert read == datetime.fromtimestamp(at_ms // 1000, UTC)
