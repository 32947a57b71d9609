"""What the result pages show and hide of what was measured, and where that came from."""

from __future__ import annotations

import asyncio

import pytest
from te_web import HOME, PAGE, booked_site

CLOSED = 9


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with booked_site(tmp_path_factory.mktemp("nginx")) as running:
        yield running


async def measured(api, type_, **choices):
    test = await api.create(type_, **choices)
    await api.finish()
    return test["testId"]


async def origin(api, path):
    return (await api.send("GET", f"/v6/{path}")).headers.get("x-mock-network")


async def test_a_web_server_on_loopback_is_measured_by_every_agent(api, site):
    agents = [{"agentId": 113}, {"agentId": 11}]
    choices = {"url": site.url("/page.txt?every"), "networkMeasurements": 0}
    test_id = await measured(api, "http-server", agents=agents, **choices)
    _, entries = await api.results(f"web/http-server/{test_id}")
    assert [(one["responseCode"], one["wireSize"]) for one in entries] == [(200, len(PAGE))] * 2
    rows = [row for row in site.book() if row["path"] == "/page.txt?every"]
    assert [(row["status"], row["bytes"]) for row in rows] == [(200, len(PAGE))] * 2


async def test_headers_and_certificates_are_shown_only_where_asked_for(api, site):
    choices = {"url": site.secure_url(), "verifyCertificate": 0, "networkMeasurements": 0}
    path = f"web/http-server/{await measured(api, 'http-server', **choices)}"
    private = {"requestHeaders", "responseHeaders", "sslCerts"}
    for parameters, shown in [
        ({}, set()),
        ({"headers": 0, "certificates": 0}, set()),
        ({"headers": 1}, {"requestHeaders", "responseHeaders"}),
        ({"certificates": 1}, {"sslCerts"}),
        ({"headers": 1, "certificates": 1}, private),
    ]:
        _, (entry,) = await api.results(path, **parameters)
        assert private & set(entry) == shown


async def test_what_was_measured_is_told_beside_the_answer(api, site):
    live = await measured(api, "http-server", url=site.url(), networkMeasurements=0)
    simulated = await measured(api, "http-server", networkMeasurements=0)
    assert await origin(api, f"web/http-server/{live}") == "live"
    assert await origin(api, f"web/http-server/{simulated}") == "simulated"


async def test_nothing_is_told_while_nothing_is_shown(api):
    test = await api.create("http-server")
    assert await origin(api, f"web/http-server/{test['testId']}") is None


async def test_the_next_page_of_one_dns_server_is_of_that_server(api):
    servers = [{"serverName": "ns1.example.com."}, {"serverName": "ns2.example.com."}]
    test = await api.create("dns-server", dnsServers=servers, networkMeasurements=0)
    for _ in range(20):
        await api.rerun(test["testId"])
    await api.house.clock.advance(60)
    server_id = test["dnsServers"][1]["serverId"]
    path = f"dns/server/{test['testId']}/{server_id}"
    answer, first = await api.results(path, **{"from": "2026-01-01T00:00:00", "aid": 11})
    following = await api.ok(answer["pages"]["next"])
    assert f"/{path}?" in answer["pages"]["next"]
    assert "aid=11" in answer["pages"]["next"]
    shown = [*first, *following["dns"]["server"]]
    assert len(shown) == 21
    assert {entry["serverId"] for entry in shown} == {server_id}


async def test_a_round_in_detail_has_the_paths_of_the_overview(api):
    agents = [{"agentId": 113}, {"agentId": 11}]
    test_id = await measured(api, "agent-to-server", agents=agents, numPathTraces=4)
    _, overview = await api.results(f"net/path-vis/{test_id}")
    assert len({end["pathId"] for entry in overview for end in entry["endpoints"]}) == 8
    for entry in overview:
        where = f"{test_id}/{entry['agentId']}/{entry['roundId']}"
        _, (detail,) = await api.results(f"net/path-vis/{where}")
        ids = [end["pathId"] for end in entry["endpoints"]]
        assert [route["pathId"] for route in detail["routes"]] == ids
        ends = [end["numberOfHops"] for end in entry["endpoints"]]
        assert [route["hops"][-1]["hop"] for route in detail["routes"]] == ends
        assert "endpoints" not in detail
        assert "routes" not in entry
        assert "direction" not in detail


async def test_hops_that_kept_silent_are_left_out(api):
    test_id = await measured(api, "agent-to-server")
    _, (entry,) = await api.results(f"net/path-vis/{test_id}")
    _, (detail,) = await api.results(f"net/path-vis/{test_id}/113/{entry['roundId']}")
    for route in detail["routes"]:
        numbers = [hop["hop"] for hop in route["hops"]]
        assert numbers == sorted(set(numbers))
        assert all("ipAddress" in hop for hop in route["hops"])


async def test_a_bidirectional_test_shows_the_direction_that_is_asked_for(api):
    test_id = await measured(api, "agent-to-agent", direction="BIDIRECTIONAL")
    path = f"net/metrics/{test_id}"
    shown = {}
    for direction in ("TO_TARGET", "FROM_TARGET", "BIDIRECTIONAL"):
        _, (shown[direction],) = await api.results(path, direction=direction)
    _, (usual,) = await api.results(path)
    assert usual == shown["BIDIRECTIONAL"]
    assert shown["TO_TARGET"]["avgLatency"] < usual["avgLatency"]
    assert shown["TO_TARGET"] != shown["FROM_TARGET"]


async def test_the_direction_is_told_in_detail_between_agents_only(api):
    test_id = await measured(api, "agent-to-agent")
    _, (entry,) = await api.results(f"net/path-vis/{test_id}")
    assert "direction" not in entry
    _, (detail,) = await api.results(f"net/path-vis/{test_id}/113/{entry['roundId']}")
    assert detail["direction"] == "TO_TARGET"


async def test_a_closed_port_is_a_result(api):
    url = f"http://{HOME}:{CLOSED}/"
    test_id = await measured(api, "http-server", url=url, networkMeasurements=0)
    _, (entry,) = await api.results(f"web/http-server/{test_id}")
    assert entry["errorType"] == "CONNECT"


async def test_a_name_that_leads_nowhere_is_a_result_on_every_page(api):
    test_id = await measured(api, "http-server", url="http://nowhere.invalid/")
    for path in ("web/http-server", "net/metrics", "net/path-vis"):
        _, (entry,) = await api.results(f"{path}/{test_id}")
        assert entry["errorType"] == "DNS"
        assert "nowhere.invalid" in entry["errorDetails"]


@pytest.mark.settings(network="live")
@pytest.mark.parametrize(
    ("type_", "path", "choices"),
    [
        ("http-server", "web/http-server", {"url": "http://192.0.2.7/"}),
        ("ftp-server", "web/ftp-server", {"url": "ftp://192.0.2.7/"}),
        ("agent-to-server", "net/metrics", {"server": "192.0.2.7"}),
        ("agent-to-server", "net/path-vis", {"server": "192.0.2.7"}),
    ],
)
async def test_a_target_that_the_live_network_refuses_is_a_result(api, type_, path, choices):
    test_id = await measured(api, type_, **choices)
    _, (entry,) = await api.results(f"{path}/{test_id}")
    assert entry["errorType"] == "OTHER"
    assert "--allow-target" in entry["errorDetails"]


class Broken:
    """A network with a bug."""

    async def measure(self, plan):
        raise RuntimeError(f"no {type(plan).__name__} today")

    async def close(self):
        pass


@pytest.mark.settings(with_network=Broken())
@pytest.mark.parametrize(
    ("test_id", "paths"),
    [
        (344811, ["net/metrics", "net/path-vis"]),
        (344812, ["net/metrics", "net/path-vis"]),
        (344813, ["web/http-server", "net/metrics"]),
        (344814, ["web/page-load", "web/http-server"]),
        (344815, ["web/web-transactions"]),
        (344816, ["web/ftp-server"]),
        (344817, ["dns/trace"]),
        (344818, ["dns/server", "dns/server", "net/metrics"]),
        (344819, ["dns/dnssec"]),
        (344820, ["voice/sip-server"]),
        (344821, ["voice/rtp-stream", "net/path-vis"]),
    ],
)
async def test_even_a_bug_ends_the_round_and_is_told(api, test_id, paths):
    await api.results(f"{paths[0]}/{test_id}")
    await asyncio.wait_for(api.house.app.runner.drain(), 20)
    for path in paths:
        _, entries = await api.results(f"{path}/{test_id}")
        assert entries
        assert all("today" in str(entry) for entry in entries)


async def test_the_old_names_lead_to_the_new_ones(api):
    for old, new in [
        ("web/transactions", "web/web-transactions"),
        ("voice/metrics", "voice/rtp-stream"),
    ]:
        answer = await api.send("GET", f"/v6/{old}/344815.json?window=1h&aid=11")
        assert (answer.status_code, answer.content) == (301, b"")
        base = "http://127.0.0.1:8080/thousandeyes/v6"
        assert answer.headers["location"] == f"{base}/{new}/344815?aid=11&window=1h"


async def test_an_old_name_that_is_followed_shows_the_results(api):
    await api.results("voice/rtp-stream/344821")
    await api.finish()
    moved = await api.send("GET", "/v6/voice/metrics/344821", follow_redirects=True)
    assert moved.json()["voice"]["metrics"][0]["agentId"] == 113


async def test_an_old_name_needs_a_credential_too(api):
    headers = {"Authorization": ""}
    await api.refused(401, "GET", "/v6/voice/metrics/344821", headers=headers)
