"""Reading and renaming agents."""

from __future__ import annotations

import pytest

AGENT_KEYS = 31


async def test_templates_and_deleted_agents_are_hidden_unless_asked_for(api):
    listed = await api.ok("GET", "/agents")
    assert not any(a["IsTemplate"] or a["Deleted"] for a in listed)
    assert len(listed) == 20


@pytest.mark.parametrize(
    ("query", "templates", "deleted"),
    [
        ("includeTemplates=true", 2, 0),
        ("includeDeleted=true", 0, 2),
        ("includeTemplates=true&includeDeleted=true", 2, 2),
        ("includeTemplates=false&includeDeleted=false", 0, 0),
    ],
)
async def test_each_flag_adds_its_own_sort(api, query, templates, deleted):
    listed = await api.ok("GET", f"/agents?{query}")
    assert sum(a["IsTemplate"] for a in listed) == templates
    assert sum(a["Deleted"] for a in listed) == deleted
    assert len(listed) == 20 + templates + deleted


async def test_a_deleted_template_needs_both_flags(api):
    template = await api.agent(IsTemplate=True)
    await api.ok("DELETE", "/agents", json={"UniqueId": template["UniqueId"]})
    for query, seen in (("Templates", False), ("Deleted", False)):
        listed = await api.ok("GET", f"/agents?include{query}=true")
        assert any(a["UniqueId"] == template["UniqueId"] for a in listed) is seen
    assert any(a["UniqueId"] == template["UniqueId"] for a in await api.agents())


async def test_every_agent_has_every_key_of_the_manual(api):
    assert {len(agent) for agent in await api.agents()} == {AGENT_KEYS}


async def test_one_agent_reads_as_in_the_list(api):
    for listed in await api.agents():
        assert await api.ok("GET", f"/agents/{listed['UniqueId']}") == listed


async def test_an_id_may_be_percent_encoded(api):
    agent = await api.agent(IsOnline=True)
    encoded = agent["UniqueId"].replace(":", "%3A")
    assert await api.ok("GET", f"/agents/{encoded}") == agent


async def test_an_unknown_agent_is_not_found(api):
    assert "a1:nobody" in await api.refused(404, "GET", "/agents/a1:nobody")


async def test_a_session_is_no_agent(api):
    session = await api.session()
    await api.refused(404, "GET", f"/agents/{session['SessionId']}")


async def test_numbers_of_sessions_are_those_of_the_session_list(api):
    for agent in await api.agents():
        sessions = await api.sessions(agentUniqueId=agent["UniqueId"])
        assert agent["TotalSessions"] == len(sessions)
        assert agent["OpenSessions"] == sum(s["Status"] != "Closed" for s in sessions)


async def test_closing_a_session_takes_it_from_the_open_ones(api):
    session = await api.session()
    path = f"/agents/{session['AgentUniqueId']}"
    before = await api.ok("GET", path)
    await api.ok("PUT", f"/sessions/{session['SessionId']}/close")
    after = await api.ok("GET", path)
    assert after["OpenSessions"] == before["OpenSessions"] - 1
    assert after["TotalSessions"] == before["TotalSessions"]


async def test_a_paused_session_is_still_open(api):
    session = await api.session()
    path = f"/agents/{session['AgentUniqueId']}"
    before = await api.ok("GET", path)
    body = {"SessionId": session["SessionId"], "Action": "pause"}
    await api.ok("PUT", "/sessions", json=body)
    assert (await api.ok("GET", path))["OpenSessions"] == before["OpenSessions"]


async def test_custom_fields_are_those_that_agents_have(api):
    fields = {field["Name"] for field in await api.ok("GET", "/agents/customfields")}
    used = {field["Name"] for a in await api.agents() for field in a["CustomFields"]}
    assert fields == used == {"Department", "Site", "Asset tag"}


async def test_the_path_of_custom_fields_takes_no_post(api):
    """The manual's sample posts new agents there: a slip."""
    answer = await api.send("POST", "/agents/customfields", json={"Name": "x"})
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.json()["error"]


async def test_renaming_changes_the_name_and_nothing_else(api):
    before = await api.agents()
    agent = before[5]
    path = f"/agents/{agent['UniqueId']}"
    assert await api.ok("PUT", path, json={"Name": "Reception"}) is True
    assert await api.ok("GET", path) == agent | {"Name": "Reception"}
    assert await api.agents() == [*before[:5], agent | {"Name": "Reception"}, *before[6:]]


async def test_a_template_can_be_renamed(api):
    template = await api.agent(IsTemplate=True)
    await api.ok("PUT", f"/agents/{template['UniqueId']}", json={"Name": "Desks"})
    assert (await api.agent(Name="Desks"))["IsTemplate"]


@pytest.mark.parametrize(
    ("body", "said"),
    [({}, "Name is required"), ({"Name": 7}, "Name is invalid: expected string, received 7")],
)
async def test_a_name_must_be_given_as_text(api, body, said):
    agent = await api.agent(IsOnline=True)
    path = f"/agents/{agent['UniqueId']}"
    assert said in await api.refused(400, "PUT", path, json=body)
    assert await api.ok("GET", path) == agent


@pytest.mark.parametrize("unique_id", ["a1:nobody", "deleted"])
async def test_only_a_living_agent_is_renamed(api, unique_id):
    id_ = unique_id
    if unique_id == "deleted":
        id_ = (await api.agent(Deleted=True))["UniqueId"]
    await api.refused(404, "PUT", f"/agents/{id_}", json={"Name": "x"})


async def test_names_of_any_script_are_kept(api):
    agent = await api.new_agent(Name="Büro 東京 🌐 'x' \"y\"")
    read = await api.ok("GET", f"/agents/{agent['UniqueId']}")
    assert read["Name"] == "Büro 東京 🌐 'x' \"y\""


async def test_a_wrong_flag_is_named(api):
    said = await api.refused(400, "GET", "/agents?includeDeleted=maybe")
    assert "query includeDeleted" in said
    assert '"maybe"' in said


async def test_unknown_query_parameters_are_ignored(api):
    assert await api.ok("GET", "/agents?color=red") == await api.ok("GET", "/agents")
