"""What ids of quality definitions and configurations there are, and what packets they mean."""

from __future__ import annotations

import pytest

from mockserver.vendors.pingplotter.configurations import configuration
from probes.ping import PingPlan
from probes.tcp import TcpPlan


async def test_the_quality_definitions_are_those_that_statuses_know(api):
    listed = await api.ok("GET", "/settings/quality-definitions")
    session = await api.session()
    told = await api.ok("GET", f"/sessions/{session['SessionId']}/status")
    ids = [quality["QualityDefinitionId"] for quality in told["TargetQuality"]]
    assert [one["Id"] for one in listed] == ids


async def test_curves_are_shown_with_their_knots(api):
    listed = {one["Id"]: one for one in await api.ok("GET", "/settings/quality-definitions")}
    voice = listed["voice-over-ip"]
    assert voice["Name"] == "Voice-over-IP"
    assert voice["LatencyInMs"] == {"GoodUpTo": 100, "FairUpTo": 135}


async def test_one_configuration_is_the_default(api):
    listed = await api.ok("GET", "/settings/configurations")
    (default,) = [one for one in listed if one["IsDefault"]]
    assert (default["Id"], default["PacketType"], default["Port"]) == (
        "icmp-default",
        "ICMP",
        None,
    )
    assert {one["PacketType"] for one in listed} == {"ICMP", "TCP"}


@pytest.mark.parametrize(
    ("id_", "port"),
    [("tcp-443", 443), ("tcp-1", 1), ("tcp-65535", 65_535)],
)
def test_a_tcp_configuration_sends_one_syn_to_its_port(id_, port):
    plan = configuration(id_).plan("192.0.2.7")
    assert isinstance(plan, TcpPlan)
    assert (plan.port, plan.count, plan.mode) == (port, 1, "syn")


@pytest.mark.parametrize("id_", ["icmp-default", "", "no-such", "tcp-0", "tcp-65536", "tcp-x"])
def test_every_other_id_sends_one_echo_request(id_):
    plan = configuration(id_).plan("192.0.2.7")
    assert isinstance(plan, PingPlan)
    assert plan.count == 1


@pytest.mark.parametrize("target", ["192.0.2.7", "127.0.0.1"])
async def test_a_session_with_tcp_packets_is_measured(api, target):
    agent = await api.agent(IsOnline=True)
    one = {"Target": target, "AgentUniqueId": agent["UniqueId"], "ConfigurationId": "tcp-443"}
    await api.ok("POST", "/sessions", json=[one])
    session = (await api.sessions(agentUniqueId=agent["UniqueId"]))[-1]
    await api.first_rounds()
    told = await api.ok("GET", f"/sessions/{session['SessionId']}/status")
    assert "NoData" not in {quality["QualityValue"] for quality in told["TargetQuality"]}
