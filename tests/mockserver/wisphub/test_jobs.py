"""Tasks outlive the server that took them: run again by the next, recorded once."""

from __future__ import annotations

import asyncio

import pytest

DEVICE = 12345


class StuckNetwork:
    """A network on which every ping goes on for ever."""

    def __init__(self):
        self.begun = 0

    async def measure(self, plan):
        del plan
        self.begun += 1
        await asyncio.Event().wait()

    async def close(self):
        pass


@pytest.fixture
def state(tmp_path):
    return str(tmp_path / "state.db")


@pytest.fixture
def left_behind(wisphub, state):
    """Return the id of a task that a server left unfinished in a state file."""

    async def story(client):
        task_id = await client.start(DEVICE, pings=5)
        await client.stand_in.settle()
        assert (await client.result(task_id)).json()["action"] == "pending"
        return task_id

    network = StuckNetwork()
    task_id = wisphub(story, state=state, with_network=network)
    assert network.begun == 1
    return task_id


def test_the_next_start_finishes_what_the_last_one_left(wisphub, counted, state, left_behind):
    async def story(client):
        await client.stand_in.app.runner.drain()
        return (await client.result(left_behind)).json()["action"]

    network = counted(5)
    assert wisphub(story, state=state, with_network=network) == "stable_connection"
    assert network.asked == [("127.0.0.1", 5, 0.2, 1.0)]


def test_a_task_has_one_result_and_no_job_when_it_is_done(wisphub, counted, state, left_behind):
    async def story(client):
        await client.stand_in.app.runner.drain()
        return await client.documents("ping_task"), await client.documents("job", "jobs")

    tasks, jobs = wisphub(story, state=state, with_network=counted(2))
    assert [(t["id"], t["sent"], t["received"]) for t in tasks] == [(left_behind, 5, 2)]
    assert jobs == []


def test_a_third_start_has_nothing_left_to_do(wisphub, counted, state, left_behind):
    async def story(client):
        await client.stand_in.app.runner.drain()
        return (await client.result(left_behind)).json()["action"]

    wisphub(story, state=state, with_network=counted(5))
    network = counted(0)
    assert wisphub(story, state=state, with_network=network) == "stable_connection"
    assert network.asked == []


def test_a_result_that_comes_twice_is_kept_once(wisphub, counted):
    async def story(client):
        task_id = await client.start(DEVICE, pings=5)
        await client.wait()
        app = client.stand_in.app
        async with app.store.transaction() as transaction:
            backend = await app.house.worlds.open(transaction, "wisphub", "default", "")
            await backend.finish_ping(task_id, {"sent": 5, "received": 0})
        return (await client.result(task_id)).json()["action"]

    assert wisphub(story, with_network=counted(5)) == "stable_connection"


def test_a_new_task_after_a_restart_has_a_new_id(wisphub, counted, state, left_behind):
    async def story(client):
        return await client.start(DEVICE)

    assert wisphub(story, state=state, with_network=counted(5)) != left_behind


def test_a_reset_while_a_ping_is_under_way_leaves_no_result(wisphub):
    async def story(client):
        await client.start(12346)
        await client.stand_in.client().post("/__mock/reset")
        await client.wait()
        return await client.documents("ping_task"), await client.documents("job", "jobs")

    assert wisphub(story) == ([], [])


def test_a_full_account_says_so_and_makes_no_task(wisphub):
    async def story(client):
        await client.start(12346)
        store = client.stand_in.app.store
        store._limits["ping_task"] = 1
        refused = await client.create(12346)
        return refused, await client.documents("ping_task"), await client.documents("job", "jobs")

    refused, tasks, jobs = wisphub(story)
    assert refused.status_code == 507
    assert refused.json()["action"] == "error"
    assert "ping_task" in refused.json()["message"]
    assert (len(tasks), len(jobs)) == (1, 1)
