"""The seeded account: believable, harmless, and the same for the same seed."""

from __future__ import annotations

import json
import re
from ipaddress import ip_address, ip_network

import pytest

HARMLESS = [
    ip_network(text)
    for text in (
        "127.0.0.0/8",
        "192.0.2.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
    )
]
OWN_HOSTS = re.compile(r"(?:^|[.@/])example\.(?:com|net|org)(?:/|$)")


async def everything(api):
    """Return the bytes of what the account shows, except what real packets on loopback said."""
    sessions = [s for s in await api.sessions() if not s["IpAddress"].startswith("127.")]
    requests = [
        ("GET", "/agents?includeTemplates=true&includeDeleted=true", None),
        ("GET", "/agents/customfields", None),
        ("GET", "/sessions", None),
        ("POST", "/sessions/status", {"SessionIds": [s["SessionId"] for s in sessions]}),
    ]
    answers = [await api.send(method, path, json=body) for method, path, body in requests]
    return [answer.content for answer in answers]


async def some_changes(api):
    """Return the bytes of the answers to changes, and of what is shown after them."""
    created = await api.send(
        "POST", "/agents", json={"Name": "x", "Targets": [{"Target": "shop.example.net"}]}
    )
    agent = await api.agent(IsOnline=True)
    await api.new_session(agent, "shop.example.net")
    await api.house.clock.advance(61)
    return [created.content, *await everything(api)]


@pytest.mark.parametrize("doing", [everything, some_changes])
def test_the_same_seed_gives_the_same_bytes(room, doing):
    assert room(doing, seed=7) == room(doing, seed=7)


def test_another_seed_gives_another_account(room):
    one, two = room(everything, seed=1), room(everything, seed=2)
    assert one[0] != two[0]
    assert one[2] != two[2]


def test_ids_do_not_depend_on_when_the_account_is_first_used(room):
    async def ids(api):
        return [a["UniqueId"] for a in await api.agents()], [
            s["SessionId"] for s in await api.sessions()
        ]

    async def later(api):
        await api.house.clock.advance(86_400 * 3.7)
        return await ids(api)

    assert room(ids) == room(later)


async def test_a_reset_brings_the_account_back(api):
    before = await everything(api)
    await api.new_agent("192.0.2.1")
    async with api.house.client() as caretaker:
        answer = await caretaker.post("/__mock/reset")
        assert answer.status_code == 200
    assert await everything(api) == before


@pytest.mark.parametrize("seed", range(5))
def test_there_are_all_sorts_of_agents(room, seed):
    async def story(api):
        agents = await api.agents()
        assert len(agents) == 24
        living = [a for a in agents if not a["Deleted"] and not a["IsTemplate"]]
        assert sum(a["Deleted"] for a in agents) == 2
        assert sum(a["IsTemplate"] for a in agents) == 2
        assert sum(not a["Configured"] for a in living) == 1
        assert sum(not a["IsOnline"] for a in living if a["Configured"]) == 4
        assert {a["Platform"] for a in agents} == {"Windows", "MacOS", "Linux", "NotSpecified"}
        assert {a["OnWifi"] for a in agents} == {True, False, None}
        sessions = await api.sessions()
        assert {s["Status"] for s in sessions} == {"Active", "Paused", "Closed"}
        assert all(1 <= a["TotalSessions"] <= 4 for a in agents)

    room(story, seed=seed)


@pytest.mark.parametrize("seed", range(5))
def test_every_address_is_loopback_or_for_documentation(room, seed):
    async def story(api):
        agents = await api.agents()
        addresses = [s["IpAddress"] for s in await api.sessions()]
        addresses += [a["MostRecentIPAddress"] for a in agents]
        interfaces = [a["CurrentNetworkInterface"] for a in agents]
        addresses += [i[key] for i in interfaces if i for key in ("GatewayIP", "AdapterIP")]
        known = [ip_address(address) for address in addresses if address]
        assert len(known) > 80
        for address in known:
            assert any(address in net for net in HARMLESS), address

    room(story, seed=seed)


async def test_every_name_is_under_example(api):
    agents = await api.agents()
    names = [a["Servers"] for a in agents if a["Servers"]]
    users = [json.loads(a["UserAttributesJson"]) for a in agents if a["UserAttributesJson"]]
    names += [user["user"] for user in users]
    names += [s["Description"] for s in await api.sessions() if "." in s["Description"]]
    assert len(names) > 40
    for name in names:
        assert OWN_HOSTS.search(name), name


async def test_what_an_agent_says_fits_together(api):
    agents = await api.agents()
    by_id = {agent["UniqueId"]: agent for agent in agents}
    for agent in agents:
        if agent["TemplateUniqueId"]:
            assert by_id[agent["TemplateUniqueId"]]["IsTemplate"]
        if agent["Deleted"]:
            assert not agent["IsOnline"]
            assert agent["OpenSessions"] == 0
            assert agent["CreationDate"] < agent["LastMessageTime"] < agent["DeletionDate"]
        else:
            assert agent["DeletionDate"] is None
        interface = agent["CurrentNetworkInterface"]
        assert (interface is None) == (agent["OnWifi"] is None)
        if interface:
            assert (interface["Type"] == "Wireless") is agent["OnWifi"]
            assert agent["ConnectionType"] == interface["Type"]


async def test_no_time_is_in_the_future(api):
    for agent in await api.agents():
        for key in ("CreationDate", "LastMessageTime", "DeletionDate"):
            assert (agent[key] or "") <= "2026-01-01T00:00:00.000Z"


async def test_expected_qualities_are_definitions_that_statuses_know(api):
    sessions, agents = await api.sessions(), await api.agents()
    body = {"SessionIds": [sessions[0]["SessionId"]]}
    (status,) = await api.ok("POST", "/sessions/status", json=body)
    known = {quality["QualityDefinitionId"] for quality in status["TargetQuality"]}
    named = [one["ExpectedQuality"] for one in (*sessions, *agents) if one["ExpectedQuality"]]
    assert {quality["Id"] for quality in named} == known
    assert any(one["ExpectedQuality"] is None for one in sessions)


async def test_names_are_resolved_where_an_agent_was_installed(api):
    agents = {agent["UniqueId"]: agent for agent in await api.agents()}
    for session in await api.sessions():
        installed = agents[session["AgentUniqueId"]]["Configured"]
        assert (session["IpAddress"] != "") is installed


async def test_one_name_has_one_address_in_the_whole_account(api):
    addresses = {}
    for session in await api.sessions():
        if session["IpAddress"] and session["Description"] in {"Intranet", "www.example.com"}:
            addresses.setdefault(session["Description"], set()).add(session["IpAddress"])
    assert [len(found) for found in addresses.values()] == [1, 1]
