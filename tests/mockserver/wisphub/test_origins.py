"""Beside a result, never in it: whether real packets made it or the simulation."""

from __future__ import annotations

import pytest

HEADER = "x-mock-network"
REAL, STABLE, DEAD, UNASSIGNED = 12345, 12346, 12348, 12349


async def finished(client, service_id):
    task_id = await client.start(service_id, pings=2)
    await client.wait()
    return await client.result(task_id)


@pytest.mark.parametrize(
    ("service_id", "origin"),
    [(REAL, "live"), (STABLE, "simulated"), (DEAD, "simulated"), (UNASSIGNED, None)],
)
def test_a_result_says_where_it_came_from(wisphub, service_id, origin):
    async def story(client):
        return (await finished(client, service_id)).headers.get(HEADER)

    assert wisphub(story) == origin


def test_a_pending_task_has_come_from_nowhere_yet(wisphub):
    async def story(client):
        task_id = await client.start(STABLE)
        return (await client.result(task_id)).headers.get(HEADER)

    assert wisphub(story) is None


def test_what_live_mode_refuses_was_not_measured(wisphub):
    async def story(client):
        answer = await finished(client, STABLE)
        return answer.json()["action"], answer.headers.get(HEADER)

    assert wisphub(story, network="live") == ("ping_failed", None)


@pytest.mark.parametrize("service_id", [REAL, STABLE])
def test_the_vendors_body_does_not_tell(wisphub, service_id):
    async def story(client):
        return (await finished(client, service_id)).text

    text = wisphub(story)
    assert "simulated" not in text
    assert "origin" not in text
