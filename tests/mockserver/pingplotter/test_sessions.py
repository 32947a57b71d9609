"""Reading sessions, and the filters of their list."""

from __future__ import annotations

import pytest

KEYS = ["AgentUniqueId", "SessionId", "Description", "IpAddress", "Status", "ExpectedQuality"]


async def test_every_session_has_every_key_of_the_manual(api):
    assert all(list(session) == KEYS for session in await api.sessions())


async def test_one_session_reads_as_in_the_list(api):
    for listed in await api.sessions():
        assert await api.ok("GET", f"/sessions/{listed['SessionId']}") == listed


async def test_an_unknown_session_is_not_found(api):
    assert "s1:nothing" in await api.refused(404, "GET", "/sessions/s1:nothing")


async def test_an_agent_is_no_session(api):
    agent = await api.agent(IsOnline=True)
    await api.refused(404, "GET", f"/sessions/{agent['UniqueId']}")


async def test_sessions_of_one_agent(api):
    every = await api.sessions()
    agent_id = every[7]["AgentUniqueId"]
    its = [s for s in every if s["AgentUniqueId"] == agent_id]
    assert await api.sessions(agentUniqueId=agent_id) == its
    assert 0 < len(its) < len(every)


async def test_sessions_of_one_address(api):
    every = await api.sessions()
    address = next(s["IpAddress"] for s in every if s["Description"] == "Router")
    wanted = [s for s in every if s["IpAddress"] == address]
    assert await api.sessions(targetIp=address) == wanted
    assert 0 < len(wanted) < len(every)


async def test_a_target_is_found_by_its_name_and_by_its_alias(api):
    agent = await api.agent(IsOnline=True)
    session = await api.new_session(agent, "db.example.org Main database")
    assert await api.sessions(targetName="db.example.org") == [session]
    assert await api.sessions(targetName="Main database") == [session]


@pytest.mark.parametrize("name", ["WWW.Example.COM", "www.example.com"])
async def test_names_fit_in_upper_and_lower_case(api, name):
    wanted = [s for s in await api.sessions() if s["Description"] == "www.example.com"]
    assert await api.sessions(targetName=name) == wanted
    assert wanted


async def test_a_part_of_a_name_does_not_fit(api):
    assert await api.sessions(targetName="example.com") == []


@pytest.mark.parametrize("text", ["2001:DB8:0:0::7", "2001:db8::7"])
async def test_addresses_fit_however_they_are_written(api, text):
    session = await api.new_session(await api.agent(IsOnline=True), "2001:0db8::0007")
    assert session["IpAddress"] == "2001:db8::7"
    assert await api.sessions(targetIp=text) == [session]


async def test_filters_must_all_fit(api):
    session = next(s for s in await api.sessions() if s["Description"] == "Router")
    filters = {
        "agentUniqueId": session["AgentUniqueId"],
        "targetName": "Router",
        "targetIp": session["IpAddress"],
    }
    assert await api.sessions(**filters) == [session]
    for name in filters:
        assert await api.sessions(**filters | {name: "something else"}) == []


async def test_a_filter_that_nothing_fits_gives_an_empty_list(api):
    assert await api.sessions(agentUniqueId="a1:nobody") == []
    assert await api.sessions(targetName="nowhere.example.com") == []
    assert await api.sessions(targetIp="192.0.2.0") == []


async def test_an_empty_filter_narrows_nothing(api):
    every = await api.sessions()
    assert await api.sessions(agentUniqueId="", targetName="", targetIp="") == every


async def test_sessions_of_templates_and_deleted_agents_are_listed(api):
    owners = {s["AgentUniqueId"] for s in await api.sessions()}
    assert owners == {agent["UniqueId"] for agent in await api.agents()}


async def test_closing_ends_a_session_and_no_other(api):
    session = await api.session()
    before = await api.sessions()
    assert await api.ok("PUT", f"/sessions/{session['SessionId']}/close") is True
    for old, new in zip(before, await api.sessions(), strict=True):
        assert new == (old | {"Status": "Closed"} if old == session else old)


@pytest.mark.parametrize("status", ["Active", "Paused", "Closed"])
async def test_a_session_of_any_status_can_be_closed_more_than_once(api, status):
    session = await api.session(status)
    for _ in range(2):
        assert await api.ok("PUT", f"/sessions/{session['SessionId']}/close") is True
        assert await api.status_of(session) == "Closed"


async def test_only_a_session_can_be_closed(api):
    agent = await api.agent(IsOnline=True)
    for id_ in ("s1:nothing", agent["UniqueId"]):
        await api.refused(404, "PUT", f"/sessions/{id_}/close")
