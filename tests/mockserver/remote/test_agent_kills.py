"""Agents that are killed while they measure: every job is run, and recorded exactly once."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest
from psycopg import AsyncConnection
from remote_rig import HoldingServer, Program
from saq.job import Status

from mockserver.core.accounts import Accounts
from mockserver.core.backend import Backend
from mockserver.core.clock import SystemClock
from mockserver.core.job_queue import JOB
from mockserver.core.jobs import JobRunner, JobType
from mockserver.core.networks import ChosenNetworks
from mockserver.core.randomness import Randomness
from mockserver.core.remote import EngineAgency
from mockserver.core.sqlite_store import SqliteStore
from mockserver.core.store import Kind
from mockserver.core.vendor import Vendor
from mockserver.core.worlds import ACCOUNT, WORLD_MARK, Worlds
from probes.http.plan import HttpPlan
from probes.ping import PingPlan
from probes.remote.engine import Engine
from probes.remote.network import RemoteNetwork
from probes.remote.roll import box_name

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
RECORD = Kind("record", limit=100)
KILLS, JOBS = 21, 24
PATIENCE_S = 60


async def fetch(network: Any, payload: Any) -> Any:
    result = await network.measure(HttpPlan(payload["url"], timeout_s=30))
    return {"status": result.exchanges[-1].status}


async def count(backend: Backend, payload: Any, result: Any) -> None:
    await backend.documents.insert(
        RECORD.name, str(await backend.documents.next("record")), {**payload, **result}
    )


async def nothing(*_: Any) -> None:
    """Leave the world empty."""


def vendor() -> Vendor:
    return Vendor(
        name="shop",
        title="Shop",
        hosts=(),
        default_key="key",
        credential="",
        curl="",
        handlers=ModuleType("none"),
        backend=Backend,
        populate=nothing,
        authenticate=lambda *_: None,  # type: ignore[arg-type,return-value]
        word_error=lambda *_: {},
        kinds=(RECORD,),
        jobs={"fetch": JobType(fetch, count)},
    )


class House:
    """What runs jobs in a server, with a store in a file and the engine."""

    def __init__(self, state: Path, engine_url: str) -> None:
        self.store = SqliteStore(state)
        self.agency = EngineAgency(engine_url)
        randomness, shop = Randomness(1), vendor()
        accounts = Accounts({"shop": "key"}, randomness)
        self.worlds = Worlds({"shop": shop}, accounts, SystemClock(), randomness)
        networks = ChosenNetworks("simulated", [], 1, SystemClock(), self.agency)
        types = {("shop", "fetch"): shop.jobs["fetch"]}
        self.runner = self.worlds.runner = JobRunner(self.store, networks, types, self.worlds.open)

    async def __aenter__(self) -> Self:
        await self.store.open([RECORD, JOB, WORLD_MARK, ACCOUNT])
        await self.agency.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.runner.stop()
        await self.agency.close()
        await self.store.close()

    async def submit(self, url: str) -> None:
        async with self.store.transaction() as transaction:
            backend = await self.worlds.open(transaction, "shop", "default", "")
            await backend.jobs.submit("fetch", url, {"url": url}, place="remote/default/office")

    async def records(self) -> list[Any]:
        async with self.store.transaction() as transaction:
            backend = await self.worlds.open(transaction, "shop", "default", "")
            return await backend.documents.find(RECORD.name)


async def test_jobs_of_killed_agents_are_run_again_and_recorded_once(
    engine_url: str, start_agent: Callable[..., Program], tmp_path: Path
) -> None:
    """Each kill comes while the agent waits for the answer of the target it measures."""
    urls = []
    with HoldingServer() as target:
        async with House(tmp_path / "kept.db", engine_url) as house:
            for number in range(JOBS):
                urls.append(f"{target.url}/{number}")
                await house.submit(urls[-1])
            for _ in range(KILLS):
                seen = len(target.paths)
                agent = await asyncio.to_thread(start_agent, "--at-once", "1", "--no-respond")
                await asyncio.to_thread(target.await_request, seen)
                agent.kill()
            target.released.set()
            await asyncio.to_thread(start_agent, "--no-respond")
            async with asyncio.timeout(PATIENCE_S):
                await house.runner.drain()
            records = await house.records()
    assert sorted(record["url"] for record in records) == sorted(urls)
    assert {(record["status"], *record["origins"]) for record in records} == {(200, "live")}
    runs = Counter(target.paths)
    assert set(runs) == {f"/{number}" for number in range(JOBS)}
    # Whoever was killed in the middle had to be measured again.
    assert sum(runs.values()) >= JOBS + KILLS


async def test_an_agent_gives_signs_of_life_while_it_measures(
    engine_url: str, start_agent: Callable[..., Program]
) -> None:
    await asyncio.to_thread(start_agent, "--no-respond", name="slow")
    async with asking(engine_url, "default/slow") as (engine, network):
        box = await engine.box(box_name("default/slow"))
        with HoldingServer() as target:
            measuring = asyncio.create_task(network.measure(HttpPlan(target.url, timeout_s=30)))
            await asyncio.to_thread(target.await_request)
            # By run: one that gives none is given out again, and is then touched as well.
            signs: dict[int, set[int]] = defaultdict(set)
            async with asyncio.timeout(PATIENCE_S):
                while max(map(len, signs.values()), default=0) < 3:
                    async for job in box.iter_jobs([Status.ACTIVE]):
                        signs[job.started].add(job.touched)
            target.released.set()
            async with asyncio.timeout(PATIENCE_S):
                await measuring


async def test_many_measurements_at_a_time_get_each_its_own_answer(
    engine_url: str, start_agent: Callable[..., Program]
) -> None:
    await asyncio.to_thread(start_agent, "--no-respond", name="busy")
    hosts = [f"127.0.0.{number}" for number in range(1, 201)]
    async with asking(engine_url, "default/busy") as (_, network):
        measuring = [network.measure(PingPlan(host, count=2)) for host in hosts]
        results = await asyncio.gather(*measuring)
    assert [result.address for result in results] == hosts


async def test_what_an_agent_leaves_undone_is_done_by_the_next(
    engine_url: str, start_agent: Callable[..., Program]
) -> None:
    first = await asyncio.to_thread(start_agent, "--no-respond", name="early")
    async with asking(engine_url, "default/early") as (_, network):
        with HoldingServer() as target:
            measuring = asyncio.create_task(network.measure(HttpPlan(target.url, timeout_s=30)))
            await asyncio.to_thread(target.await_request)
            assert await asyncio.to_thread(first.end) == 0
            target.released.set()
            await asyncio.to_thread(start_agent, "--no-respond", name="early")
            async with asyncio.timeout(PATIENCE_S):
                result = await measuring
    assert result.exchanges[-1].status == 200


async def test_a_letter_that_is_lost_is_written_again(
    engine_url: str, start_agent: Callable[..., Program]
) -> None:
    async with asking(engine_url, "default/late") as (engine, network):
        measuring = asyncio.create_task(network.measure(PingPlan("127.0.0.1", count=2)))
        box = await engine.box(box_name("default/late"))
        async with asyncio.timeout(PATIENCE_S):
            while await box.count("queued") == 0:
                await asyncio.sleep(0.02)
        async with await AsyncConnection.connect(engine_url, autocommit=True) as connection:
            await connection.execute("DELETE FROM saq_jobs WHERE queue = %s", [box.name])
        await asyncio.to_thread(start_agent, "--no-respond", name="late")
        async with asyncio.timeout(PATIENCE_S):
            result = await measuring
    assert result.received == 2


@asynccontextmanager
async def asking(engine_url: str, address: str) -> AsyncIterator[tuple[Engine, RemoteNetwork]]:
    engine = Engine(engine_url)
    await engine.open()
    try:
        yield engine, RemoteNetwork(engine, address)
    finally:
        await engine.close()
