"""Which sessions are traced, when, with what packets, and what their statuses make of it."""

from __future__ import annotations

import pytest

from mockserver.vendors.pingplotter.tracing import place_of

START_MS = 1_767_225_600_000


async def status(api, session):
    return await api.ok("GET", f"/sessions/{session['SessionId']}/status")


def values(told):
    return {quality["QualityValue"] for quality in told["TargetQuality"]}


async def sent(api, session):
    """Return how many packets were sent for a session."""
    path = f"/session-trace-data/{session['SessionId']}/points"
    points = await api.ok("GET", path)
    return sum(point["PacketsSent"] for point in points["Data"])


async def put(api, session, action):
    body = {"SessionId": session["SessionId"], "Action": action}
    await api.ok("PUT", "/sessions", json=body)


async def work(api):
    async with api.house.client() as caretaker:
        return (await caretaker.get("/__mock/work")).json()


async def test_a_new_session_has_no_data_until_its_first_packet(api):
    session = await api.new_session(await api.agent(IsOnline=True), "192.0.2.7")
    assert values(await status(api, session)) == {"NoData"}
    await api.first_rounds()
    assert "NoData" not in values(await status(api, session))


@pytest.mark.parametrize(
    ("interval_ms", "packets"),
    [(2500, 24), (0, 24), (1000, 60), (100, 600), (1, 600), ("500", 120)],
)
async def test_packets_leave_at_the_interval(api, interval_ms, packets):
    agent = await api.agent(IsOnline=True)
    one = {"Target": "192.0.2.7", "AgentUniqueId": agent["UniqueId"]}
    await api.ok("POST", "/sessions", json=[one | {"TraceIntervalInMs": interval_ms}])
    session = (await api.sessions(agentUniqueId=agent["UniqueId"]))[-1]
    await api.house.clock.advance(60)
    assert await sent(api, session) in {packets, packets + 1}


async def test_a_paused_session_sends_nothing_and_a_resumed_one_goes_on(api):
    session = await api.new_session(await api.agent(IsOnline=True), "192.0.2.7")
    counts = []
    for action in ("resume", "pause", "resume"):
        await put(api, session, action)
        await api.house.clock.advance(30)
        counts.append(await sent(api, session))
    assert counts[0] in {12, 13}
    assert counts[1] == counts[0]
    assert counts[2] - counts[1] in {12, 13}


@pytest.mark.parametrize("how", ["close", "delete"])
async def test_what_ends_sends_nothing_more(api, how):
    session = await api.new_session(await api.agent(IsOnline=True), "192.0.2.7")
    await api.house.clock.advance(30)
    before = await sent(api, session)
    await {
        "close": lambda: api.ok("PUT", f"/sessions/{session['SessionId']}/close"),
        "delete": lambda: api.ok("DELETE", "/agents", json={"UniqueId": session["AgentUniqueId"]}),
    }[how]()
    await api.house.clock.advance(30)
    assert await sent(api, session) == before > 0


async def test_an_offline_agent_sends_nothing(api):
    agent = await api.agent(IsOnline=False, Configured=True, Deleted=False)
    session = await api.new_session(agent, "192.0.2.7")
    await api.house.clock.advance(30)
    assert await sent(api, session) == 0
    assert values(await status(api, session)) == {"NoData"}


async def test_what_is_followed_is_what_is_active_at_agents_that_are_there(api):
    agents = {agent["UniqueId"]: agent for agent in await api.agents()}
    traced = [
        s
        for s in await api.sessions()
        if s["Status"] == "Active" and agents[s["AgentUniqueId"]]["IsOnline"]
    ]
    assert (await work(api))["rounds"]["followed"] == len(traced) > 20


async def test_an_agent_that_comes_and_goes_starts_and_stops_its_sessions(api):
    agent = await api.agent(IsOnline=False, Configured=True, Deleted=False)
    session = await api.new_session(agent, "shop.example.net")
    house = api.house.app.house.worlds

    async def turn(online):
        async with api.house.app.store.transaction() as transaction:
            backend = await house.open(transaction, "pingplotter", "default", "")
            await backend.turn_agent(agent["UniqueId"], online=online)
        await api.house.clock.advance(30)
        return await sent(api, session)

    there = await turn(online=True)
    assert there in {12, 13}
    assert (await api.sessions(agentUniqueId=agent["UniqueId"]))[-1]["IpAddress"]
    assert await turn(online=False) == there
    assert (await api.agent(UniqueId=agent["UniqueId"]))[
        "LastMessageTime"
    ] < "2026-01-01T00:00:31Z"


async def test_each_agent_has_a_path_of_its_own_to_the_same_target(api):
    agents = [agent for agent in await api.ok("GET", "/agents") if agent["IsOnline"]][:2]
    sessions = [await api.new_session(agent, "192.0.2.7") for agent in agents]
    await api.house.clock.advance(30)
    paths = [f"/session-trace-data/{s['SessionId']}/points" for s in sessions]
    (one,), (two,) = [(await api.ok("GET", path))["Data"] for path in paths]
    assert one["MinimumLatency"] != two["MinimumLatency"]


@pytest.mark.parametrize(
    ("agent", "place"),
    [
        ({"UniqueId": "a1:x"}, "pingplotter/ci/a1:x"),
        ({"UniqueId": "a1:x", "remote": None}, "pingplotter/ci/a1:x"),
        ({"UniqueId": "a1:x", "remote": "lab"}, "remote/lab"),
    ],
)
def test_an_agent_measures_from_where_it_is(agent, place):
    assert place_of(agent, "ci") == place


async def test_simulated_and_live_answers_say_so_in_a_header(api):
    agent = await api.new_agent()
    session = await api.session()
    path = f"/sessions/{session['SessionId']}/status"
    assert (await api.send("GET", path)).headers["x-mock-network"] == "simulated"
    here = await api.new_session(await api.agent(IsOnline=True), "127.0.0.9")
    path = f"/sessions/{here['SessionId']}/status"
    assert "x-mock-network" not in (await api.send("GET", path)).headers
    await api.first_rounds()
    assert (await api.send("GET", path)).headers["x-mock-network"] == "live"
    body = {"SessionIds": [session["SessionId"], here["SessionId"]]}
    both = await api.send("POST", "/sessions/status", json=body)
    assert both.headers["x-mock-network"] == "live, simulated"
    quiet = await api.send("POST", f"/agents/{agent['UniqueId']}/status", json={})
    assert "x-mock-network" not in quiet.headers


async def test_seeded_sessions_look_as_if_they_ran_already(api):
    session = await api.session()
    told = await api.ok("GET", f"/session-trace-data/{session['SessionId']}/points")
    assert sum(point["PacketsSent"] for point in told["Data"]) == 48
    assert told["EarliestDatapoint"] >= "2025-12-31T23:57:00.000Z"


async def test_a_target_that_names_no_host_is_not_traced(api):
    session = await api.new_session(await api.agent(IsOnline=True), "http:// Empty")
    await api.first_rounds()
    assert values(await status(api, session)) == {"NoData"}


def test_a_refused_target_has_no_data_and_the_control_api_says_why(room):
    async def story(api):
        session = await api.new_session(await api.agent(IsOnline=True), "192.0.2.7")
        await api.first_rounds()
        assert values(await status(api, session)) == {"NoData"}
        assert await sent(api, session) == 0
        told = {one["id"]: one for one in (await work(api))["unmeasured"]}
        assert "192.0.2.7 is refused" in told[session["SessionId"]]["reason"]

    room(story, network="live")


def test_a_name_is_resolved_by_the_first_packet_where_all_is_measured(room):
    async def story(api):
        session = await api.new_session(await api.agent(IsOnline=True), "http://localhost:80/ Me")
        assert session["IpAddress"] == ""
        await api.first_rounds()
        told = await status(api, session)
        assert told["IpAddress"] in {"127.0.0.1", "::1"}
        assert "NoData" not in values(told)

    room(story, network="live")


def test_accounts_do_not_see_one_another(room):
    async def story(api):
        key = {"X-API-KEY": "mock-other"}
        async with api.house.client("pingplotter", **key) as client:
            other = type(api)(api.house, client)
            theirs = await other.new_session(await other.agent(IsOnline=True), "192.0.2.7")
            ours = await api.new_session(await api.agent(IsOnline=True), "192.0.2.7")
            await put(other, theirs, "pause")
            await api.house.clock.advance(30)
            assert await sent(other, theirs) == 0
            assert await sent(api, ours) in {12, 13}

    room(story, account={"other": "mock-other"})


async def test_a_reset_ends_what_was_traced(api):
    await api.session()
    await api.house.clock.advance(10)
    async with api.house.client() as caretaker:
        assert (await caretaker.post("/__mock/reset")).status_code == 200
    before = await work(api)
    await api.house.clock.advance(10)
    after = await work(api)
    assert after["rounds"]["followed"] == after["samples"]["series"] == 0
    assert after["rounds"]["done"] - before["rounds"]["done"] <= before["rounds"]["under_way"]


def test_the_same_seed_and_clock_give_the_same_points(room):
    async def story(api):
        sessions = [s for s in await api.sessions() if not s["IpAddress"].startswith("127.")]
        await api.house.clock.advance(90)
        paths = [f"/session-trace-data/{s['SessionId']}/points" for s in sessions]
        return [(await api.send("GET", path)).content for path in paths]

    one, two, other = room(story, seed=3), room(story, seed=3), room(story, seed=4)
    assert one == two
    assert one != other


def test_a_restart_goes_on_with_what_was_active(room, tmp_path):
    state = tmp_path / "state.db"

    async def before(api):
        agent = await api.agent(IsOnline=True)
        active, paused = [await api.new_session(agent, f"192.0.2.{n}") for n in (7, 8)]
        await put(api, paused, "pause")
        await api.house.clock.advance(30)
        return active, paused, (await work(api))["rounds"]["followed"]

    active, paused, followed = room(before, state=str(state))

    async def after(api):
        assert (await work(api))["rounds"]["followed"] == followed
        assert values(await status(api, active)) == {"NoData"}
        await api.house.clock.advance(30)
        assert await sent(api, active) in {12, 13}
        assert await sent(api, paused) == 0

    room(after, state=str(state))
