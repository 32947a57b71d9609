"""The ticker does what is due in order, in batches, a tick apart."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from probes.ticker import LARGEST_BATCH, TICK_S, Ticker


def ticking(body: Callable[[Ticker], Awaitable[None]]) -> None:
    async def within() -> None:
        ticker = Ticker(asyncio.get_running_loop())
        await asyncio.wait_for(body(ticker), 10)
        ticker.close()

    asyncio.run(within())


def test_actions_happen_in_the_order_of_their_times() -> None:
    done: list[str] = []

    async def body(ticker: Ticker) -> None:
        over = asyncio.Event()
        now = ticker.now()
        ticker.at(now + 0.02, over.set)
        ticker.at(now + 0.01, partial(done.append, "second"))
        ticker.at(now, partial(done.append, "first"))
        await over.wait()

    ticking(body)
    assert done == ["first", "second"]


def test_nothing_happens_before_its_time() -> None:
    async def body(ticker: Ticker) -> None:
        happened: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        due = ticker.now() + 0.012
        ticker.at(due, lambda: happened.set_result(ticker.now()))
        ticker.at(ticker.now(), lambda: None)
        assert await happened >= due

    ticking(body)


def test_an_earlier_action_added_later_is_not_held_up() -> None:
    async def body(ticker: Ticker) -> None:
        soon = asyncio.Event()
        ticker.at(ticker.now() + 3600, soon.clear)
        ticker.at(ticker.now(), soon.set)
        await soon.wait()

    ticking(body)


def test_one_tick_does_all_that_is_due_but_not_more_than_a_batch() -> None:
    ticks: list[int] = []

    async def body(ticker: Ticker) -> None:
        over = asyncio.Event()
        due, pending = ticker.now(), [0]

        def act() -> None:
            if pending[0] == 0:
                asyncio.get_running_loop().call_soon(count)
            pending[0] += 1

        def count() -> None:
            ticks.append(pending[0])
            pending[0] = 0
            if sum(ticks) == LARGEST_BATCH + 10:
                over.set()

        for _ in range(LARGEST_BATCH + 10):
            ticker.at(due, act)
        await over.wait()

    ticking(body)
    assert ticks == [LARGEST_BATCH, 10]


def test_ticks_are_at_least_a_tick_apart() -> None:
    times: list[float] = []

    async def body(ticker: Ticker) -> None:
        over = asyncio.Event()

        def again() -> None:
            times.append(ticker.now())
            if len(times) == 4:
                over.set()
            ticker.at(ticker.now(), again)

        ticker.at(ticker.now(), again)
        await over.wait()

    ticking(body)
    # The event loop's own clock is a little coarse.
    assert times[3] - times[0] >= 3 * TICK_S * 0.9


def test_a_closed_ticker_does_nothing_more() -> None:
    done: list[int] = []

    async def body(ticker: Ticker) -> None:
        ticker.at(ticker.now(), partial(done.append, 1))
        ticker.close()
        await asyncio.sleep(2 * TICK_S)

    ticking(body)
    assert done == []
