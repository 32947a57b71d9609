"""Results that are not there yet: the test without the list, or 404 where there never are any."""

from __future__ import annotations

import pytest

LAYERS = {
    "net/metrics": "net",
    "net/path-vis": "net",
    "web/http-server": "web",
    "web/page-load": "web",
    "web/web-transactions": "web",
    "web/ftp-server": "web",
    "dns/trace": "dns",
    "dns/server": "dns",
    "dns/dnssec": "dns",
    "voice/sip-server": "voice",
    "voice/rtp-stream": "voice",
}
OF_TEST = {
    344811: ["net/metrics", "net/path-vis"],
    344812: ["net/metrics", "net/path-vis"],
    344813: ["web/http-server", "net/metrics", "net/path-vis"],
    344814: ["web/page-load", "web/http-server", "net/metrics", "net/path-vis"],
    344815: ["web/web-transactions", "net/metrics", "net/path-vis"],
    344816: ["web/ftp-server", "net/metrics", "net/path-vis"],
    344817: ["dns/trace"],
    344818: ["dns/server", "net/metrics", "net/path-vis"],
    344819: ["dns/dnssec"],
    344820: ["voice/sip-server", "net/metrics", "net/path-vis"],
    344821: ["voice/rtp-stream", "net/path-vis"],
}
DETAIL = "/v6/net/path-vis/344811/113/1489508400"


@pytest.mark.parametrize("test_id", OF_TEST)
async def test_each_kind_that_a_test_has_answers_the_test_and_no_list(api, test_id):
    definition = await api.test(test_id)
    del definition["agents"]
    for path in OF_TEST[test_id]:
        answer = await api.ok(f"/v6/{path}/{test_id}")
        assert answer == {LAYERS[path]: {"test": definition}, "pages": {"current": 1}}


async def test_each_other_kind_is_not_found(api):
    for test_id, its_own in OF_TEST.items():
        for path in [path for path in LAYERS if path not in its_own]:
            message = await api.refused(404, "GET", f"/v6/{path}/{test_id}")
            assert f"has no results at {path}" in message


async def test_an_unknown_test_has_no_results(api):
    for path in LAYERS:
        message = await api.refused(404, "GET", f"/v6/{path}/999")
        assert message == "No test has the id 999"


async def test_a_test_is_named_by_a_number_of_at_least_one(api):
    for path in LAYERS:
        for text in ("0", "voice", "1.5"):
            assert "testId" in await api.refused(400, "GET", f"/v6/{path}/{text}")


async def test_a_scheduled_test_has_the_same_kinds_of_results(api):
    answer = await api.ok("/v6/web/http-server/281102")
    assert answer["web"]["test"]["testName"] == "Shop"


async def test_a_test_that_leaves_the_network_out_has_no_results_of_it(api):
    test = await api.create("http-server", networkMeasurements=0)
    await api.ok(f"/v6/web/http-server/{test['testId']}")
    for path in ("net/metrics", "net/path-vis"):
        await api.refused(404, "GET", f"/v6/{path}/{test['testId']}")


async def test_a_new_test_has_no_result_and_still_none_after_a_rerun(api):
    test = await api.create("agent-to-server")
    await api.rerun(test["testId"])
    answer = await api.ok(f"/v6/net/metrics/{test['testId']}")
    assert list(answer["net"]) == ["test"]


async def test_the_options_of_web_results_are_taken(api):
    answer = await api.ok("/v6/web/http-server/344813?headers=1&certificates=1")
    assert list(answer["web"]) == ["test"]


async def test_a_next_page_is_taken_as_asked_for(api):
    answer = await api.ok("/v6/net/metrics/344811?lastRoundId=1489508400")
    assert answer["pages"] == {"current": 1}


async def test_one_dns_server_of_a_test(api):
    whole = await api.ok("/v6/dns/server/344818")
    assert await api.ok("/v6/dns/server/344818/465") == whole


async def test_the_number_of_a_new_tests_dns_server_leads_to_its_results(api):
    test = await api.create("dns-server")
    server_id = test["dnsServers"][0]["serverId"]
    answer = await api.ok(f"/v6/dns/server/{test['testId']}/{server_id}")
    assert answer["dns"]["test"]["testId"] == test["testId"]


async def test_a_dns_server_of_another_test_is_not_found(api):
    message = await api.refused(404, "GET", "/v6/dns/server/344818/466")
    assert message == "The test 344818 has no DNS server with the id 466"


async def test_one_dns_server_takes_a_time_range(api):
    answer = await api.ok("/v6/dns/server/344818/465?window=60")
    assert (answer["from"], answer["to"]) == ("2025-12-31 23:59:00", "2026-01-01 00:00:00")


async def test_dns_servers_belong_to_one_type_only(api):
    await api.refused(404, "GET", "/v6/dns/server/344817/465")
    await api.refused(404, "GET", "/v6/dns/server/999/465")


async def test_a_round_in_detail_shows_the_test_and_no_list(api):
    definition = await api.test(344811)
    del definition["agents"]
    answer = await api.ok(DETAIL)
    assert answer == {"net": {"test": definition}, "pages": {"current": 1}}


async def test_the_round_of_a_rerun_can_be_asked_for(api):
    test_id = (await api.create("agent-to-server"))["testId"]
    await api.house.clock.advance(60)
    assert (await api.send("GET", f"/v6/net/path-vis/{test_id}/113/1767225660")).status_code == 404
    await api.rerun(test_id)
    await api.ok(f"/v6/net/path-vis/{test_id}/113/1767225660")
    await api.ok(f"/v6/net/path-vis/{test_id}/113/1767225600")


async def test_each_part_of_the_path_of_a_round_must_exist(api):
    cases = [
        ("999/113/1489508400", "No test has the id 999"),
        ("344817/113/1489508400", "has no results at net/path-vis"),
        ("344811/29/1489508400", "is not run by an agent with the id 29"),
        ("344811/113/1489508401", "has no round with the id 1489508401"),
        ("281101/201/1489508400", "has no round with the id 1489508400"),
    ]
    for path, what in cases:
        assert what in await api.refused(404, "GET", f"/v6/net/path-vis/{path}")


@pytest.mark.parametrize("path", ["/v6/net/metrics/{}", "/v6/net/path-vis/{}"])
@pytest.mark.parametrize("measured", ["TO_TARGET", "FROM_TARGET", "BIDIRECTIONAL"])
async def test_a_one_way_test_has_one_direction_and_the_other_sort_has_both(api, path, measured):
    test_id = (await api.create("agent-to-agent", direction=measured))["testId"]
    for direction in ("TO_TARGET", "FROM_TARGET"):
        answer = await api.send("GET", path.format(test_id), params={"direction": direction})
        fits = measured in ("BIDIRECTIONAL", direction)
        assert answer.status_code == (200 if fits else 400)


async def test_only_a_bidirectional_test_can_be_summed_up(api):
    test_id = (await api.create("agent-to-agent", direction="BIDIRECTIONAL"))["testId"]
    await api.ok(f"/v6/net/metrics/{test_id}?direction=BIDIRECTIONAL")
    path = "/v6/net/metrics/344812?direction=BIDIRECTIONAL"
    message = await api.refused(400, "GET", path)
    assert "direction is invalid: expected TO_TARGET" in message


async def test_a_test_without_directions_measures_towards_its_target(api):
    await api.ok("/v6/net/metrics/344811?direction=TO_TARGET")
    await api.ok(f"{DETAIL}?direction=TO_TARGET")
    assert "direction" in await api.refused(400, "GET", f"{DETAIL}?direction=FROM_TARGET")


async def test_path_visualization_does_not_sum_up(api):
    path = "/v6/net/path-vis/344812?direction=BIDIRECTIONAL"
    assert "one of FROM_TARGET, TO_TARGET" in await api.refused(400, "GET", path)
