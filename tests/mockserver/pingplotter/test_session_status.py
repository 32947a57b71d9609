"""The status of sessions, alone and in a batch."""

from __future__ import annotations

from itertools import pairwise

import pytest

START_MS = 1_767_225_600_000


async def status(api, session):
    return await api.ok("GET", f"/sessions/{session['SessionId']}/status")


async def batch(api, *sessions, **query):
    ids = [session["SessionId"] for session in sessions]
    return await api.ok("POST", "/sessions/status", json={"SessionIds": ids, **query})


def values(told):
    return {quality["QualityValue"] for quality in told["TargetQuality"]}


async def test_a_status_labels_its_session(api):
    for session in await api.sessions():
        told = await status(api, session)
        del told["TargetQuality"]
        keys = ("SessionId", "Description", "IpAddress")
        assert told == {key: session[key] for key in keys}


async def test_an_active_session_of_an_online_agent_is_measured(api):
    for quality in (await status(api, await api.session()))["TargetQuality"]:
        assert quality["QualityValue"] in {"Good", "Fair", "Poor"}
        assert 0 <= quality["QualityScore"] <= 100
        assert quality["MeasuredAtTimestampInMs"] <= START_MS


@pytest.mark.parametrize(
    ("wanted", "online"),
    [("Paused", True), ("Closed", True), ("Active", False), ("Paused", False)],
)
async def test_others_have_no_data(api, wanted, online):
    told = await status(api, await api.session(wanted, online=online))
    assert len(told["TargetQuality"]) == 4
    for quality in told["TargetQuality"]:
        del quality["QualityDefinitionId"]
        assert quality == {
            "QualityValue": "NoData",
            "MeasuredAt": None,
            "MeasuredAtTimestampInMs": None,
            "QualityScore": None,
        }


@pytest.mark.parametrize("action", ["pause", "close", "delete"])
async def test_what_stops_a_session_takes_its_data_away(api, action):
    session = await api.session()
    assert "NoData" not in values(await status(api, session))
    body = {"SessionId": session["SessionId"], "Action": "pause"}
    await {
        "pause": lambda: api.ok("PUT", "/sessions", json=body),
        "close": lambda: api.ok("PUT", f"/sessions/{session['SessionId']}/close"),
        "delete": lambda: api.ok("DELETE", "/agents", json={"UniqueId": session["AgentUniqueId"]}),
    }[action]()
    assert values(await status(api, session)) == {"NoData"}


async def test_a_resumed_session_is_measured_again(api):
    session = await api.session("Paused")
    await api.house.clock.advance(30)
    body = {"SessionId": session["SessionId"], "Action": "resume"}
    await api.ok("PUT", "/sessions", json=body)
    assert values(await status(api, session)) == {"NoData"}
    await api.first_rounds()
    told = await status(api, session)
    assert "NoData" not in values(told)
    moments = {quality["MeasuredAtTimestampInMs"] for quality in told["TargetQuality"]}
    assert START_MS + 30_000 <= min(moments) == max(moments) <= START_MS + 32_600


async def test_each_interval_brings_another_sample(api):
    session = await api.session()
    moments = []
    for _ in range(5):
        await api.house.clock.advance(2.5)
        told = await status(api, session)
        moments += {quality["MeasuredAtTimestampInMs"] for quality in told["TargetQuality"]}
    assert [later - earlier for earlier, later in pairwise(moments)] == [2500] * 4


async def test_scores_move_with_time(api):
    sessions = await api.sessions()
    seen = []
    for _ in range(3):
        told = await batch(api, *sessions)
        seen.append([q["QualityScore"] for one in told for q in one["TargetQuality"]])
        await api.house.clock.advance(60)
    assert seen[0] != seen[1] != seen[2]


async def test_a_target_on_loopback_is_as_good_as_can_be(api):
    agent = await api.agent(IsOnline=True)
    session = await api.new_session(agent, "127.0.0.9")
    await api.first_rounds()
    told = await status(api, session)
    assert values(told) == {"Good"}
    assert min(quality["QualityScore"] for quality in told["TargetQuality"]) > 95


async def test_over_many_sessions_all_verdicts_occur_and_most_are_good(api):
    agent = await api.agent(IsOnline=True)
    body = [{"Target": f"h{n}", "AgentUniqueId": agent["UniqueId"]} for n in range(400)]
    await api.ok("POST", "/sessions", json=body)
    await api.house.clock.advance(30)
    told = await batch(api, *(await api.sessions(agentUniqueId=agent["UniqueId"]))[-400:])
    counted = [q["QualityValue"] for one in told for q in one["TargetQuality"]]
    assert counted.count("Good") > len(counted) / 2
    assert counted.count("Poor") > len(counted) / 20
    assert counted.count("Fair") > 0


async def test_an_unknown_session_is_not_found(api):
    await api.refused(404, "GET", "/sessions/s1:nothing/status")


async def test_a_batch_tells_the_same_as_each_alone_in_the_order_asked(api):
    sessions = (await api.sessions())[::-5]
    assert await batch(api, *sessions) == [await status(api, one) for one in sessions]


async def test_a_batch_leaves_out_what_is_not_there(api):
    session = await api.session()
    told = await batch(api, {"SessionId": "s1:nothing"}, session, session)
    assert [one["SessionId"] for one in told] == [session["SessionId"]]
    assert await batch(api) == []


async def test_definitions_can_be_chosen_for_a_batch(api):
    session = await api.session()
    (told,) = await batch(api, session, QualityDefinitionIds=["video-call", "no-such"])
    assert [q["QualityDefinitionId"] for q in told["TargetQuality"]] == ["video-call"]
    (told,) = await batch(api, session, QualityDefinitionIds=["no-such"])
    assert told["TargetQuality"] == []
    assert await batch(api, session, QualityDefinitionIds=[]) == await batch(api, session)


async def test_targets_that_do_not_fit_are_left_out_of_a_batch(api):
    sessions = await api.sessions()
    oven = await api.new_session(await api.agent(IsOnline=True), "192.0.2.77 Oven")
    every = [*sessions, oven]
    only = await batch(api, oven)
    assert await batch(api, *every, TargetName="oven") == only
    assert await batch(api, *every, TargetName="Oven", TargetIp="192.0.2.77") == only
    assert await batch(api, *every, TargetName="Oven", TargetIp="192.0.2.78") == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "SessionIds is required"),
        ({"SessionIds": "s1:x"}, "SessionIds is invalid"),
        ({"SessionIds": [5]}, "SessionIds[0] is invalid"),
        ({"SessionIds": [], "TargetName": None}, "TargetName is invalid"),
        ([], "the request body is invalid"),
    ],
)
async def test_a_wrong_body_is_refused(api, body, said):
    assert said in await api.refused(400, "POST", "/sessions/status", json=body)
