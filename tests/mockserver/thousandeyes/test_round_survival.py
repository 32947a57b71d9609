"""Rounds across restarts and resets: measured again, shown once, or forgotten."""

from __future__ import annotations

import asyncio

import pytest

from mockserver.vendors.thousandeyes.model import RESULT

BODY = {"agents": [{"agentId": 113}, {"agentId": 11}], "url": "https://www.example.com/"}
PATIENCE_S = 60


async def create(client, **choices):
    made = await client.post("/v6/instant/http-server", json={**BODY, **choices})
    assert made.status_code == 201, made.text
    return made.json()["test"][0]["testId"]


async def entries(client, test_id, **parameters):
    answer = await client.get(f"/v6/web/http-server/{test_id}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["web"].get("httpServer")


async def finish(house):
    async with asyncio.timeout(PATIENCE_S):
        while house.app.runner.is_busy:
            await house.clock.advance(1)
            await asyncio.sleep(0.001)


def restarting(stand_in, state, *stories):
    """Run each story against a server of its own; all have one memory."""
    return [stand_in(story, vendor=("thousandeyes",), state=str(state)) for story in stories]


@pytest.mark.parametrize("elapsed_s", [0, 0.2, 1.2])
def test_a_round_that_a_restart_broke_off_is_measured_again_and_shown_once(
    stand_in, tmp_path, elapsed_s
):
    async def before(house):
        async with house.client("thousandeyes") as client:
            test_id = await create(client)
            await house.clock.advance(elapsed_s)
            return test_id, await entries(client, test_id)

    async def after(house):
        async with house.client("thousandeyes") as client:
            await finish(house)
            return await entries(client, 400_001, window="1h")

    (test_id, early), shown = restarting(stand_in, tmp_path / "state", before, after)
    assert test_id == 400_001
    assert early is None
    assert [entry["agentId"] for entry in shown] == [113, 11]


def test_results_survive_a_restart(stand_in, tmp_path):
    async def before(house):
        async with house.client("thousandeyes") as client:
            test_id = await create(client)
            await finish(house)
            return await entries(client, test_id)

    async def after(house):
        async with house.client("thousandeyes") as client:
            return await entries(client, 400_001)

    before_it, after_it = restarting(stand_in, tmp_path / "state", before, after)
    assert before_it == after_it
    assert len(before_it) == 2


async def reset(house):
    async with house.client() as control:
        answer = await control.post("/__mock/reset", json={})
        assert answer.status_code < 300, answer.text


def test_a_world_that_is_reset_forgets_results_and_those_under_way(stand_in):
    async def story(house):
        async with house.client("thousandeyes") as client:
            first = await create(client)
            await house.clock.advance(0.1)
            await reset(house)
            # The same number again, while the jobs of the old one still run.
            second = await create(client, agents=[{"agentId": 11}])
            await finish(house)
            return first, second, await entries(client, second, window="1h")

    first, second, shown = stand_in(story, vendor=("thousandeyes",))
    assert first == second
    assert [entry["agentId"] for entry in shown] == [11]


def test_accounts_have_results_of_their_own(stand_in):
    async def story(house):
        other = {"Authorization": "Bearer other_key_000000"}
        mine, theirs = house.client("thousandeyes"), house.client("thousandeyes", **other)
        async with mine, theirs:
            test_id = await create(mine)
            await finish(house)
            unknown = await theirs.get(f"/v6/web/http-server/{test_id}")
            return unknown.status_code, len(await entries(mine, test_id))

    accounts = {"other": "other_key_000000"}
    assert stand_in(story, vendor=("thousandeyes",), account=accounts) == (404, 2)


def test_where_an_account_is_full_the_oldest_results_go(stand_in):
    async def story(house):
        async with house.client("thousandeyes") as client:
            await client.get("/v6/agents")
            async with house.app.store.transaction() as transaction:
                documents = transaction.documents("thousandeyes/default")
                for number in range(RESULT.limit):
                    old = {"id": f"old/{number}", "round_of": "old", "done": True}
                    await documents.insert(RESULT.name, old["id"], old)
            test_id = await create(client)
            await finish(house)
            async with house.app.store.transaction() as transaction:
                documents = transaction.documents("thousandeyes/default")
                held = await documents.count(RESULT.name)
                oldest = await documents.find(RESULT.name, limit=1)
            return held, oldest[0]["id"], await entries(client, test_id)

    held, oldest, shown = stand_in(story, vendor=("thousandeyes",))
    assert (held, oldest, len(shown)) == (RESULT.limit, "old/2", 2)
