"""Creating sessions: all of an array, or none."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "description", "address"),
    [
        ("192.0.2.7 Router", "Router", "192.0.2.7"),
        ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.7 Router on floor 2", "Router on floor 2", "192.0.2.7"),
        ("  192.0.2.7   Router  ", "Router", "192.0.2.7"),
        ("192.0.2.7 ", "192.0.2.7", "192.0.2.7"),
        ("2001:db8::7 Uplink", "Uplink", "2001:db8::7"),
        ("http://192.0.2.7:8080/x Panel", "Panel", "192.0.2.7"),
        ("http://[2001:db8::7]/", "http://[2001:db8::7]/", "2001:db8::7"),
        ("http://[nonsense/ Broken", "Broken", ""),
        ("http:// Empty", "Empty", ""),
        ("localhost Here", "Here", "127.0.0.1"),
    ],
)
async def test_text_after_the_first_space_is_the_alias(api, text, description, address):
    session = await api.new_session(await api.agent(IsOnline=True), text)
    assert session["Description"] == description
    assert session["IpAddress"] == address


async def test_a_new_session_is_active_and_judged_as_its_agent_is(api):
    agent = await api.agent(IsOnline=True)
    session = await api.new_session(agent, "192.0.2.7")
    assert session["Status"] == "Active"
    assert session["ExpectedQuality"] == agent["ExpectedQuality"]
    assert session["SessionId"].startswith("s1:")


async def test_a_name_has_one_address_wherever_it_is_traced(api):
    agent = await api.agent(IsOnline=True)
    spellings = ("shop.example.net", "SHOP.example.net.", "https://shop.example.net/cart")
    addresses = {(await api.new_session(agent, text))["IpAddress"] for text in spellings}
    assert len(addresses) == 1
    assert addresses.pop().startswith(("192.0.2.", "198.51.100.", "203.0.113."))


async def test_an_agent_that_is_offline_resolves_no_name(api):
    agent = await api.agent(IsOnline=False, Configured=True, Deleted=False)
    assert (await api.new_session(agent, "shop.example.net"))["IpAddress"] == ""
    assert (await api.new_session(agent, "192.0.2.7"))["IpAddress"] == "192.0.2.7"


async def test_an_array_starts_a_session_for_each_target(api):
    first, second = (await api.ok("GET", "/agents"))[:2]
    body = [
        {"Target": f"192.0.2.{number}", "AgentUniqueId": agent["UniqueId"]}
        for number, agent in enumerate((first, second, first), 1)
    ]
    before = await api.sessions()
    assert await api.ok("POST", "/sessions", json=body) is True
    after = await api.sessions()
    new = after[len(before) :]
    assert after[: len(before)] == before
    assert [(s["IpAddress"], s["AgentUniqueId"]) for s in new] == [
        (one["Target"], one["AgentUniqueId"]) for one in body
    ]
    assert len({s["SessionId"] for s in after}) == len(after)


async def test_the_same_target_twice_is_two_sessions(api):
    agent = await api.agent(IsOnline=True)
    one, two = [await api.new_session(agent, "192.0.2.7") for _ in range(2)]
    assert one["SessionId"] != two["SessionId"]


async def test_an_empty_array_starts_nothing(api):
    before = await api.sessions()
    assert await api.ok("POST", "/sessions", json=[]) is True
    assert await api.sessions() == before


@pytest.mark.parametrize("other", ["a1:nobody", "deleted", ""])
async def test_one_unknown_agent_stops_all_of_them(api, other):
    agent = await api.agent(IsOnline=True)
    wrong = (await api.agent(Deleted=True))["UniqueId"] if other == "deleted" else other
    before = await api.sessions()
    body = [{"Target": "192.0.2.7", "AgentUniqueId": id_} for id_ in (agent["UniqueId"], wrong)]
    said = await api.refused(404, "POST", "/sessions", json=body)
    assert f'"{wrong}"' in said
    assert await api.sessions() == before


@pytest.mark.parametrize(
    ("faulty", "said"),
    [
        ({"Target": "192.0.2.7"}, "[1].AgentUniqueId is required"),
        ({"AgentUniqueId": "x"}, "[1].Target is required"),
        ({"Target": "", "AgentUniqueId": "x"}, "[1].Target is invalid"),
        ({"Target": "   ", "AgentUniqueId": "x"}, "[1].Target is invalid"),
        ({"Target": 1, "AgentUniqueId": "x"}, "[1].Target is invalid"),
        (
            {"Target": "a", "AgentUniqueId": "x", "TraceIntervalInMs": 1.5},
            "[1].TraceIntervalInMs is invalid",
        ),
        ("192.0.2.7", "[1] is invalid"),
    ],
)
async def test_one_wrong_target_stops_all_of_them(api, faulty, said):
    agent = await api.agent(IsOnline=True)
    before = await api.sessions()
    body = [{"Target": "192.0.2.7", "AgentUniqueId": agent["UniqueId"]}, faulty]
    assert said in await api.refused(400, "POST", "/sessions", json=body)
    assert await api.sessions() == before


async def test_a_single_object_is_no_array(api):
    agent = await api.agent(IsOnline=True)
    body = {"Target": "192.0.2.7", "AgentUniqueId": agent["UniqueId"]}
    assert "array" in await api.refused(400, "POST", "/sessions", json=body)


async def test_the_interval_may_be_digits_or_zero(api):
    """The manual's tables say string, its samples send numbers, one of them a 0."""
    agent = await api.agent(IsOnline=True)
    one = {"Target": "192.0.2.7", "AgentUniqueId": agent["UniqueId"]}
    body = [one | {"TraceIntervalInMs": value} for value in (0, 2500, "5000")]
    before = len(await api.sessions())
    assert await api.ok("POST", "/sessions", json=body) is True
    assert len(await api.sessions()) == before + 3


async def test_a_template_takes_sessions(api):
    template = await api.agent(IsTemplate=True)
    assert (await api.new_session(template, "192.0.2.7"))["Status"] == "Active"


async def test_a_full_account_refuses_more_and_keeps_what_it_has(api):
    agent = await api.agent(IsOnline=True)
    before = await api.sessions()
    api.house.app.store._limits["pingplotter_session"] = len(before) + 1
    body = [{"Target": "192.0.2.7", "AgentUniqueId": agent["UniqueId"]}] * 2
    assert "limit" in await api.refused(507, "POST", "/sessions", json=body)
    assert await api.sessions() == before
    assert await api.ok("POST", "/sessions", json=body[:1]) is True
