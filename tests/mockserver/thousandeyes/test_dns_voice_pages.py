"""DNS, SIP, voice and agent-to-agent tests from their creation to their result pages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from dns_rig import address_of_www, udp_server
from peers import needs
from sip_peers import OPTIONS, kamailio, sipp

from probes.responder.server import Responder
from probes.sip import SipTransport

HOME = "127.0.0.1"
PATIENCE_S = 40
TARGET = 29
PAGES = {
    "dns-trace": ("dns/trace", "dns", "trace"),
    "dns-server": ("dns/server", "dns", "server"),
    "dns-dnssec": ("dns/dnssec", "dns", "dnssec"),
    "sip-server": ("voice/sip-server", "voice", "sipMetrics"),
    "voice": ("voice/rtp-stream", "voice", "metrics"),
    "agent-to-agent": ("net/metrics", "net", "metrics"),
}


async def page(api: Any, test: Any, path: str, query: str = "") -> tuple[Any, str | None]:
    """Return what a page shows, and where that came from."""
    answer = await api.send("GET", f"/v6/{path}/{test['testId']}{query}")
    assert answer.status_code == 200, answer.text
    return answer.json(), answer.headers.get("x-mock-network")


async def live(api: Any, type_: str, path: str, **choices: Any) -> Any:
    """Create a test of loopback and return the list that its page shows."""
    test = await api.create(type_, **choices)
    await asyncio.wait_for(api.house.app.runner.drain(), PATIENCE_S)
    shown, origin = await page(api, test, path)
    assert origin == "live"
    layer, key = PAGES[type_][1:]
    return test, shown[layer][key]


async def stand_at(api: Any, port: int | None) -> None:
    """Let agent 29 answer on loopback, and take probes at a port."""
    await api.agent(TARGET)  # who is first makes the world
    async with api.house.app.store.transaction() as transaction:
        documents = transaction.documents("thousandeyes/default")
        agent = await documents.get("agent", str(TARGET))
        assert agent is not None
        changed = {**agent, "hostname": HOME, "responder_port": port}
        await documents.update("agent", str(TARGET), changed)


@pytest.mark.parametrize("type_", PAGES)
async def test_a_page_lacks_its_list_until_the_round_is_over(api: Any, type_: str) -> None:
    path, layer, key = PAGES[type_]
    test = await api.create(type_)
    before, nowhere = await page(api, test, path)
    assert key not in before[layer]
    assert nowhere is None
    await api.house.clock.advance(120)
    after, origin = await page(api, test, path)
    (entry,) = after[layer][key]
    assert entry["agentId"] == 113
    assert origin == "simulated"


async def test_a_sip_server_on_loopback_is_asked_once(api: Any, tmp_path: Path) -> None:
    needs("sipp")
    with sipp(tmp_path, OPTIONS) as peer:
        sip = {"sipRegistrar": HOME, "port": peer.port, "protocol": "UDP"}
        choices = {"targetSipCredentials": sip, "networkMeasurements": 0}
        _, (entry,) = await live(api, "sip-server", "voice/sip-server", **choices)
        assert peer.satisfied()
    assert (entry["serverIp"], entry["responseCode"], entry["errorType"]) == (HOME, 200, "None")


@pytest.mark.slow
async def test_the_network_below_a_sip_server_has_its_pages(api: Any, tmp_path: Path) -> None:
    with kamailio(tmp_path, SipTransport.TCP) as port:
        sip = {"sipRegistrar": HOME, "port": port}
        test, _ = await live(api, "sip-server", "voice/sip-server", targetSipCredentials=sip)
    metrics, _ = await page(api, test, "net/metrics")
    paths, _ = await page(api, test, "net/path-vis")
    assert metrics["net"]["metrics"][0]["server"] == f"{HOME}:{port}"
    assert len(paths["net"]["pathVis"][0]["endpoints"]) == 3


@pytest.mark.slow
async def test_each_dns_server_has_a_page_of_its_own(api: Any) -> None:
    async with udp_server(address_of_www) as first, udp_server(address_of_www) as second:
        servers = [{"serverName": f"{HOME}:{server.port}"} for server in (first, second)]
        test, entries = await live(
            api, "dns-server", "dns/server", domain="www.example A", dnsServers=servers
        )
    assert [entry["mappings"] for entry in entries] == ["192.0.2.1"] * 2
    assert [len(server.seen) for server in (first, second)] == [1, 1]
    number = test["dnsServers"][1]["serverId"]
    shown, _ = await page(api, test, "dns/server", f"/{number}")
    assert [entry["serverId"] for entry in shown["dns"]["server"]] == [number]
    metrics, _ = await page(api, test, "net/metrics")
    assert [row["server"] for row in metrics["net"]["metrics"]] == [
        server["serverName"] for server in servers
    ]


async def test_a_dns_server_gets_the_question_that_was_chosen(api: Any) -> None:
    async with udp_server(address_of_www) as server:
        servers = [{"serverName": f"{HOME}:{server.port}"}]
        choices = {"dnsServers": servers, "networkMeasurements": 0, "recursiveQueries": 1}
        await live(api, "dns-server", "dns/server", domain="www.example AAAA", **choices)
    (question,) = server.seen
    assert "www.example. IN AAAA" in str(question.question[0])
    assert "RD" in str(question)


@pytest.mark.slow
async def test_agents_exchange_packets_both_ways(api: Any) -> None:
    async with Responder(port=0) as responder:
        await stand_at(api, responder.port)
        test, (both,) = await live(api, "agent-to-agent", "net/metrics", direction="BIDIRECTIONAL")
    assert (both["serverIp"], both["loss"]) == (HOME, 0)
    ways = []
    for direction in ("TO_TARGET", "FROM_TARGET"):
        shown, _ = await page(api, test, "net/metrics", f"?direction={direction}")
        (entry,) = shown["net"]["metrics"]
        ways.append(entry["minLatency"])
        assert not any(key.startswith("_") for key in entry)
    assert sum(ways) <= both["minLatency"] + 0.002
    detail, _ = await page(api, test, "net/path-vis", f"/113/{both['roundId']}")
    assert [path["direction"] for path in detail["net"]["pathVis"]] == ["TO_TARGET"]


@pytest.mark.slow
async def test_a_stream_is_heard_by_the_target(api: Any) -> None:
    async with Responder(port=0) as responder:
        await stand_at(api, responder.port)
        _, (entry,) = await live(api, "voice", "voice/rtp-stream", dscpId=34, codecId=5)
    assert (entry["loss"], entry["dscp"], entry["dscpName"]) == (0, 34, "AF41 (DSCP 34)")
    assert entry["codecName"] == "G.729a @ 8 Kbps"


async def test_without_a_known_responder_the_page_is_simulated(api: Any) -> None:
    await stand_at(api, None)
    test = await api.create("voice")
    await api.house.clock.advance(60)
    _, origin = await page(api, test, "voice/rtp-stream")
    assert origin == "simulated"


@pytest.mark.settings(network="live")
async def test_a_live_house_says_that_the_responder_is_unknown(api: Any) -> None:
    test = await api.create("voice")
    await asyncio.wait_for(api.house.app.runner.drain(), PATIENCE_S)
    shown, origin = await page(api, test, "voice/rtp-stream")
    (entry,) = shown["voice"]["metrics"]
    assert "`probes respond`" in entry["errorDetail"]
    assert origin is None


@pytest.mark.settings(dns_root=("ns.lab=127.0.0.1#1",))
async def test_the_roots_of_the_settings_are_asked(api: Any) -> None:
    _, (entry,) = await live(api, "dns-trace", "dns/trace", domain="www.example A")
    assert "ns.lab (127.0.0.1)" in entry["output"]
    assert entry["failedQueries"] == entry["queries"] > 0


@pytest.mark.slow
async def test_a_rerun_goes_where_the_target_is_now(api: Any) -> None:
    async with Responder(port=0) as responder:
        test = await api.create("agent-to-agent")
        await stand_at(api, responder.port)
        assert (await api.rerun(test["testId"])).status_code == 200
        await api.house.clock.advance(60)
        await asyncio.wait_for(api.house.app.runner.drain(), PATIENCE_S)
        shown, origin = await page(api, test, "net/metrics")
    (entry,) = shown["net"]["metrics"]
    assert (entry["server"], origin) == (f"{HOME}:{responder.port}", "live")
