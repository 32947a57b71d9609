"""Work that ends the server: counted, singled out, and given up after the third time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mockserver.core.backend import Backend
from mockserver.core.job_queue import JOB, WORLD
from mockserver.core.networks import OneNetwork

pytestmark = pytest.mark.anyio


class Crash:
    """A network on which a run of the server ends while it pings one of `fatal`."""

    def __init__(self, *fatal: str) -> None:
        self.fatal = fatal
        self.begun: list[str] = []
        self.crashed = asyncio.Event()

    async def measure(self, plan: Any) -> Any:
        self.begun.append(plan.target)
        if plan.target in self.fatal:
            self.crashed.set()
        if self.crashed.is_set():
            await asyncio.Event().wait()
        return {"target": plan.target}


async def submit(backend: Backend, *targets: str) -> None:
    for target in targets:
        await backend.jobs.submit("ping", target, {"id": target, "target": target})


async def one_run(open_shop: Any, store: Any, *fatal: str) -> list[str]:
    """Run a server until it is killed or has nothing left to do; return what it began."""
    shop = open_shop(store)
    network = Crash(*fatal)
    shop.runner._networks = OneNetwork(network)  # type: ignore[arg-type]
    await shop.runner.start()
    idle = asyncio.create_task(shop.runner.drain())
    killed = asyncio.create_task(network.crashed.wait())
    async with asyncio.timeout(20):
        await asyncio.wait([idle, killed], return_when=asyncio.FIRST_COMPLETED)
        for _ in range(50):
            await asyncio.sleep(0)
    # Killed: nothing is tidied up, and what was under way never comes to its end.
    for task in (*shop.runner._tasks, idle, killed):
        task.cancel()
    await asyncio.gather(*shop.runner._tasks, idle, killed, return_exceptions=True)
    return network.begun


async def attempts(shop: Any) -> dict[str, int]:
    async with shop.store.transaction() as transaction:
        jobs = await transaction.documents(WORLD).find(JOB.name)
    return {job["payload"]["target"]: job.get("attempts", 0) for job in jobs}


async def result(shop: Any, target: str) -> Any:
    return (await shop.visit(lambda backend: backend.documents.get("page", target)))["result"]


async def test_attempts_are_counted(shop: Any, open_shop: Any) -> None:
    await leave(shop, "a")
    assert await attempts(shop) == {"a": 0}
    await one_run(open_shop, shop.store, "a")
    assert await attempts(shop) == {"a": 1}
    await one_run(open_shop, shop.store, "a")
    assert await attempts(shop) == {"a": 2}


async def test_the_third_time_is_the_last(shop: Any, open_shop: Any) -> None:
    await leave(shop, "a")
    runs = [await one_run(open_shop, shop.store, "a") for _ in range(4)]
    assert runs == [["a"], ["a"], ["a"], []]
    assert (await result(shop, "a"))["error"].startswith("The server ended 3 times")
    assert await attempts(shop) == {}


async def test_work_beside_it_is_not_given_up(shop: Any, open_shop: Any) -> None:
    await leave(shop, "poison", "b", "c", "d")
    for _ in range(6):
        await one_run(open_shop, shop.store, "poison")
    assert await attempts(shop) == {}
    assert "error" in await result(shop, "poison")
    for target in "bcd":
        assert await result(shop, target) == {"target": target, "origins": ["live"]}


async def test_what_may_have_ended_the_server_twice_runs_one_at_a_time(
    shop: Any, open_shop: Any
) -> None:
    await leave(shop, "poison", "b", "c")
    await one_run(open_shop, shop.store, "poison")
    await one_run(open_shop, shop.store, "poison")
    assert await attempts(shop) == {"poison": 2, "b": 2, "c": 2}
    assert await one_run(open_shop, shop.store, "poison") == ["poison"]
    assert await attempts(shop) == {"poison": 3, "b": 2, "c": 2}


async def test_what_is_least_to_blame_goes_first(shop: Any, open_shop: Any) -> None:
    await leave(shop, "poison", "b", "c")
    for _ in range(3):
        await one_run(open_shop, shop.store, "poison")
    assert await one_run(open_shop, shop.store, "poison") == ["b", "c", "poison"]
    assert await attempts(shop) == {"poison": 4}


async def test_kills_that_are_nobodys_fault_give_nothing_up(shop: Any, open_shop: Any) -> None:
    targets = [f"t{number}" for number in range(20)]
    await leave(shop, *targets)
    for number in range(20):  # killed while this one is under way, whatever it does
        await one_run(open_shop, shop.store, f"t{number}")
    await one_run(open_shop, shop.store)
    found = [await result(shop, target) for target in targets]
    assert found == [{"target": target, "origins": ["live"]} for target in targets]


async def test_new_work_does_not_wait_for_suspects(shop: Any, open_shop: Any) -> None:
    await leave(shop, "poison", "b")
    for _ in range(2):
        await one_run(open_shop, shop.store, "poison")
    await leave(shop, "new")
    assert set(await one_run(open_shop, shop.store, "poison")) == {"poison", "new"}


async def test_a_stop_is_no_attempt(shop: Any, open_shop: Any) -> None:
    await leave(shop, "a")
    for _ in range(4):
        second = open_shop(shop.store)
        network = Crash("a")
        second.runner._networks = OneNetwork(network)
        await second.runner.start()
        async with asyncio.timeout(20):
            await network.crashed.wait()
        await second.runner.stop()
    assert await attempts(shop) == {"a": 0}


async def test_work_that_a_reset_took_away_is_not_begun(shop: Any) -> None:
    network = Crash()
    shop.runner._networks = OneNetwork(network)  # type: ignore[arg-type]
    await shop.visit(lambda backend: submit(backend, "a"))
    async with shop.store.transaction() as transaction:
        await shop.worlds.reset(transaction)
    await shop.runner.drain()
    assert network.begun == []


async def leave(shop: Any, *targets: str) -> None:
    """Leave jobs in the store that no run of the server has begun."""
    shop.runner.begin = lambda _job: None
    await shop.visit(lambda backend: submit(backend, *targets))
