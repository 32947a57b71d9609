"""Two accounts do not see each other, whatever one of them does."""

from __future__ import annotations

import pytest

OTHER = {"X-API-KEY": "other-key"}


async def shown(api):
    return await api.agents(), await api.sessions()


def of_two_accounts(room, story):
    """Run `story(api, other)` with a second account besides the default one."""

    async def whole(api):
        async with api.house.client("pingplotter", **OTHER) as client:
            return await story(api, type(api)(api.house, client))

    return room(whole, account={"other": "other-key"})


def test_each_account_has_agents_of_its_own(room):
    async def story(api, other):
        mine = {agent["UniqueId"] for agent in await api.agents()}
        theirs = {agent["UniqueId"] for agent in await other.agents()}
        assert len(mine) == len(theirs)
        assert not mine & theirs

    of_two_accounts(room, story)


async def create(api):
    await api.new_agent("192.0.2.1")


async def add(api):
    await api.new_session(await api.agent(IsOnline=True), "192.0.2.1")


async def delete(api):
    agent = await api.agent(IsOnline=True)
    await api.ok("DELETE", "/agents", json={"UniqueId": agent["UniqueId"]})


async def rename(api):
    agent = await api.agent(IsOnline=True)
    await api.ok("PUT", f"/agents/{agent['UniqueId']}", json={"Name": "Mine"})


async def pause(api):
    agent = await api.agent(IsOnline=True)
    await api.ok("PUT", f"/sessions/{agent['UniqueId']}?action=0")


@pytest.mark.parametrize("change", [create, add, delete, rename, pause])
def test_a_change_is_seen_by_its_own_account_only(room, change):
    async def story(api, other):
        mine, theirs = await shown(api), await shown(other)
        await change(api)
        assert await shown(api) != mine
        assert await shown(other) == theirs

    of_two_accounts(room, story)


def test_ids_of_one_account_are_unknown_to_the_other(room):
    async def story(api, other):
        session = await api.session()
        agent_id, session_id = session["AgentUniqueId"], session["SessionId"]
        body = {"SessionId": session_id, "Action": "pause"}
        await other.refused(404, "GET", f"/agents/{agent_id}")
        await other.refused(404, "GET", f"/sessions/{session_id}")
        await other.refused(404, "PUT", "/sessions", json=body)
        await other.refused(404, "PUT", f"/sessions/{session_id}/close")
        await other.refused(404, "DELETE", "/agents", json={"UniqueId": agent_id})
        assert await other.sessions(agentUniqueId=agent_id) == []
        batch = {"AgentUniqueIds": [agent_id]}
        assert await other.ok("POST", "/agents/status", json=batch) == []
        assert await api.status_of(session) == "Active"

    of_two_accounts(room, story)


def test_each_account_has_an_allowance_of_its_own(room):
    async def story(api):
        async with api.house.client("pingplotter", **OTHER) as client:
            for _ in range(241):
                answer = await api.send("GET", "/agents/customfields")
            assert answer.status_code == 429
            assert (await client.get("/agents/customfields")).status_code == 200

    room(story, account={"other": "other-key"}, rate_limit={})
