"""Work that outlives its request: begun after the commit, recorded once, taken up again."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.core.backend import Backend
from mockserver.core.errors import InsufficientStorage, NotFound
from mockserver.core.job_queue import JOB, WORLD
from mockserver.core.jobs import JobRunner
from mockserver.core.networks import OneNetwork
from mockserver.core.store import Kind

pytestmark = pytest.mark.anyio


async def submit(backend: Backend, id_: str = "1") -> None:
    await backend.jobs.submit("ping", id_, {"id": f"job-{id_}", "target": "127.0.0.1"})


async def result(backend: Backend, id_: str = "1") -> Any:
    return await backend.documents.get("page", f"job-{id_}")


async def waiting(shop: Any) -> int:
    async with shop.store.transaction() as transaction:
        return await transaction.documents(WORLD).count(JOB.name)


class Gate:
    """A network whose answers come when the test opens it."""

    def __init__(self) -> None:
        self.open, self.entered = asyncio.Event(), asyncio.Event()
        self.runs = self.inside = self.most = 0

    async def measure(self, plan: Any) -> Any:
        self.runs += 1
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.entered.set()
        await self.open.wait()
        self.inside -= 1
        return {"target": plan.target}


def gated(runner: JobRunner) -> Gate:
    gate = Gate()
    runner._networks = OneNetwork(gate)  # type: ignore[arg-type]
    return gate


async def test_a_result_is_recorded_in_the_world_of_the_account(shop: Any) -> None:
    await shop.visit(submit)
    await shop.runner.drain()
    assert await shop.visit(result) == {"result": {"target": "127.0.0.1", "origins": ["live"]}}


async def test_another_account_has_no_part_in_it(shop: Any) -> None:
    shop.worlds.accounts.add(shop.worlds.accounts.new("other"))
    await shop.visit(submit)
    await shop.runner.drain()
    assert await shop.visit(result, "other") is None


async def test_a_job_does_not_begin_before_the_commit(shop: Any) -> None:
    async def story(backend: Backend) -> None:
        await submit(backend)
        await asyncio.sleep(0)
        assert shop.network.pinged == []

    await shop.visit(story)
    await shop.runner.drain()
    assert shop.network.pinged == ["127.0.0.1"]


async def test_a_job_of_an_undone_request_never_runs(shop: Any) -> None:
    async def story(backend: Backend) -> None:
        await submit(backend)
        raise NotFound

    with pytest.raises(NotFound):
        await shop.visit(story)
    await shop.runner.drain()
    assert shop.network.pinged == []
    assert await waiting(shop) == 0


async def test_a_job_that_is_done_is_forgotten(shop: Any) -> None:
    await shop.visit(submit)
    assert await waiting(shop) == 1
    await shop.runner.drain()
    assert await waiting(shop) == 0


async def test_a_failing_run_records_its_error(
    shop: Any, caplog: pytest.LogCaptureFixture
) -> None:
    shop.network.error = RuntimeError("the cable is out")
    with caplog.at_level(logging.WARNING):
        await shop.visit(submit)
        await shop.runner.drain()
    assert await shop.visit(result) == {"result": {"error": "the cable is out", "origins": []}}
    assert "failed: the cable is out" in caplog.text


async def test_a_request_does_not_wait_for_its_job(shop: Any) -> None:
    gate = gated(shop.runner)
    await shop.visit(submit)
    await gate.entered.wait()
    assert await shop.visit(result) is None
    gate.open.set()
    await shop.runner.drain()
    assert await shop.visit(result) is not None


async def test_an_old_job_does_not_answer_for_a_new_one_of_the_same_id(shop: Any) -> None:
    gate = gated(shop.runner)
    await shop.visit(submit)
    await gate.entered.wait()
    async with shop.store.transaction() as transaction:
        await shop.worlds.reset(transaction)
    payload = {"id": "job-1", "target": "the new one"}
    await shop.visit(lambda backend: backend.jobs.submit("ping", "1", payload))
    gate.open.set()
    await shop.runner.drain()
    assert await shop.visit(result) == {"result": {"target": "the new one", "origins": ["live"]}}


async def test_two_accounts_may_use_the_same_job_id(shop: Any) -> None:
    shop.worlds.accounts.add(shop.worlds.accounts.new("other"))
    await shop.visit(submit)
    await shop.visit(submit, "other")
    await shop.runner.drain()
    assert await shop.visit(result) == await shop.visit(result, "other") is not None


async def test_no_more_than_200_run_at_once(shop: Any) -> None:
    gate = gated(shop.runner)
    for number in range(230):
        await shop.visit(lambda backend, number=number: submit(backend, str(number)))
    for _ in range(10):
        await asyncio.sleep(0)
    assert gate.most == 200
    gate.open.set()
    await shop.runner.drain()
    assert gate.runs == 230


async def test_stopping_leaves_unfinished_jobs_stored(shop: Any) -> None:
    gate = gated(shop.runner)
    await shop.visit(submit)
    await gate.entered.wait()
    await shop.runner.stop()
    assert await waiting(shop) == 1
    assert await shop.visit(result) is None


async def test_the_next_start_runs_what_the_last_one_left(shop: Any, open_shop: Any) -> None:
    gate = gated(shop.runner)
    await shop.visit(submit)
    await gate.entered.wait()
    await shop.runner.stop()
    second = open_shop(shop.store)
    await second.runner.start()
    await second.runner.drain()
    assert second.network.pinged == ["127.0.0.1"]
    assert await second.visit(result) is not None


async def test_a_job_that_runs_twice_is_recorded_once(shop: Any, open_shop: Any) -> None:
    # As after a crash between the end of a run and its record: two runs, one of them too late.
    gate = gated(shop.runner)
    await shop.visit(submit)
    await gate.entered.wait()
    second = open_shop(shop.store)
    await second.runner.start()
    await second.runner.drain()
    recorded = await second.visit(result)
    gate.open.set()
    await shop.runner.drain()
    assert await shop.visit(result) == recorded is not None


async def test_a_reset_takes_the_job_away_while_it_runs(shop: Any) -> None:
    gate = gated(shop.runner)
    await shop.visit(submit)
    await gate.entered.wait()
    async with shop.store.transaction() as transaction:
        await shop.worlds.reset(transaction)
    gate.open.set()
    await shop.runner.drain()
    assert await shop.visit(result) is None


async def test_jobs_of_a_vendor_that_is_not_served_wait_for_it(
    opened: Callable[[Path], Any], open_shop: Any, tmp_path: Path
) -> None:
    async with opened(tmp_path / "jobs.db") as store:
        first = open_shop(store)
        gated(first.runner)
        await first.visit(submit)
        await first.runner.stop()
    async with opened(tmp_path / "jobs.db") as store:
        other = open_shop(store)
        other.runner._types = {}
        await other.runner.start()
        await other.runner.drain()
        assert await waiting(other) == 1
    async with opened(tmp_path / "jobs.db") as store:
        last = open_shop(store)
        await last.runner.start()
        await last.runner.drain()
        assert await last.visit(result) is not None


async def test_a_job_keeps_the_address_that_its_client_used(shop: Any) -> None:
    seen: list[str] = []

    async def record(backend: Backend, payload: Any, result: Any) -> None:
        seen.append(backend.base_url)

    type_ = shop.runner._types["shop", "ping"]
    shop.runner._types["shop", "ping"] = type(type_)(type_.run, record)
    await shop.visit(submit)
    await shop.runner.drain()
    assert seen == ["http://here/shop"]


async def test_there_is_a_limit_to_waiting_jobs(shop: Any) -> None:
    await shop.store.close()
    await shop.store.open([Kind("page", 100), Kind("world", 1), Kind(JOB.name, 3)])
    gated(shop.runner)
    for number in range(3):
        await shop.visit(lambda backend, number=number: submit(backend, str(number)))
    with pytest.raises(InsufficientStorage):
        await shop.visit(submit)
    assert await waiting(shop) == 3
