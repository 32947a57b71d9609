"""Pausing and resuming: four operations on one state."""

from __future__ import annotations

import pytest

NUMBERS = {"pause": 0, "resume": 1}


async def by_session(api, session, action):
    body = {"SessionId": session["SessionId"], "Action": action}
    return await api.ok("PUT", "/sessions", json=body)


async def by_agent_and_session(api, session, action):
    body = {"SessionId": session["SessionId"], "Action": action}
    return await api.ok("PUT", f"/agents/{session['AgentUniqueId']}/session", json=body)


async def all_by_agent(api, session, action):
    path = f"/agents/{session['AgentUniqueId']}/sessions"
    return await api.ok("PUT", path, params={"action": NUMBERS[action]})


async def all_by_the_other_path(api, session, action):
    path = f"/sessions/{session['AgentUniqueId']}"
    return await api.ok("PUT", path, params={"action": NUMBERS[action]})


SINGLE = [by_session, by_agent_and_session]
ALL = [all_by_agent, all_by_the_other_path]


@pytest.mark.parametrize("pause", SINGLE + ALL)
@pytest.mark.parametrize("resume", SINGLE + ALL)
async def test_what_one_way_pauses_every_way_resumes(api, pause, resume):
    session = await api.session("Active")
    assert await pause(api, session, "pause") is True
    assert await api.status_of(session) == "Paused"
    assert await resume(api, session, "resume") is True
    assert await api.status_of(session) == "Active"


@pytest.mark.parametrize("way", SINGLE)
async def test_one_session_is_changed_and_no_other(api, way):
    session = await api.session("Active")
    before = await api.sessions()
    await way(api, session, "pause")
    for old, new in zip(before, await api.sessions(), strict=True):
        assert new == (old | {"Status": "Paused"} if old == session else old)


@pytest.mark.parametrize("way", ALL)
async def test_all_open_sessions_of_the_agent_are_changed_and_no_other(api, way):
    session = await api.session("Active")
    await api.new_session({"UniqueId": session["AgentUniqueId"]}, "192.0.2.7")
    before = await api.sessions()
    await way(api, session, "pause")
    for old, new in zip(before, await api.sessions(), strict=True):
        its = old["AgentUniqueId"] == session["AgentUniqueId"]
        open_ = old["Status"] != "Closed"
        assert new == (old | {"Status": "Paused"} if its and open_ else old)


@pytest.mark.parametrize("way", SINGLE + ALL)
@pytest.mark.parametrize(("action", "status"), [("pause", "Paused"), ("resume", "Active")])
async def test_doing_it_twice_changes_nothing_more(api, way, action, status):
    session = await api.session("Active")
    for _ in range(2):
        assert await way(api, session, action) is True
        assert await api.status_of(session) == status


@pytest.mark.parametrize("way", SINGLE)
async def test_resuming_reopens_a_closed_session(api, way):
    session = await api.session("Closed")
    await way(api, session, "resume")
    assert await api.status_of(session) == "Active"


@pytest.mark.parametrize("way", SINGLE + ALL)
async def test_pausing_leaves_a_closed_session_closed(api, way):
    session = await api.session("Closed")
    assert await way(api, session, "pause") is True
    assert await api.status_of(session) == "Closed"


@pytest.mark.parametrize("way", ALL)
async def test_resuming_all_leaves_closed_sessions_closed(api, way):
    session = await api.session("Closed")
    assert await way(api, session, "resume") is True
    assert await api.status_of(session) == "Closed"


async def test_a_session_of_another_agent_is_not_found(api):
    session = await api.session("Active")
    other = next(
        a for a in await api.ok("GET", "/agents") if a["UniqueId"] != session["AgentUniqueId"]
    )
    body = {"SessionId": session["SessionId"], "Action": "pause"}
    await api.refused(404, "PUT", f"/agents/{other['UniqueId']}/session", json=body)
    assert await api.status_of(session) == "Active"


async def test_the_put_on_the_path_of_a_session_takes_no_session(api):
    """GET /sessions/{id} wants a session's id there, PUT an agent's."""
    session = await api.session("Active")
    path = f"/sessions/{session['SessionId']}"
    await api.refused(404, "PUT", path, params={"action": 0})
    assert await api.status_of(session) == "Active"


@pytest.mark.parametrize("action", ["pause", "resume"])
async def test_an_unknown_session_is_not_found(api, action):
    agent = await api.agent(IsOnline=True)
    body = {"SessionId": "s1:nothing", "Action": action}
    await api.refused(404, "PUT", "/sessions", json=body)
    await api.refused(404, "PUT", f"/agents/{agent['UniqueId']}/session", json=body)


@pytest.mark.parametrize("who", ["unknown", "deleted"])
async def test_unknown_and_deleted_agents_are_not_found(api, who):
    deleted = (await api.agent(Deleted=True))["UniqueId"]
    id_ = deleted if who == "deleted" else "a1:nobody"
    session = (await api.sessions(agentUniqueId=deleted))[0]
    body = {"SessionId": session["SessionId"], "Action": "resume"}
    await api.refused(404, "PUT", f"/agents/{id_}/session", json=body)
    await api.refused(404, "PUT", f"/agents/{id_}/sessions?action=1")
    await api.refused(404, "PUT", f"/sessions/{id_}?action=1")


async def test_sessions_of_a_deleted_agent_stay_closed(api):
    deleted = await api.agent(Deleted=True)
    session = (await api.sessions(agentUniqueId=deleted["UniqueId"]))[0]
    body = {"SessionId": session["SessionId"], "Action": "resume"}
    assert "deleted" in await api.refused(404, "PUT", "/sessions", json=body)
    assert await api.ok("PUT", "/sessions", json=body | {"Action": "pause"}) is True
    assert await api.status_of(session) == "Closed"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"Action": "pause"}, "SessionId is required"),
        ({"SessionId": "x"}, "Action is required"),
        ({"SessionId": "x", "Action": "stop"}, "expected one of pause, resume"),
        ({"SessionId": "x", "Action": "Pause"}, "expected one of pause, resume"),
        ({"SessionId": "x", "Action": 0}, "Action is invalid"),
        ({"SessionId": 1, "Action": "pause"}, "SessionId is invalid"),
    ],
)
async def test_a_wrong_body_is_refused(api, body, said):
    agent = await api.agent(IsOnline=True)
    assert said in await api.refused(400, "PUT", "/sessions", json=body)
    path = f"/agents/{agent['UniqueId']}/session"
    assert said in await api.refused(400, "PUT", path, json=body)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "query action is required: expected one of 0, 1"),
        ("?action=2", "query action is invalid: expected one of 0, 1, received 2"),
        ("?action=pause", "query action is invalid"),
        ("?action=", "query action is invalid"),
    ],
)
async def test_a_wrong_action_is_refused(api, query, said):
    session = await api.session("Active")
    id_ = session["AgentUniqueId"]
    assert said in await api.refused(400, "PUT", f"/agents/{id_}/sessions{query}")
    assert said in await api.refused(400, "PUT", f"/sessions/{id_}{query}")
    assert await api.status_of(session) == "Active"
