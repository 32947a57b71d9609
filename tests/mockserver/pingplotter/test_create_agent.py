"""Creating agents and templates."""

from __future__ import annotations

import pytest


async def test_a_new_agent_was_never_installed(api):
    created = await api.ok("POST", "/agents", json={"Name": "Warehouse scanner"})
    id_, url = created.pop("UniqueId"), created.pop("DownloadUrl")
    assert created == {
        "Name": "Warehouse scanner",
        "IsOnline": False,
        "IsTemplate": False,
        "IsBorrowed": False,
        "OpenSessions": 0,
        "TotalSessions": 0,
        "Configured": False,
        "Platform": "NotSpecified",
        "ServiceRunning": False,
        "Deleted": False,
        "HasSyncedServers": False,
    }
    assert id_.startswith("a1:")
    assert url.startswith("http://127.0.0.1:8080/pingplotter/downloads/")


async def test_the_new_agent_is_listed_as_it_was_created(api):
    before = await api.agents()
    created = await api.new_agent("192.0.2.1 Router")
    *others, listed = await api.agents()
    assert others == before
    assert created.items() <= listed.items()


async def test_what_only_a_device_can_tell_is_null(api):
    created = await api.new_agent()
    agent = await api.ok("GET", f"/agents/{created['UniqueId']}")
    unknown = {key for key, value in agent.items() if value is None}
    assert unknown == {
        "LastMessageTime",
        "MachineID",
        "MachineName",
        "MostRecentIPAddress",
        "ClientDetails",
        "DeletionDate",
        "Notes",
        "UserAttributesJson",
        "Servers",
        "OnWifi",
        "OnVPN",
        "CurrentNetworkInterface",
        "ConnectionType",
        "TemplateUniqueId",
        "ExpectedQuality",
    }


async def test_it_was_created_now(api):
    await api.house.clock.advance(90.5)
    created = await api.new_agent()
    agent = await api.ok("GET", f"/agents/{created['UniqueId']}")
    assert agent["CreationDate"] == "2026-01-01T00:01:30.500Z"


async def test_its_targets_become_active_sessions(api):
    created = await api.new_agent("192.0.2.1 Router", "www.example.com")
    assert (created["OpenSessions"], created["TotalSessions"]) == (2, 2)
    router, site = await api.sessions(agentUniqueId=created["UniqueId"])
    assert (router["Description"], router["IpAddress"]) == ("Router", "192.0.2.1")
    assert (site["Description"], site["IpAddress"]) == ("www.example.com", "")
    assert router["Status"] == site["Status"] == "Active"


async def test_a_template_has_sessions_for_its_targets_too(api):
    created = await api.new_agent("192.0.2.1 Router", IsTemplate=True)
    assert created["IsTemplate"]
    assert created["OpenSessions"] == 1
    listed = await api.ok("GET", "/agents")
    assert all(a["UniqueId"] != created["UniqueId"] for a in listed)
    assert await api.sessions(agentUniqueId=created["UniqueId"])


async def test_a_target_without_text_starts_nothing(api):
    created = await api.new_agent(Targets=[{"ConfigurationId": "icmp-default"}, {}])
    assert created["TotalSessions"] == 0


async def test_two_agents_may_have_the_same_name_but_not_the_same_id(api):
    first, second = await api.new_agent(), await api.new_agent()
    assert first["Name"] == second["Name"]
    assert first["UniqueId"] != second["UniqueId"]
    assert len({a["UniqueId"] for a in await api.agents()}) == 26


async def test_unknown_keys_are_ignored(api):
    created = await api.new_agent(UniqueId="a1:mine", Color="red")
    assert created["UniqueId"] != "a1:mine"
    assert "Color" not in created


@pytest.mark.parametrize("interval", [0, 2500, "2500", "0002500", "9" * 5000, 2**63 - 1])
async def test_intervals_are_numbers_or_digits_of_any_size(api, interval):
    targets = [{"Target": "192.0.2.1", "TraceIntervalInMs": interval}]
    assert (await api.new_agent(Targets=targets))["TotalSessions"] == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Name is required"),
        ({"Name": None}, "Name is invalid"),
        ({"Name": "x", "IsTemplate": "yes"}, "IsTemplate is invalid"),
        ({"Name": "x", "Targets": {}}, "Targets is invalid"),
        ({"Name": "x", "Targets": [{"Target": 5}]}, "Targets[0].Target is invalid"),
        ({"Name": "x", "Targets": [{"Target": "  "}]}, "Targets[0].Target is invalid"),
        (
            {"Name": "x", "Targets": [{"Target": "a", "TraceIntervalInMs": -1}]},
            "Targets[0].TraceIntervalInMs is invalid",
        ),
        (
            {"Name": "x", "Targets": [{"Target": "a", "TraceIntervalInMs": "soon"}]},
            "Targets[0].TraceIntervalInMs is invalid",
        ),
        ([], "the request body is invalid"),
    ],
)
async def test_a_wrong_body_is_refused_and_creates_nothing(api, body, said):
    before = await api.agents(), await api.sessions()
    assert said in await api.refused(400, "POST", "/agents", json=body)
    assert (await api.agents(), await api.sessions()) == before


async def test_every_fault_of_a_body_is_told(api):
    body = {"Targets": 1, "IsTemplate": 2}
    said = await api.refused(400, "POST", "/agents", json=body)
    assert said.count(";") == 2
    assert all(name in said for name in ("Name", "Targets", "IsTemplate"))
