"""Deleting agents: a DELETE whose body names the agent."""

from __future__ import annotations

import pytest


async def delete(api, agent, **options):
    return await api.ok("DELETE", "/agents", json={"UniqueId": agent["UniqueId"], **options})


async def test_a_deleted_agent_leaves_the_list_but_is_still_read(api):
    await api.house.clock.advance(60)
    agent = await api.agent(IsOnline=True)
    assert await delete(api, agent) is True
    listed = await api.ok("GET", "/agents")
    assert all(a["UniqueId"] != agent["UniqueId"] for a in listed)
    gone = await api.ok("GET", f"/agents/{agent['UniqueId']}")
    changed = {key for key in gone if gone[key] != agent[key]}
    assert changed == {"IsOnline", "Deleted", "DeletionDate", "DownloadUrl", "OpenSessions"}
    assert gone["Deleted"]
    assert gone["DeletionDate"] == "2026-01-01T00:01:00.000Z"


async def test_its_sessions_are_closed_and_those_of_others_are_not(api):
    agent = await api.agent(IsOnline=True)
    before = await api.sessions()
    await delete(api, agent)
    for old, new in zip(before, await api.sessions(), strict=True):
        its = old["AgentUniqueId"] == agent["UniqueId"]
        assert new == (old | {"Status": "Closed"} if its else old)


async def test_an_offline_agent_can_be_deleted(api):
    agent = await api.agent(IsOnline=False, Configured=True, Deleted=False)
    await delete(api, agent, ShouldUninstall=False)
    assert (await api.ok("GET", f"/agents/{agent['UniqueId']}"))["Deleted"]


async def test_uninstalling_takes_the_software_from_the_device(api):
    agent = await api.agent(IsOnline=True, ServiceRunning=True)
    await delete(api, agent, ShouldUninstall=True)
    gone = await api.ok("GET", f"/agents/{agent['UniqueId']}")
    assert (gone["Deleted"], gone["Configured"], gone["ServiceRunning"]) == (
        True,
        False,
        False,
    )


async def test_deleting_alone_leaves_the_software_there(api):
    agent = await api.agent(IsOnline=True, ServiceRunning=True)
    await delete(api, agent)
    gone = await api.ok("GET", f"/agents/{agent['UniqueId']}")
    assert (gone["Configured"], gone["ServiceRunning"]) == (True, True)


async def test_an_agent_that_is_offline_cannot_be_uninstalled(api):
    before = await api.agents(), await api.sessions()
    agent = await api.agent(IsOnline=False, Configured=True, Deleted=False)
    body = {"UniqueId": agent["UniqueId"], "ShouldUninstall": True}
    assert "offline" in await api.refused(409, "DELETE", "/agents", json=body)
    assert (await api.agents(), await api.sessions()) == before


@pytest.mark.parametrize("uninstall", [False, True])
async def test_a_deleted_agent_is_unknown_to_a_second_deletion(api, uninstall):
    agent = await api.agent(IsOnline=True)
    await delete(api, agent)
    body = {"UniqueId": agent["UniqueId"], "ShouldUninstall": uninstall}
    await api.refused(404, "DELETE", "/agents", json=body)


async def test_an_unknown_agent_is_not_found(api):
    body = {"UniqueId": "a1:nobody"}
    assert "a1:nobody" in await api.refused(404, "DELETE", "/agents", json=body)


async def test_an_agent_stays_deleted_when_time_passes(api):
    agent = await api.agent(IsOnline=True)
    await delete(api, agent)
    gone = await api.ok("GET", f"/agents/{agent['UniqueId']}")
    await api.house.clock.advance(120)
    assert await api.ok("GET", f"/agents/{agent['UniqueId']}") == gone


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the request body is required"),
        (b"{}", "UniqueId is required"),
        (b'{"UniqueId": 7}', "UniqueId is invalid: expected string, received 7"),
        (b'{"UniqueId": "x", "ShouldUninstall": "no"}', "ShouldUninstall is invalid"),
        (b'["x"]', "the request body is invalid"),
        (b"{", "the body cannot be read"),
    ],
)
async def test_the_body_of_a_delete_is_held_against_the_contract(api, body, said):
    """Some tools leave the body of a DELETE unread."""
    before = await api.agents()
    headers = {"Content-Type": "application/json"} if body else {}
    assert said in await api.refused(400, "DELETE", "/agents", content=body, headers=headers)
    assert await api.agents() == before


async def test_a_delete_that_is_no_json_is_refused(api):
    agent = await api.agent(IsOnline=True)
    form = {"UniqueId": agent["UniqueId"]}
    assert "Content-Type" in await api.refused(415, "DELETE", "/agents", data=form)
    assert not (await api.ok("GET", f"/agents/{agent['UniqueId']}"))["Deleted"]


async def test_an_id_in_the_path_deletes_nothing(api):
    agent = await api.agent(IsOnline=True)
    answer = await api.send("DELETE", f"/agents/{agent['UniqueId']}")
    assert answer.status_code == 405
