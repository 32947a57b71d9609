"""Points of a session: buckets of five minutes, ranges, and how much may be fetched."""

from __future__ import annotations

import pytest

from mockserver.core.errors import TooManyRequests
from mockserver.core.series import Minute
from mockserver.core.vendor import Call
from mockserver.vendors.pingplotter.allowance import DAY_MS, MOST_MS, spent
from mockserver.vendors.pingplotter.points import Span, buckets, milliseconds
from mockserver.vendors.pingplotter.spelling import normalise

START_MS = 1_767_225_600_000
EVER = Span(0, 2**62)


async def points(api, session, **query):
    path = f"/session-trace-data/{session['SessionId']}/points"
    return await api.ok("GET", path, params=query)


async def busy_session(api, minutes):
    """Trace one session for some minutes, and nothing else."""
    for agent in await api.ok("GET", "/agents"):
        await api.ok("PUT", f"/agents/{agent['UniqueId']}/sessions?action=0")
    session = await api.new_session(await api.agent(IsOnline=True), "192.0.2.7 Router")
    await api.house.clock.advance(60 * minutes)
    return session


def minute(number, sent=10, lost=0, **figures):
    values = {"avg_ms": 5.0, "min_ms": 4.0, "max_ms": 9.0, "jitter_ms": 1.0} | figures
    return Minute(START_MS + 60_000 * number, sent, lost, **values)


async def test_points_name_session_agent_and_target(api):
    session = await busy_session(api, 1)
    told = await points(api, session)
    agent = await api.agent(UniqueId=session["AgentUniqueId"])
    assert told["SessionId"] == session["SessionId"]
    assert (told["AgentUniqueId"], told["AgentName"]) == (agent["UniqueId"], agent["Name"])
    assert told["TargetName"] == "192.0.2.7"


async def test_points_are_buckets_of_five_minutes(api):
    session = await busy_session(api, 17)
    told = await points(api, session)
    assert [p["Timestamp"] for p in told["Data"]] == [
        f"2026-01-01T00:{minute:02}:00.000Z" for minute in (0, 5, 10, 15)
    ]
    assert [p["PacketsSent"] for p in told["Data"][1:3]] == [120, 120]
    assert told["EarliestDatapoint"] == "2026-01-01T00:00:00.000Z"
    assert told["LatestDatapoint"] in {"2026-01-01T00:16:00.000Z", "2026-01-01T00:17:00.000Z"}


async def test_a_range_shows_the_buckets_that_it_touches(api):
    session = await busy_session(api, 17)
    query = {"startTime": "2026-01-01T00:07:00Z", "endTime": "2026-01-01T00:10:00.001Z"}
    told = await points(api, session, **query)
    assert [p["Timestamp"][11:16] for p in told["Data"]] == ["00:05", "00:10"]
    whole = await points(api, session)
    assert told["EarliestDatapoint"] == whole["EarliestDatapoint"]


async def test_what_was_shown_stays_when_minutes_are_rolled_up(api):
    session = await busy_session(api, 6)
    query = {"startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:05:00Z"}
    first = (await points(api, session, **query))["Data"]
    await api.house.clock.advance(60 * 14)
    assert (await points(api, session, **query))["Data"] == first


@pytest.mark.parametrize(
    "query",
    [
        {"startTime": "2026-01-01T00:05:00Z", "endTime": "2026-01-01T00:00:00Z"},
        {"endTime": "1999-01-01T00:00:00Z"},
        {"startTime": "2999-01-01T00:00:00Z"},
        {"startTime": "0000-01-01T00:00:00Z", "endTime": "0000-01-01T00:00:00Z"},
    ],
)
async def test_a_range_without_data_is_empty(api, query):
    assert (await points(api, await busy_session(api, 1), **query))["Data"] == []


async def test_a_session_that_never_ran_has_no_datapoints(api):
    told = await points(api, await api.session("Closed"))
    assert told["EarliestDatapoint"] is told["LatestDatapoint"] is None
    assert told["Data"] == []


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-01T00:05:00Z",
        '"2026-01-01T00:05:00Z"',
        "2026-01-01T00:05:00",
        "2026-01-01 00:05:00",
        "2026-01-01T01:05:00+01:00",
        "2026-01-01T01:05:00 01:00",
        "2026-01-01t00:05:00z",
        "2026-01-01T00:05:00.0000000+00:00",
        "1767225900000",
    ],
)
def test_a_time_can_be_written_in_many_ways(text):
    call = normalise(Call("GET", (), (("startTime", text),), {}))
    ((name, value),) = call.query
    assert name == "startTime"
    assert milliseconds(value) == START_MS + 300_000


async def test_names_of_parameters_are_read_in_any_case(api):
    session = await busy_session(api, 1)
    assert (await points(api, session, STARTTIME="2026-01-02"))["Data"] == []
    assert (await points(api, session, endtime="2026-01-02"))["Data"] != []


@pytest.mark.parametrize("name", ["startTime", "endTime"])
@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "12"])
async def test_what_is_no_time_is_refused(api, name, text):
    path = f"/session-trace-data/{(await api.session())['SessionId']}/points"
    assert name in await api.refused(400, "GET", path, params={name: text})


async def test_an_unknown_session_is_not_found(api):
    await api.refused(404, "GET", "/session-trace-data/s1:nobody/points")


def test_buckets_sum_minutes_up():
    rows = [
        minute(0, sent=10, lost=2, avg_ms=5.0, min_ms=3.0, jitter_ms=1.0),
        minute(1, sent=4, lost=0, avg_ms=8.0, max_ms=20.0, jitter_ms=4.0),
        minute(2, sent=3, lost=3, avg_ms=None, min_ms=None, max_ms=None, jitter_ms=None),
    ]
    (bucket,) = buckets(rows, EVER)
    assert bucket == {
        "Timestamp": "2026-01-01T00:00:00.000Z",
        "AverageLatency": 6.0,  # (8 * 5 + 4 * 8) / 12
        "MinimumLatency": 3.0,
        "MaximumLatency": 20.0,
        "Jitter": 1.9,  # (7 * 1 + 3 * 4) / 10
        "PacketsSent": 17,
        "PacketsLost": 5,
    }


def test_where_nothing_came_back_there_are_no_times():
    nothing = {"avg_ms": None, "min_ms": None, "max_ms": None, "jitter_ms": None}
    (bucket,) = buckets([minute(0, sent=3, lost=3, **nothing)], EVER)
    assert (bucket["PacketsSent"], bucket["PacketsLost"]) == (3, 3)
    times = ("AverageLatency", "MinimumLatency", "MaximumLatency", "Jitter")
    assert {bucket[key] for key in times} == {None}


def test_only_data_that_there_is_counts():
    rows = [minute(0), minute(1)]
    assert EVER.shared_with(rows) == 120_000
    assert Span(START_MS + 30_000, START_MS + 90_000).shared_with(rows) == 60_000
    assert Span(0, START_MS).shared_with(rows) == EVER.shared_with([]) == 0


def test_three_years_can_be_fetched_in_ten_minutes_and_no_more():
    """The manual's example: two years now, and one more ten minutes later."""
    two_years, one_year = 2 * 365 * DAY_MS, 365 * DAY_MS
    fetches = spent((), START_MS, two_years)
    fetches = spent(fetches, START_MS + 1000, one_year)
    with pytest.raises(TooManyRequests) as refused:
        spent(fetches, START_MS + 300_000, 1)
    assert refused.value.headers["Retry-After"] == "300"
    assert refused.value.facts["limit"] == MOST_MS // DAY_MS == 1095
    assert spent(fetches, START_MS + 600_000, two_years)


def test_many_fetches_in_one_second_are_one_entry():
    fetches = ()
    for _ in range(100):
        fetches = spent(fetches, START_MS, 5)
    assert fetches == [(START_MS, 500)]


def test_a_leap_second_is_a_time():
    assert milliseconds("2016-12-31T23:59:60Z") == milliseconds("2016-12-31T23:59:59Z")
