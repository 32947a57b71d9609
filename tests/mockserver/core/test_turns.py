"""Turns: a bound that holds, an order that is kept, and nobody who waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.turns import Turns

pytestmark = pytest.mark.anyio


class Bench:
    """Work that ends when the test says so, and the order in which it began."""

    def __init__(self, places: int) -> None:
        self.turns = Turns(places)
        self.began: list[str] = []
        self.inside = self.most = 0
        self.go_on = asyncio.Event()
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, *names: str) -> None:
        """Let each ask for a place, in the name of its first letter."""
        for name in names:
            self.tasks[name] = asyncio.create_task(self._work(name))
            await asyncio.sleep(0)

    async def _work(self, name: str) -> None:
        async with self.turns.of(name[0]):
            self.began.append(name)
            self.inside += 1
            self.most = max(self.most, self.inside)
            await self.go_on.wait()
            self.inside -= 1

    async def finish(self) -> list[str]:
        """Let all work end; return the names in the order in which they began."""
        self.go_on.set()
        async with asyncio.timeout(20):
            await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return self.began


async def test_no_more_work_at_once_than_there_are_places() -> None:
    bench = Bench(3)
    await bench.ask(*(f"a{number}" for number in range(10)))
    assert (bench.inside, bench.turns.waiting) == (3, 7)
    assert len(await bench.finish()) == 10
    assert (bench.most, bench.turns.waiting) == (3, 0)


async def test_one_who_asks_alone_is_served_in_order() -> None:
    bench = Bench(1)
    names = [f"a{number}" for number in range(5)]
    await bench.ask(*names)
    assert await bench.finish() == names


async def test_those_who_ask_are_served_by_turns() -> None:
    bench = Bench(1)
    await bench.ask("a1", "a2", "a3", "a4", "b1", "b2", "c1")
    assert await bench.finish() == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_who_gives_up_waiting_is_passed_over() -> None:
    bench = Bench(1)
    await bench.ask("a1", "a2", "a3")
    bench.tasks["a2"].cancel()
    await asyncio.sleep(0)
    assert bench.turns.waiting == 1
    assert await bench.finish() == ["a1", "a3"]


async def test_a_place_that_is_given_to_one_who_just_left_is_not_lost() -> None:
    bench = Bench(1)
    await bench.ask("a1", "a2", "b1")
    bench.go_on.set()
    await asyncio.sleep(0)  # a1 ends, and a2 is given its place
    bench.tasks["a2"].cancel()
    assert "b1" in await bench.finish()
    await bench.ask("c1")
    assert bench.began[-1] == "c1"


async def test_a_place_is_not_given_to_one_who_is_leaving() -> None:
    bench = Bench(1)
    await bench.ask("a1", "a2", "b1")
    bench.go_on.set()
    bench.tasks["a2"].cancel()  # a1 ends before a2 has heard of it
    assert await bench.finish() == ["a1", "b1"]
    assert (bench.turns._free, bench.turns.waiting) == (1, 0)


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 3)), max_size=25),
)
async def test_every_place_comes_back(places: int, asks: Any) -> None:
    bench = Bench(places)
    bench.go_on.set()
    for number, (asker, gives_up, pause) in enumerate(asks):
        bench.tasks[f"{asker}{number}"] = asyncio.create_task(bench._work(f"{asker}{number}"))
        for _ in range(pause):
            await asyncio.sleep(0)
        if gives_up:
            bench.tasks[f"{asker}{number}"].cancel()
    await bench.finish()
    assert bench.most <= places
    assert (bench.turns._free, bench.turns.waiting) == (places, 0)
