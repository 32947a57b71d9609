"""Rules across several keys, and agents that are not there: each refusal names its key."""

from __future__ import annotations


async def test_icmp_takes_no_port(api):
    message = await api.not_created("agent-to-server", protocol="ICMP", port=443)
    assert "port is invalid: expected no port where protocol is ICMP, received 443" in message


async def test_icmp_without_a_port_is_fine(api):
    assert (await api.create("agent-to-server", protocol="ICMP"))["protocol"] == "ICMP"


async def test_a_port_is_a_number_in_its_range(api):
    for port in [0, 65536, "80", 80.5, None]:
        assert "port is invalid" in await api.not_created("agent-to-server", port=port)


async def test_the_times_of_a_page_must_be_in_order(api):
    cases = [
        ({"pageLoadTargetTime": 11}, "pageLoadTargetTime"),
        ({"pageLoadTargetTime": 21, "pageLoadTimeLimit": 20}, "pageLoadTargetTime"),
        ({"pageLoadTimeLimit": 5}, "pageLoadTimeLimit"),
        ({"httpTimeLimit": 10}, "pageLoadTimeLimit"),
        ({"httpTimeLimit": 20, "pageLoadTimeLimit": 20}, "pageLoadTimeLimit"),
    ]
    for choices, named in cases:
        message = await api.not_created("page-load", **choices)
        assert f"{named} is invalid" in message


async def test_times_at_the_border_are_fine(api):
    cases = [
        {"pageLoadTargetTime": 10},
        {"pageLoadTimeLimit": 6},
        {"httpTimeLimit": 20, "pageLoadTimeLimit": 21, "pageLoadTargetTime": 21},
    ]
    for choices in cases:
        assert (await api.create("page-load", **choices)).items() >= choices.items()


async def test_throughput_is_not_measured_with_a_cloud_agent(api):
    for source, target in [(11, 29), (29, 11), (11, 12)]:
        ends = {"agents": [{"agentId": 113}, {"agentId": source}], "targetAgentId": target}
        message = await api.not_created("agent-to-agent", throughputMeasurements=1, **ends)
        assert "throughputMeasurements is invalid" in message
        assert (await api.create("agent-to-agent", throughputMeasurements=0, **ends))["testId"]


async def test_throughput_is_measured_between_customers_agents(api):
    choices = {"throughputMeasurements": 1, "throughputDuration": 5000, "targetAgentId": 29}
    assert (await api.create("agent-to-agent", **choices)).items() >= choices.items()


async def test_an_unknown_agent_is_refused_by_its_place(api):
    message = await api.not_created("dns-trace", agents=[{"agentId": 113}, {"agentId": 999}])
    assert "agents[1].agentId is invalid" in message
    assert "received 999" in message


async def test_an_unknown_target_is_refused(api):
    for type_ in ["voice", "agent-to-agent"]:
        message = await api.not_created(type_, targetAgentId=999)
        assert "targetAgentId is invalid" in message


async def test_every_reason_is_told_at_once(api):
    message = await api.not_created(
        "agent-to-server", agents=[{"agentId": 998}, {"agentId": 999}], protocol="ICMP", port=80
    )
    assert all(part in message for part in ("received 998", "received 999", "port is invalid"))
    assert message.count("; ") == 2


async def test_agents_are_at_least_one_each_by_its_number(api):
    for agents in [[], [{}], [113], {"agentId": 113}, [{"agentId": "113"}]]:
        assert "agents" in await api.not_created("dns-trace", agents=agents)


async def test_a_choice_out_of_range_is_named(api):
    cases = [
        ("agent-to-server", {"numPathTraces": 2}),
        ("agent-to-server", {"probeMode": "FAST"}),
        ("agent-to-agent", {"direction": "SIDEWAYS"}),
        ("agent-to-agent", {"dscpId": 47}),
        ("http-server", {"sslVersionId": 1}),
        ("page-load", {"pageLoadTimeLimit": 61}),
        ("web-transactions", {"targetTime": 0}),
        ("ftp-server", {"requestType": "download"}),
        ("dns-server", {"dnsServers": [{"name": "ns1.example.com."}]}),
        ("dns-trace", {"dnsTransportProtocol": "DOT"}),
        ("sip-server", {"port": 80}),
        ("voice", {"codecId": 10}),
    ]
    for type_, choices in cases:
        (name,) = choices
        assert name in await api.not_created(type_, **choices)


async def test_a_sip_server_must_be_given_in_one_of_two_ways(api):
    body = {"agents": [{"agentId": 113}], "sipRegistrar": "sip.example.com"}
    message = await api.refused(400, "POST", "/v6/instant/sip-server", json=body)
    assert "targetSipCredentials to be given or port to be given" in message
