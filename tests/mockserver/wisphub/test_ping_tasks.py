"""A ping task from its making to its result, as a client sees it."""

from __future__ import annotations

import uuid

import pytest

from probes.errors import PermissionMissing

KEYS = ["ok", "type", "action", "data", "message", "meta"]
STABLE, INTERMITTENT, DEAD, UNASSIGNED = 12346, 12347, 12348, 12349


def test_creation_gives_a_task_id(wisphub):
    async def story(client):
        return (await client.create(STABLE)).json()

    answer = wisphub(story)
    uuid.UUID(answer["data"].pop("task_id"))
    assert answer == {
        "ok": True,
        "type": "success",
        "action": "ping_created",
        "data": {},
        "message": None,
        "meta": None,
    }
    assert list(answer) == KEYS


def test_a_task_is_pending_until_its_packets_are_counted(wisphub):
    async def story(client):
        task_id = await client.start(STABLE, pings=10)
        await client.stand_in.clock.advance(1.7)  # the tenth packet leaves after 1.8 s
        before = (await client.result(task_id)).json()
        await client.stand_in.clock.advance(1.2)
        await client.stand_in.app.runner.drain()
        return before, (await client.result(task_id)).json()

    before, after = wisphub(story)
    assert (before["ok"], before["type"], before["action"]) == (True, "info", "pending")
    assert after["action"] == "stable_connection"


@pytest.mark.parametrize(
    ("service_id", "type_", "action"),
    [
        (STABLE, "success", "stable_connection"),
        (INTERMITTENT, "info", "intermittent_connection"),
        (DEAD, "info", "no_internet"),
    ],
)
@pytest.mark.parametrize("seed", [0, 7])
def test_simulated_devices_show_every_quality(wisphub, service_id, type_, action, seed):
    async def story(client):
        return await client.outcome(service_id, pings=100)

    assert wisphub(story, seed=seed) == {
        "ok": True,
        "type": type_,
        "action": action,
        "data": None,
        "message": None,
        "meta": None,
    }


@pytest.mark.parametrize(
    ("received", "action"),
    [
        (0, "no_internet"),
        (1, "intermittent_connection"),
        (3, "intermittent_connection"),
        (4, "stable_connection"),
        (5, "stable_connection"),
    ],
)
def test_the_share_of_counted_replies_decides(wisphub, counted, received, action):
    async def story(client):
        return (await client.outcome(STABLE, pings=5))["action"]

    assert wisphub(story, with_network=counted(received)) == action


def test_the_device_is_asked_as_often_as_the_client_said(wisphub, counted):
    network = counted(3)

    async def story(client):
        await client.outcome(12345, pings=3)

    wisphub(story, with_network=network)
    assert network.asked == [("127.0.0.1", 3, 0.2, 1.0)]


def test_without_the_right_to_icmp_the_ping_has_failed_and_says_so(wisphub, counted):
    async def story(client):
        return await client.outcome(12345)

    answer = wisphub(story, with_network=counted(error=PermissionMissing()))
    assert (answer["ok"], answer["type"], answer["action"]) == (False, "error", "ping_failed")
    assert "ping_group_range" in answer["message"]
    assert "CAP_NET_RAW" in answer["message"]


def test_a_failure_without_words_is_a_failure_all_the_same(wisphub, counted):
    async def story(client):
        return await client.outcome(12345)

    answer = wisphub(story, with_network=counted(error=TimeoutError()))
    assert answer["action"] == "ping_failed"
    assert answer["message"]


def test_a_ping_that_sent_nothing_has_failed(wisphub, counted):
    async def story(client):
        return await client.outcome(STABLE)

    answer = wisphub(story, with_network=counted(sends=False))
    assert (answer["action"], answer["message"]) == ("ping_failed", "No packet was sent.")


def test_packets_that_never_left_say_nothing_about_the_client(wisphub, counted):
    async def story(client):
        return await client.outcome(STABLE)

    answer = wisphub(story, with_network=counted(0, send_error="Network is unreachable"))
    assert answer["action"] == "ping_failed"
    assert "Network is unreachable" in answer["message"]


def test_a_rejected_packet_among_answered_ones_is_a_lost_one(wisphub, counted):
    async def story(client):
        return (await client.outcome(STABLE, pings=10))["action"]

    network = counted(9, send_error="No buffer space available")
    assert wisphub(story, with_network=network) == "stable_connection"


def test_a_service_without_a_device_cannot_be_pinged(wisphub, counted):
    network = counted(10)

    async def story(client):
        return await client.outcome(UNASSIGNED)

    answer = wisphub(story, with_network=network)
    assert answer["action"] == "ping_failed"
    assert "no IP address" in answer["message"]
    assert network.asked == []


def test_a_result_stays_as_it_is(wisphub):
    async def story(client):
        task_id = await client.start(INTERMITTENT)
        await client.wait()
        first = await client.result(task_id)
        await client.wait()
        return first.content, (await client.result(task_id)).content

    first, second = wisphub(story)
    assert first == second


def test_many_tasks_at_once_each_get_their_own_result(wisphub):
    async def story(client):
        wanted = [STABLE, DEAD, UNASSIGNED] * 20
        ids = [await client.start(service_id, pings=1) for service_id in wanted]
        await client.wait()
        return [(await client.result(id_)).json()["action"] for id_ in ids]

    actions = wisphub(story)
    assert actions == ["stable_connection", "no_internet", "ping_failed"] * 20
