"""Rounds of measuring: one job an agent, results when all are done, each round by itself."""

from __future__ import annotations

import asyncio
import json

import pytest

QUICK = {"networkMeasurements": 0}
SOURCES = [{"agentId": 113}, {"agentId": 11}, {"agentId": 29}]
ROUND, NEXT = 1_767_225_600, 1_767_225_660


async def web_test(api, **choices):
    """Create a test that measures one thing only, and return its page."""
    test = await api.create("http-server", **QUICK, **choices)
    return f"web/http-server/{test['testId']}"


async def test_there_is_no_list_before_every_agent_is_done(api):
    path = await web_test(api, agents=SOURCES)
    seen = []
    for _ in range(3000):
        await api.house.clock.advance(0.01)
        seen.append((await api.results(path))[1])
        if seen[-1] is not None:
            break
    assert set(map(str, seen[:-1])) == {"None"}
    assert [entry["agentId"] for entry in seen[-1]] == [113, 11, 29]


async def test_an_entry_says_who_measured_and_when(api):
    path = await web_test(api, agents=[{"agentId": 11}])
    await api.house.clock.advance(30)
    _, (entry,) = await api.results(path)
    agent = await api.agent(11)
    assert {key: entry[key] for key in ("agentId", "agentName", "countryId", "roundId")} == {
        "agentId": 11,
        "agentName": agent["agentName"],
        "countryId": agent["countryId"],
        "roundId": ROUND,
    }
    assert "2026-01-01 00:00:00" <= entry["date"] <= "2026-01-01 00:00:30"
    query = f"__a=11&testId={path.rpartition('/')[2]}&roundId={ROUND}&agentId=11"
    assert entry["permalink"] == f"https://app.thousandeyes.com/web/http-server?{query}"


async def test_nothing_private_is_shown(api):
    test = await api.create("agent-to-agent", direction="BIDIRECTIONAL")
    await api.finish()
    _, entries = await api.results(f"net/metrics/{test['testId']}")
    assert not [key for entry in entries for key in entry if key.startswith("_")]


async def two_rounds(api):
    path = await web_test(api)
    await api.house.clock.advance(60)
    await api.rerun(int(path.rpartition("/")[2]))
    return path


async def test_a_rerun_adds_a_round_which_is_then_the_one_shown(api):
    path = await two_rounds(api)
    await api.finish()
    _, entries = await api.results(path)
    assert [entry["roundId"] for entry in entries] == [NEXT]


async def test_the_last_finished_round_is_shown_while_another_is_under_way(api):
    path = await two_rounds(api)
    _, entries = await api.results(path)
    assert [entry["roundId"] for entry in entries] == [ROUND]


async def test_a_round_can_be_asked_for_by_its_number(api):
    path = await two_rounds(api)
    await api.finish()
    for round_id in (ROUND, NEXT):
        _, entries = await api.results(path, roundId=round_id)
        assert [entry["roundId"] for entry in entries] == [round_id]


async def test_a_round_under_way_has_no_list(api):
    path = await two_rounds(api)
    assert (await api.results(path, roundId=NEXT))[1] is None


async def test_a_round_that_never_was_is_not_found(api):
    path = await two_rounds(api)
    message = await api.refused(404, "GET", f"/v6/{path}?roundId={ROUND + 1}")
    assert message.endswith(f"has no round with the id {ROUND + 1}")


@pytest.mark.parametrize(
    ("parameters", "rounds"),
    [
        ({"window": "5m"}, [ROUND, NEXT]),
        ({"window": "1m"}, [NEXT]),
        ({"from": "2026-01-01T00:00:00"}, [ROUND, NEXT]),
        ({"from": "2026-01-01 00:00:01"}, [NEXT]),
        ({"from": "2026-01-01T00:00:00", "to": "2026-01-01T00:00:00"}, [ROUND]),
        ({"from": "2026-01-01T00:00:01", "to": "2026-01-01T00:00:59"}, []),
        ({"from": "2020-01-01T00:00:00", "to": "2020-01-02T00:00:00"}, []),
    ],
)
async def test_a_range_shows_the_rounds_that_began_in_it(api, parameters, rounds):
    path = await two_rounds(api)
    await api.house.clock.advance(60)
    answer, entries = await api.results(path, **parameters)
    assert [entry["roundId"] for entry in entries] == rounds
    assert answer["pages"] == {"current": 1}


async def test_a_range_in_which_all_is_under_way_has_no_list(api):
    path = await two_rounds(api)
    assert (await api.results(path, window="10s"))[1] is None


async def test_a_round_counts_more_than_a_range(api):
    path = await two_rounds(api)
    answer, (entry,) = await api.results(path, roundId=ROUND, window="1s")
    assert entry["roundId"] == ROUND
    assert "from" not in answer


async def test_many_rounds_come_in_pages_that_lead_on(api):
    path = await web_test(api)
    test_id = int(path.rpartition("/")[2])
    for _ in range(44):
        await api.house.clock.advance(60)
        await api.rerun(test_id)
    await api.house.clock.advance(60)
    answer, entries = await api.results(path, window="1h", headers=1)
    pages = [entries]
    while "next" in answer["pages"]:
        answer = await api.ok(answer["pages"]["next"])
        pages.append(answer["web"]["httpServer"])
        assert answer["pages"]["current"] == len(pages)
    rounds = [[entry["roundId"] for entry in page] for page in pages]
    assert [len(page) for page in rounds] == [20, 20, 5]
    assert [one for page in rounds for one in page] == [
        ROUND + 60 * number for number in range(45)
    ]
    assert all("requestHeaders" in entry for page in pages for entry in page)


async def test_the_next_page_is_named_as_the_vendor_names_it(api):
    path = await web_test(api)
    for _ in range(20):
        await api.rerun(int(path.rpartition("/")[2]))
    await api.house.clock.advance(60)
    answer, _ = await api.results(path, **{"from": "2026-01-01T00:00:00"})
    assert answer["pages"]["next"] == (
        f"http://127.0.0.1:8080/thousandeyes/v6/{path}?lastRoundId={ROUND + 19}"
        "&from=2026-01-01+00%3A00%3A00&to=2026-01-01+00%3A01%3A00"
    )


async def test_results_of_a_forgotten_round_are_forgotten(api):
    path = await web_test(api)
    for _ in range(102):
        await api.rerun(int(path.rpartition("/")[2]))
    await api.finish()
    async with api.house.app.store.transaction() as transaction:
        assert await transaction.documents("thousandeyes/default").count("result") == 100


async def test_agents_that_are_not_there_measure_nothing(api):
    path = await web_test(api, agents=[{"agentId": 203}, {"agentId": 209}, {"agentId": 11}])
    await api.finish()
    _, entries = await api.results(path)
    assert [entry["agentId"] for entry in entries] == [11]


async def test_a_round_without_any_agent_is_over_and_empty(api):
    path = await web_test(api, agents=[{"agentId": 203}])
    assert (await api.results(path))[1] == []


async def test_each_agent_sees_the_same_server_by_a_path_of_its_own(api):
    test = await api.create("agent-to-server", agents=SOURCES)
    await api.finish()
    routes = []
    for agent in SOURCES:
        where = f"{test['testId']}/{agent['agentId']}/{ROUND}"
        _, (entry,) = await api.results(f"net/path-vis/{where}")
        routes.append([hop["ipAddress"] for hop in entry["routes"][0]["hops"]])
    assert len({route[-1] for route in routes}) == 1
    assert len({route[-2] for route in routes}) == 3


def results_with(stand_in, seed):
    async def story(house):
        body = {"agents": SOURCES, "url": "https://www.example.com/"}
        async with house.client("thousandeyes") as client:
            made = await client.post("/v6/instant/http-server", json=body)
            test_id = made.json()["test"][0]["testId"]
            await house.clock.advance(60)
            paths = [f"{kind}/{test_id}" for kind in ("web/http-server", "net/metrics")]
            return [(await client.get(f"/v6/{path}")).content for path in paths]

    return stand_in(story, vendor=("thousandeyes",), seed=seed)


def test_one_seed_gives_the_same_bytes_and_another_one_others(stand_in):
    first, again, other = (results_with(stand_in, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert all(b'"agentId"' in content for content in first)


async def test_a_scheduled_test_has_a_round_in_each_interval_that_somebody_looks_in(api):
    assert (await api.results("web/http-server/281102"))[1] is None
    await api.house.clock.advance(100)
    rounds = []
    for _ in range(3):
        _, entries = await api.results("web/http-server/281102")
        rounds.append({entry["roundId"] for entry in entries})
        await api.house.clock.advance(150)
    assert rounds == [{ROUND}, {ROUND}, {ROUND}]
    await api.house.clock.advance(0)
    _, entries = await api.results("web/http-server/281102")
    assert {entry["roundId"] for entry in entries} == {ROUND + 300}
    assert [entry["agentId"] for entry in entries] == [11, 12, 31]


async def test_an_example_is_measured_when_somebody_asks_and_dated_as_in_the_contract(api):
    assert (await api.results("web/http-server/344813"))[1] is None
    await api.finish()
    _, (entry,) = await api.results("web/http-server/344813")
    assert (entry["date"], entry["roundId"]) == ("2017-03-14 16:22:05", 1_489_508_400)
    assert (await api.results("web/http-server/344813"))[1] == [entry]


async def test_definitions_do_not_tell_what_is_measured(api):
    before = json.dumps(await api.test(344813))
    await api.results("web/http-server/344813")
    assert json.dumps(await api.test(344813)) == before


@pytest.mark.parametrize("away", [203, 209])
async def test_a_target_agent_that_is_away_is_an_error(api, away):
    test = await api.create("voice", targetAgentId=away)
    await api.finish()
    _, (entry,) = await api.results(f"voice/rtp-stream/{test['testId']}")
    assert entry["errorDetail"] == "The target agent is offline or disabled."


@pytest.mark.parametrize(
    "server", ["http://x.example/", "a b", "127.0.0.1:99999", "-x", "1.2.3.4.5"]
)
async def test_what_can_be_no_host_is_an_error(api, server):
    test = await api.create("agent-to-server", server=server)
    await api.finish()
    _, (entry,) = await api.results(f"net/metrics/{test['testId']}")
    assert entry["errorType"] == "DNS"
    assert "loss" not in entry


async def test_a_redirect_to_a_name_is_what_was_measured(api):
    """Not a simulation of the whole: the first answer came over the wire."""

    async def redirect(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 302 Found\r\nlocation: http://far.example/\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        test = await api.create("http-server", url=url, **QUICK)
        await api.finish()
        server.close()
    path = f"web/http-server/{test['testId']}"
    _, (entry,) = await api.results(path)
    assert entry["numRedirects"] == 1
    assert "not allowed" in entry["errorDetails"]
    answer = await api.send("GET", f"/v6/{path}")
    assert answer.headers["x-mock-network"] == "live"
