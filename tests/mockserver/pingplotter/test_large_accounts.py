"""A large account is read in few steps: the store is not asked once for every row."""

from __future__ import annotations

import asyncio

AGENTS = 60


async def asked(api, method, path, **request):
    """Return how many questions a request puts to the store."""
    statements = []
    connection = api.house.app.store._connection
    connection.set_trace_callback(statements.append)
    await api.ok(method, path, **request)
    connection.set_trace_callback(None)
    return sum(statement.startswith("SELECT") for statement in statements)


async def grow(api):
    created = [await api.new_agent("192.0.2.1") for _ in range(AGENTS)]
    body = [
        {"Target": f"192.0.2.{n}", "AgentUniqueId": agent["UniqueId"]}
        for agent in created
        for n in range(1, 4)
    ]
    await api.ok("POST", "/sessions", json=body)


async def test_lists_take_as_few_questions_for_many_as_for_few(api):
    paths = ("/agents", "/sessions", "/agents/customfields")
    await api.agents()  # the account is filled at first use
    before = [await asked(api, "GET", path) for path in paths]
    await grow(api)
    assert [await asked(api, "GET", path) for path in paths] == before


async def test_a_batch_of_sessions_takes_as_few_questions_for_many_as_for_one(api):
    await grow(api)
    ids = [session["SessionId"] for session in await api.sessions()]
    path = "/sessions/status"
    one = await asked(api, "POST", path, json={"SessionIds": ids[:1]})
    assert await asked(api, "POST", path, json={"SessionIds": ids}) == one


async def test_starting_many_sessions_takes_one_look_at_their_agents(api):
    agents = await api.ok("GET", "/agents")
    many = [{"Target": "192.0.2.1", "AgentUniqueId": a["UniqueId"]} for a in agents]
    one = await asked(api, "POST", "/sessions", json=many[:1])
    assert await asked(api, "POST", "/sessions", json=many) == one


async def test_changes_made_at_once_are_all_made(api):
    agent = await api.agent(IsOnline=True)
    body = [{"Target": "192.0.2.1", "AgentUniqueId": agent["UniqueId"]}]
    calls = [api.ok("POST", "/sessions", json=body) for _ in range(40)]
    assert await asyncio.gather(*calls) == [True] * 40
    after = await api.ok("GET", f"/agents/{agent['UniqueId']}")
    assert after["TotalSessions"] == agent["TotalSessions"] + 40
    ids = [session["SessionId"] for session in await api.sessions()]
    assert len(set(ids)) == len(ids)


def test_what_was_done_is_there_after_a_restart(room, tmp_path):
    state = str(tmp_path / "state.db")

    async def first(api):
        agent = await api.new_agent("192.0.2.1 Router")
        session = await api.session()
        await api.ok("PUT", f"/sessions/{session['SessionId']}/close")
        return agent, await api.agents(), await api.sessions()

    async def second(api):
        agents, sessions = await api.agents(), await api.sessions()
        return agents, sessions, await api.new_agent()

    agent, *before = room(first, state=state)
    *after, newer = room(second, state=state)
    assert after == before
    assert newer["UniqueId"] != agent["UniqueId"]
