"""Reading agents."""

from __future__ import annotations

import ipaddress

CLOUD_KEYS = {"agentId", "agentName", "agentType", "countryId", "ipAddresses", "location"}
OF_ONE_MACHINE = {"lastSeen", "agentState", "prefix", "network", "targetForTests"}


async def test_there_are_agents_of_all_three_types(api):
    types = [agent["agentType"] for agent in await api.agents()]
    assert [types.count(t) for t in ("Cloud", "Enterprise", "Enterprise Cluster")] == [16, 12, 2]


async def test_agent_types_narrow_the_list(api):
    cases = [
        ("CLOUD", {"Cloud"}),
        ("ENTERPRISE", {"Enterprise"}),
        ("ENTERPRISE_CLUSTER", {"Enterprise Cluster"}),
        ("CLOUD,ENTERPRISE_CLUSTER", {"Cloud", "Enterprise Cluster"}),
        ("", {"Cloud", "Enterprise", "Enterprise Cluster"}),
    ]
    for query, types in cases:
        listed = await api.agents(f"?agentTypes={query}")
        assert {agent["agentType"] for agent in listed} == types
        assert listed == [agent for agent in await api.agents() if agent["agentType"] in types]


async def test_an_unknown_agent_type_is_refused_by_name(api):
    message = await api.refused(400, "GET", "/v6/agents?agentTypes=CLOUD,Enterprise")
    assert "agentTypes[1]" in message
    assert "CLOUD, ENTERPRISE, ENTERPRISE_CLUSTER" in message


async def test_cloud_agents_show_nothing_that_only_customers_agents_have(api):
    listed = await api.agents("?agentTypes=CLOUD")
    assert all(set(agent) == CLOUD_KEYS for agent in listed)


async def test_a_cluster_tells_of_its_members_and_not_of_one_machine(api):
    for cluster in await api.agents("?agentTypes=ENTERPRISE_CLUSTER"):
        assert not OF_ONE_MACHINE & set(cluster)
        assert len(cluster["clusterMembers"]) == 2
        assert all(set(member) >= OF_ONE_MACHINE for member in cluster["clusterMembers"])


async def test_only_clusters_have_members(api):
    agents = await api.agents("?agentTypes=CLOUD,ENTERPRISE")
    assert not any("clusterMembers" in agent for agent in agents)


async def test_members_have_numbers_of_their_own(api):
    clusters = await api.agents("?agentTypes=ENTERPRISE_CLUSTER")
    ids = [member["memberId"] for cluster in clusters for member in cluster["clusterMembers"]]
    assert len(set(ids)) == 4


async def test_some_enterprise_agents_are_not_online(api):
    states = [agent["agentState"] for agent in await api.agents("?agentTypes=ENTERPRISE")]
    assert [states.count(s) for s in ("Online", "Offline", "Disabled")] == [9, 2, 1]


async def test_a_disabled_agent_is_not_enabled(api):
    listed = await api.agents("?agentTypes=ENTERPRISE")
    assert all(agent["enabled"] == (agent["agentState"] != "Disabled") for agent in listed)


async def test_only_agents_that_are_online_have_a_load(api):
    listed = await api.agents("?agentTypes=ENTERPRISE")
    assert all(("utilization" in agent) is (agent["agentState"] == "Online") for agent in listed)


async def test_some_agents_have_faults_and_say_which(api):
    faulty = [agent for agent in await api.agents() if "errorDetails" in agent]
    assert {agent["errorDetails"][0]["code"] for agent in faulty} == {
        "AGENT_VERSION_OUTDATED",
        "CLOCK_OFFSET",
        "OS_END_OF_SUPPORT",
    }


async def test_agents_that_are_online_were_seen_within_the_last_minute(api):
    listed = await api.agents("?agentTypes=ENTERPRISE")
    online = [a["lastSeen"] for a in listed if a["agentState"] == "Online"]
    assert all("2025-12-31 23:59:00" < seen <= "2026-01-01 00:00:00" for seen in online)


async def test_agents_go_on_reporting_unless_they_are_offline(api):
    before = {a["agentId"]: a for a in await api.agents("?agentTypes=ENTERPRISE")}
    await api.house.clock.advance(3600)
    for agent in await api.agents("?agentTypes=ENTERPRISE"):
        seen_later = agent["lastSeen"] > before[agent["agentId"]]["lastSeen"]
        assert seen_later is (agent["agentState"] == "Online")


async def test_every_address_belongs_to_nobody(api):
    nobodys = [
        ipaddress.ip_network(net)
        for net in ("127.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    ]
    for agent in await api.agents():
        for machine in agent.get("clusterMembers", [agent]):
            addresses = machine["ipAddresses"] + machine.get("publicIpAddresses", [])
            for address in addresses:
                assert any(ipaddress.ip_address(address) in network for network in nobodys)


async def test_no_two_agents_share_a_public_address(api):
    addresses = []
    for agent in await api.agents():
        for machine in agent.get("clusterMembers", [agent]):
            addresses += machine.get("publicIpAddresses", machine["ipAddresses"])
    assert len(addresses) == len(set(addresses)) == 48


async def test_the_prefix_of_an_agent_holds_its_public_address(api):
    for agent in await api.agents("?agentTypes=ENTERPRISE"):
        network = ipaddress.ip_network(agent["prefix"])
        assert ipaddress.ip_address(agent["publicIpAddresses"][0]) in network


async def test_one_agent_reads_as_in_the_list_and_has_more(api):
    for listed in await api.agents():
        detail = await api.agent(listed["agentId"])
        assert detail.items() >= listed.items()
        assert {"groups", "tests"} <= set(detail) - set(listed)


async def test_only_customers_agents_have_account_groups(api):
    group = {"aid": 11, "accountGroupName": "Example account group"}
    assert (await api.agent(29))["accountGroups"] == [group]
    assert (await api.agent(113))["accountGroups"] == [group]
    assert "accountGroups" not in await api.agent(11)


async def test_cloud_agents_carry_the_built_in_labels(api):
    groups = (await api.agent(11))["groups"]
    assert [(group["groupId"], group["name"]) for group in groups] == [
        (-2, "Cloud"),
        (-3, "IPv4 Compatible"),
    ]


async def test_an_agent_tells_the_tests_that_it_runs_without_their_agents(api):
    tests = (await api.agent(201))["tests"]
    assert [test["testId"] for test in tests] == [281101, 281103, 281105]
    assert not any("agents" in test for test in tests)


async def test_a_new_test_appears_with_its_agents_and_with_no_other(api):
    test = await api.create("http-server", agents=[{"agentId": 12}, {"agentId": 201}])
    for agent_id, runs_it in ((12, True), (201, True), (113, False)):
        ids = [one["testId"] for one in (await api.agent(agent_id))["tests"]]
        assert (test["testId"] in ids) is runs_it


async def test_the_target_of_a_test_does_not_run_it(api):
    test = await api.create("agent-to-agent", targetAgentId=204)
    assert test["testId"] not in [one["testId"] for one in (await api.agent(204))["tests"]]


async def test_an_agent_that_runs_nothing_has_an_empty_list(api):
    assert (await api.agent(211))["tests"] == []


async def test_an_unknown_agent_is_not_found(api):
    assert await api.refused(404, "GET", "/v6/agents/999") == "No agent has the id 999"


async def test_the_id_of_an_agent_is_a_number(api):
    assert "agentId" in await api.refused(400, "GET", "/v6/agents/london")
