"""What definitions show beside the choices: agents, labels, addresses with ports, no secrets."""

from __future__ import annotations

import json

import pytest

HTTP = ["http-server", "page-load", "web-transactions"]


async def test_agents_are_shown_in_full_and_in_order(api):
    test = await api.create("http-server", agents=[{"agentId": 29}, {"agentId": 11}])
    assert [agent["agentName"] for agent in test["agents"]] == [
        "Sample Enterprise Agent",
        "London, UK",
    ]
    known = {agent["agentId"]: agent for agent in await api.agents()}
    for agent in test["agents"]:
        assert agent.items() <= known[agent["agentId"]].items()


async def test_an_enterprise_agent_shows_its_network_and_a_cloud_agent_does_not(api):
    test = await api.create("http-server", agents=[{"agentId": 29}, {"agentId": 11}])
    network = {"network", "prefix", "publicIpAddresses"}
    assert [network <= set(agent) for agent in test["agents"]] == [True, False]


async def test_a_cluster_shows_the_addresses_of_its_members(api):
    members = (await api.agent(113))["clusterMembers"]
    (agent,) = (await api.create("dns-trace"))["agents"]
    assert agent["agentType"] == "Enterprise Cluster"
    assert agent["ipAddresses"] == [a for one in members for a in one["ipAddresses"]]
    assert agent["publicIpAddresses"] == [a for one in members for a in one["publicIpAddresses"]]
    assert agent["network"] == members[0]["network"]


async def test_an_agent_that_is_named_twice_measures_once(api):
    agents = [{"agentId": 29, "sourceIpAddress": "127.0.0.9"}, {"agentId": 11}, {"agentId": 29}]
    test = await api.create("agent-to-server", agents=agents)
    assert [agent["agentId"] for agent in test["agents"]] == [29, 11]
    assert (await api.stored(test["testId"]))["agents"] == agents[:2]


async def test_agents_that_are_not_online_may_be_chosen(api):
    test = await api.create("dns-trace", agents=[{"agentId": 203}, {"agentId": 209}])
    assert [agent["agentId"] for agent in test["agents"]] == [203, 209]


async def test_the_server_is_shown_with_its_port_unless_icmp_is_used(api):
    cases = [
        ({"server": "www.example.com"}, "www.example.com:80"),
        ({"server": "192.0.2.1", "port": 443}, "192.0.2.1:443"),
        ({"server": "2001:db8::1", "port": 443}, "[2001:db8::1]:443"),
        ({"server": "www.example.com", "protocol": "ICMP"}, "www.example.com"),
        ({"server": "2001:db8::1", "protocol": "ICMP"}, "2001:db8::1"),
    ]
    for choices, server in cases:
        assert (await api.create("agent-to-server", **choices))["server"] == server


async def test_an_icmp_test_has_no_port(api):
    assert "port" not in await api.create("agent-to-server", protocol="ICMP")


async def test_what_the_vendors_sample_shows_of_an_agent_to_server_test(api):
    test = await api.create("agent-to-server", testName="API Instant test")
    assert (
        test.items()
        >= {
            "bandwidthMeasurements": 0,
            "mtuMeasurements": 1,
            "networkMeasurements": 1,
            "pingPayloadSize": -1,
            "protocol": "TCP",
            "testName": "API Instant test",
        }.items()
    )


async def test_tls_versions_have_names(api):
    names = {0: "Auto", 3: "SSLv3", 4: "TLS v1.0", 5: "TLS v1.1", 6: "TLS v1.2"}
    for type_ in HTTP:
        for number, name in names.items():
            assert (await api.create(type_, sslVersionId=number))["sslVersion"] == name


async def test_the_older_switch_names_an_auth_type_unless_one_is_given(api):
    cases = [
        ({}, "NONE"),
        ({"username": "u", "password": "p"}, "NONE"),
        ({"useNtlm": 1}, "NONE"),
        ({"useNtlm": 0}, "NONE"),
        ({"useNtlm": 1, "username": "u", "password": "p"}, "NTLM"),
        ({"useNtlm": 0, "username": "u", "password": "p"}, "BASIC"),
        ({"useNtlm": 1, "username": "u", "password": "p", "authType": "KERBEROS"}, "KERBEROS"),
    ]
    for choices, auth_type in cases:
        for type_ in HTTP:
            assert (await api.create(type_, **choices))["authType"] == auth_type


async def test_the_target_time_of_a_script_is_half_of_its_limit(api):
    cases = [({}, 15), ({"timeLimit": 60}, 30), ({"timeLimit": 5}, 2), ({"targetTime": 9}, 9)]
    for choices, target in cases:
        assert (await api.create("web-transactions", **choices))["targetTime"] == target


async def test_dscp_marks_have_names(api):
    cases = [(0, "Best Effort (DSCP 0)"), (46, "EF (DSCP 46)"), (10, "AF11 (DSCP 10)")]
    for number, label in cases:
        for type_ in ("voice", "agent-to-agent"):
            assert (await api.create(type_, dscpId=number))["dscp"] == label


async def test_every_dscp_mark_and_codec_that_may_be_chosen_has_a_name(api):
    for number in (0, 8, *range(10, 41, 2), 44, 46, 48, 56):
        assert f"(DSCP {number})" in (await api.create("voice", dscpId=number))["dscp"]
    names = [(await api.create("voice", codecId=number))["codec"] for number in range(10)]
    assert names[0] == "G.711 @ 64 Kbps"
    assert len(set(names)) == 10


async def test_a_voice_test_shows_where_its_target_listens(api):
    for target in [11, 29, 113, 205]:
        agent = await api.agent(target)
        machine = agent.get("clusterMembers", [agent])[0]
        addresses = machine.get("publicIpAddresses", machine["ipAddresses"])
        host = agent.get("hostname", addresses[0])
        test = await api.create("voice", targetAgentId=target)
        assert (test["server"], test["targetAgentId"]) == (f"{host}:49152", target)


async def test_a_cloud_agent_may_be_the_target_of_an_agent_to_agent_test(api):
    assert (await api.create("agent-to-agent", targetAgentId=11))["targetAgentId"] == 11


async def test_dns_questions_are_of_the_internet_class(api):
    for type_ in ["dns-trace", "dns-server"]:
        assert (await api.create(type_))["dnsQueryClass"] == "IN"


async def test_every_dns_server_gets_a_number_of_its_own(api):
    servers = [{"serverName": "ns1.example.com."}, {"serverName": "ns2.example.com."}]
    tests = [await api.create("dns-server", dnsServers=servers) for _ in range(2)]
    shown = [server for test in tests for server in test["dnsServers"]]
    assert [server["serverName"] for server in shown[:2]] == [
        "ns1.example.com.",
        "ns2.example.com.",
    ]
    assert len({server["serverId"] for server in shown}) == 4


async def test_a_sip_server_in_one_object_is_shown_flat(api):
    credentials = {"sipRegistrar": "sip.example.net", "port": 5061, "protocol": "TLS"}
    credentials |= {"user": "6054", "authUser": "al6054", "password": "hush"}
    body = {"agents": [{"agentId": 113}], "targetSipCredentials": credentials}
    answer = await api.send("POST", "/v6/instant/sip-server", json=body)
    test = answer.json()["test"][0]
    del credentials["password"]
    assert test.items() >= {**credentials, "server": "sip.example.net:5061"}.items()
    assert "targetSipCredentials" not in test


async def test_the_object_goes_before_the_flat_keys(api):
    credentials = {"sipRegistrar": "sip.example.net", "port": 5061}
    test = await api.create("sip-server", targetSipCredentials=credentials, user="6054")
    assert (test["server"], test["user"]) == ("sip.example.net:5061", "6054")


async def test_the_object_says_nothing_but_where_and_who(api):
    credentials = {"sipRegistrar": "sip.example.net", "port": 5061, "sipTimeLimit": "long"}
    test = await api.create("sip-server", targetSipCredentials=credentials)
    assert test["sipTimeLimit"] == 5


async def test_the_object_means_nothing_to_another_type(api):
    test = await api.create("http-server", targetSipCredentials={"protocol": 5})
    assert test["protocol"] == "TCP"


@pytest.mark.parametrize("type_", [*HTTP, "ftp-server", "sip-server"])
async def test_a_password_is_never_shown_again(api, type_):
    test = await api.create(type_, password="open sesame", clientCertificate="open sesame")
    paths = ["/v6/tests", f"/v6/tests/{type_}", f"/v6/tests/{test['testId']}", "/v6/agents/113"]
    paths += [link["href"] for link in test["apiLinks"]]
    shown = [json.dumps(test)] + [(await api.send("GET", path)).text for path in paths]
    assert not any("open sesame" in text for text in shown)


async def test_a_password_in_the_object_is_not_shown_either(api):
    credentials = {"sipRegistrar": "sip.example.net", "port": 5061, "password": "open sesame"}
    test = await api.create("sip-server", targetSipCredentials=credentials)
    assert "open sesame" not in json.dumps(test)
    assert (await api.stored(test["testId"]))["secrets"] == {"password": "open sesame"}


async def test_secrets_are_remembered_for_the_measuring(api):
    test = await api.create("http-server", password="one", clientCertificate="two")
    assert (await api.stored(test["testId"]))["secrets"] == {
        "password": "one",
        "clientCertificate": "two",
    }
