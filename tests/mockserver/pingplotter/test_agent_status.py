"""The status of agents, alone and in a batch."""

from __future__ import annotations

from datetime import datetime

import pytest

DEFINITIONS = ["remote-desktop", "web-email", "voice-over-ip", "video-call"]


async def status(api, agent, **query):
    return await api.ok("POST", f"/agents/{agent['UniqueId']}/status", json=query)


async def test_a_status_repeats_what_the_agent_says(api):
    for agent in await api.ok("GET", "/agents?includeTemplates=true"):
        told = await status(api, agent)
        assert told["AgentUniqueId"] == agent["UniqueId"]
        for key in ("IsOnline", "OnWifi", "OnVPN", "LastMessageTime"):
            assert told[key] == agent[key]


async def test_both_times_of_a_pair_tell_the_same_moment(api):
    for agent in await api.ok("GET", "/agents"):
        told = await status(api, agent)
        pairs = [(told["LastMessageTime"], told["LastMessageTimestampInMs"])]
        pairs += [(q["MeasuredAt"], q["MeasuredAtTimestampInMs"]) for q in told["TargetQuality"]]
        for text, number in pairs:
            moment = datetime.fromisoformat(text).timestamp() if text else None
            assert moment == (number / 1000 if number else number)


async def test_each_open_session_is_judged_by_each_definition(api):
    for agent in await api.ok("GET", "/agents"):
        sessions = await api.sessions(agentUniqueId=agent["UniqueId"])
        wanted = [
            (s["SessionId"], s["Description"], s["IpAddress"], id_)
            for s in sessions
            if s["Status"] != "Closed"
            for id_ in DEFINITIONS
        ]
        keys = ("SessionId", "Description", "IpAddress", "QualityDefinitionId")
        told = (await status(api, agent))["TargetQuality"]
        assert [tuple(q[key] for key in keys) for q in told] == wanted


@pytest.mark.parametrize("request_", [{}, {"json": {}}, {"content": b""}])
async def test_the_body_may_be_empty_or_absent(api, request_):
    agent = await api.agent(IsOnline=True)
    path = f"/agents/{agent['UniqueId']}/status"
    told = await api.ok("POST", path, **request_)
    assert told == await status(api, agent, QualityDefinitionIds=[])


async def test_definitions_can_be_chosen(api):
    agent = await api.agent(IsOnline=True)
    whole = (await status(api, agent))["TargetQuality"]
    two = ["video-call", "web-email", "no-such", "video-call"]
    chosen = (await status(api, agent, QualityDefinitionIds=two))["TargetQuality"]
    assert chosen == [q for q in whole if q["QualityDefinitionId"] in two]
    assert (await status(api, agent, QualityDefinitionIds=["no-such"]))["TargetQuality"] == []


async def test_targets_can_be_chosen_by_name_and_address(api):
    agent = await api.agent(IsOnline=True)
    await api.new_session(agent, "192.0.2.77 Oven")
    whole = (await status(api, agent))["TargetQuality"]
    oven = [q for q in whole if q["Description"] == "Oven"]
    for query in (
        {"TargetName": "oven"},
        {"TargetName": "192.0.2.77"},
        {"TargetIp": "192.0.2.77"},
        {"TargetName": "Oven", "TargetIp": "192.0.2.77"},
    ):
        assert (await status(api, agent, **query))["TargetQuality"] == oven
    both = {"TargetName": "Oven", "TargetIp": "192.0.2.78"}
    assert (await status(api, agent, **both))["TargetQuality"] == []
    assert len(oven) == 4


async def test_empty_filters_narrow_nothing(api):
    agent = await api.agent(IsOnline=True)
    narrowed = await status(api, agent, TargetName="", TargetIp="")
    assert narrowed == await status(api, agent)


async def test_an_offline_agent_has_no_data(api):
    agent = await api.agent(IsOnline=False, Configured=True, Deleted=False)
    for quality in (await status(api, agent))["TargetQuality"]:
        assert quality["QualityValue"] == "NoData"
        assert quality["QualityScore"] is None
        assert quality["MeasuredAt"] is quality["MeasuredAtTimestampInMs"] is None


@pytest.mark.parametrize("who", ["unknown", "deleted"])
async def test_unknown_and_deleted_agents_are_not_found(api, who):
    deleted = (await api.agent(Deleted=True))["UniqueId"]
    id_ = deleted if who == "deleted" else "a1:nobody"
    await api.refused(404, "POST", f"/agents/{id_}/status", json={})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"TargetName": 1}, "TargetName is invalid"),
        ({"TargetIp": []}, "TargetIp is invalid"),
        ({"QualityDefinitionIds": "web-email"}, "QualityDefinitionIds is invalid"),
        ({"QualityDefinitionIds": [1]}, "QualityDefinitionIds[0] is invalid"),
        ([], "the request body is invalid"),
    ],
)
async def test_a_wrong_body_is_refused(api, body, said):
    agent = await api.agent(IsOnline=True)
    path = f"/agents/{agent['UniqueId']}/status"
    assert said in await api.refused(400, "POST", path, json=body)


async def test_asking_changes_nothing(api):
    before = await api.agents(), await api.sessions()
    for agent in before[0]:
        await api.send("POST", f"/agents/{agent['UniqueId']}/status", json={})
    assert (await api.agents(), await api.sessions()) == before


async def test_a_batch_tells_the_same_as_each_alone(api):
    agents = (await api.ok("GET", "/agents"))[::-3]
    ids = [agent["UniqueId"] for agent in agents]
    query = {"TargetName": "www.example.com", "QualityDefinitionIds": ["video-call"]}
    batch = await api.ok("POST", "/agents/status", json={**query, "AgentUniqueIds": ids})
    assert batch == [await status(api, agent, **query) for agent in agents]


async def test_a_batch_leaves_out_who_is_not_there(api):
    agent, deleted = await api.agent(IsOnline=True), await api.agent(Deleted=True)
    ids = ["a1:nobody", deleted["UniqueId"], agent["UniqueId"], agent["UniqueId"]]
    batch = await api.ok("POST", "/agents/status", json={"AgentUniqueIds": ids})
    assert [one["AgentUniqueId"] for one in batch] == [agent["UniqueId"]]


async def test_an_empty_batch_has_an_empty_answer(api):
    assert await api.ok("POST", "/agents/status", json={"AgentUniqueIds": []}) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "AgentUniqueIds is required"),
        ({"AgentUniqueIds": "a1:x"}, "AgentUniqueIds is invalid"),
        ({"AgentUniqueIds": [None]}, "AgentUniqueIds[0] is invalid"),
    ],
)
async def test_a_batch_must_name_agents(api, body, said):
    assert said in await api.refused(400, "POST", "/agents/status", json=body)
