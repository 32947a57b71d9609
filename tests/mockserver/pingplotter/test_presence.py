"""When agents were last heard of, and having them connect anew."""

from __future__ import annotations


async def last_heard(api, agent):
    return (await api.ok("GET", f"/agents/{agent['UniqueId']}"))["LastMessageTime"]


async def test_an_online_agent_that_traces_nothing_is_heard_of_every_half_minute(api):
    agent = await api.agent(IsOnline=True)
    await api.ok("PUT", f"/agents/{agent['UniqueId']}/sessions?action=0")
    heard = set()
    for _ in range(10):
        await api.house.clock.advance(15)
        heard.add(await last_heard(api, agent))
    assert 5 <= len(heard) <= 6


async def test_an_online_agent_is_heard_of_with_each_sample(api):
    session = await api.session()
    await api.house.clock.advance(60)
    (newest_ms,) = {
        quality["MeasuredAtTimestampInMs"]
        for quality in (await api.ok("GET", f"/sessions/{session['SessionId']}/status"))[
            "TargetQuality"
        ]
    }
    path = f"/agents/{session['AgentUniqueId']}/status"
    last_ms = (await api.ok("POST", path, json={}))["LastMessageTimestampInMs"]
    assert last_ms >= newest_ms > await now_ms(api) - 2500


async def now_ms(api):
    return api.house.clock.now_ms()


async def test_an_offline_agent_is_not_heard_of_again(api):
    agent = await api.agent(IsOnline=False, Configured=True)
    await api.house.clock.advance(120)
    assert await last_heard(api, agent) == agent["LastMessageTime"]


async def test_reconnecting_makes_this_moment_the_last_message(api):
    agent = await api.agent(IsOnline=True)
    await api.house.clock.advance(7.125)
    path = f"/agents/{agent['UniqueId']}/forcereconnect"
    assert await api.ok("POST", path) is True
    assert await last_heard(api, agent) == "2026-01-01T00:00:07.125Z"


async def test_reconnecting_concerns_one_agent_only(api):
    agent = await api.agent(IsOnline=True)
    before = [a for a in await api.agents() if a["UniqueId"] != agent["UniqueId"]]
    await api.ok("POST", f"/agents/{agent['UniqueId']}/forcereconnect")
    after = [a for a in await api.agents() if a["UniqueId"] != agent["UniqueId"]]
    assert after == before


async def test_an_offline_agent_does_not_hear_of_it(api):
    agent = await api.agent(IsOnline=False, Configured=True, Deleted=False)
    assert await api.ok("POST", f"/agents/{agent['UniqueId']}/forcereconnect") is True
    assert await api.ok("GET", f"/agents/{agent['UniqueId']}") == agent


async def test_a_template_can_be_asked_in_vain(api):
    template = await api.agent(IsTemplate=True)
    assert await api.ok("POST", f"/agents/{template['UniqueId']}/forcereconnect") is True
    assert await last_heard(api, template) is None


async def test_unknown_and_deleted_agents_are_not_found(api):
    deleted = await api.agent(Deleted=True)
    for id_ in ("a1:nobody", deleted["UniqueId"]):
        await api.refused(404, "POST", f"/agents/{id_}/forcereconnect")


async def test_a_body_is_not_looked_at(api):
    agent = await api.agent(IsOnline=True)
    path = f"/agents/{agent['UniqueId']}/forcereconnect"
    assert await api.ok("POST", path, content=b"whatever") is True
