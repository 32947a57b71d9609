"""Many tasks at once: side by side, in order, and fair to other accounts."""

from __future__ import annotations

STABLE = 12346
OTHER = {"Authorization": "Bearer ci_key"}


async def actions(client, task_ids, **options):
    return [(await client.result(id_, **options)).json()["action"] for id_ in task_ids]


def test_a_hundred_tasks_take_as_long_as_one(wisphub):
    async def story(client):
        task_ids = [await client.start(STABLE, pings=10) for _ in range(100)]
        await client.stand_in.clock.advance(1.7)
        early = set(await actions(client, task_ids))
        await client.stand_in.clock.advance(1.3)
        await client.stand_in.app.runner.drain()
        return early, set(await actions(client, task_ids))

    assert wisphub(story) == ({"pending"}, {"stable_connection"})


def test_each_task_has_its_own_id_and_its_own_result(wisphub):
    async def story(client):
        services = [12346, 12347, 12348, 12349] * 5
        task_ids = [await client.start(service_id, pings=100) for service_id in services]
        await client.wait()
        return len(set(task_ids)), await actions(client, task_ids)

    count, found = wisphub(story)
    outcomes = ["stable_connection", "intermittent_connection", "no_internet", "ping_failed"]
    assert (count, found) == (20, outcomes * 5)


def test_a_task_is_finished_at_the_time_of_the_clock(wisphub):
    async def story(client):
        await client.start(STABLE, pings=10)
        await client.wait()
        [task] = await client.documents("ping_task")
        return task["finished_ms"] - task["created_ms"]

    assert 1800 < wisphub(story) < 2800  # the tenth packet leaves after 1.8 s


def test_tasks_past_the_bound_wait_for_those_before(wisphub):
    async def story(client):
        task_ids = [await client.start(STABLE, pings=10) for _ in range(205)]
        await client.stand_in.clock.advance(2.5)
        await client.stand_in.settle()
        first = await actions(client, task_ids)
        await client.wait()
        return first, set(await actions(client, task_ids))

    first, last = wisphub(story)
    assert first == ["stable_connection"] * 200 + ["pending"] * 5
    assert last == {"stable_connection"}


def test_another_account_does_not_wait_for_a_crowd(wisphub):
    """It waits for the first place that is free, not for the whole of the crowd's queue."""

    async def story(client):
        crowd = [await client.start(STABLE, pings=10) for _ in range(420)]
        alone = await client.create(STABLE, pings=1, headers=OTHER)
        task_id = alone.json()["data"]["task_id"]
        await client.stand_in.clock.advance(2.9)
        await client.stand_in.settle()
        done = await actions(client, [task_id], headers=OTHER)
        return done, (await actions(client, crowd)).count("pending")

    done, waiting = wisphub(story, account={"ci": "ci_key"})
    assert done == ["stable_connection"]
    assert waiting == 220
