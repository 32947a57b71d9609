"""Time ranges of results: a window, or begin and end."""

from __future__ import annotations

PATHS = [
    "/v6/net/metrics/344811",
    "/v6/net/path-vis/344811",
    "/v6/web/http-server/344813",
    "/v6/web/page-load/344814",
    "/v6/web/web-transactions/344815",
    "/v6/web/ftp-server/344816",
    "/v6/dns/trace/344817",
    "/v6/dns/server/344818",
    "/v6/dns/server/344818/465",
    "/v6/dns/dnssec/344819",
    "/v6/voice/sip-server/344820",
    "/v6/voice/rtp-stream/344821",
]
METRICS = PATHS[0]
NOW = "2026-01-01 00:00:00"


async def test_without_a_range_none_is_shown(api):
    for path in PATHS:
        answer = await api.ok(path)
        assert not {"from", "to"} & set(answer)


async def test_every_result_takes_begin_and_end(api):
    for path in PATHS:
        answer = await api.ok(f"{path}?from=2017-03-14T16:20:00&to=2017-03-14T17:20:00")
        assert (answer["from"], answer["to"]) == ("2017-03-14 16:20:00", "2017-03-14 17:20:00")


async def test_every_result_takes_a_window_and_shows_what_it_means(api):
    for path in PATHS:
        answer = await api.ok(f"{path}?window=1h")
        assert (answer["from"], answer["to"]) == ("2025-12-31 23:00:00", NOW)


async def test_every_result_refuses_what_contradicts_itself(api):
    for path in PATHS:
        await api.refused(400, "GET", f"{path}?window=1h&from=2017-03-14T16:20:00")
        await api.refused(400, "GET", f"{path}?to=2017-03-14T16:20:00")


async def test_a_window_is_a_number_and_a_unit_and_ends_now(api):
    cases = [
        ("90", "2025-12-31 23:58:30"),
        ("90s", "2025-12-31 23:58:30"),
        ("5m", "2025-12-31 23:55:00"),
        ("12h", "2025-12-31 12:00:00"),
        ("7d", "2025-12-25 00:00:00"),
        ("2w", "2025-12-18 00:00:00"),
        ("0", NOW),
        ("00000000000000000090", "2025-12-31 23:58:30"),
        ("99999999999999999999999999w", "1970-01-01 00:00:00"),
        ("999999999999w", "1970-01-01 00:00:00"),
    ]
    for window, begin in cases:
        answer = await api.ok(f"{METRICS}?window={window}")
        assert (answer["from"], answer["to"]) == (begin, NOW)


async def test_a_window_moves_with_the_clock(api):
    await api.house.clock.advance(3661.5)
    answer = await api.ok(f"{METRICS}?window=1s")
    assert (answer["from"], answer["to"]) == ("2026-01-01 01:01:00", "2026-01-01 01:01:01")


async def test_a_window_of_another_form_is_refused(api):
    for window in ["", "h", "1y", "-1h", "1.5h", "1H", "1 h"]:
        message = await api.refused(400, "GET", METRICS, params={"window": window})
        assert "window is invalid" in message


async def test_a_range_without_an_end_ends_now(api):
    answer = await api.ok(f"{METRICS}?from=2025-12-31T23:00:00")
    assert (answer["from"], answer["to"]) == ("2025-12-31 23:00:00", NOW)


async def test_a_range_that_begins_in_the_future_is_empty(api):
    answer = await api.ok(f"{METRICS}?from=2027-01-01T00:00:00")
    assert (answer["from"], answer["to"]) == ("2027-01-01 00:00:00", "2027-01-01 00:00:00")


async def test_date_and_time_are_joined_by_a_blank_or_a_t(api):
    for text in ["2017-03-14 16:20:00", "2017-03-14T16:20:00"]:
        answer = await api.ok(METRICS, params={"from": text})
        assert answer["from"] == "2017-03-14 16:20:00"


async def test_a_plus_in_the_query_is_a_blank(api):
    answer = await api.ok(f"{METRICS}?from=2017-03-14+16%3A20%3A00")
    assert answer["from"] == "2017-03-14 16:20:00"


async def test_a_date_that_does_not_exist_is_refused_by_name(api):
    cases = [
        "2017-02-29T00:00:00",
        "2017-13-01T00:00:00",
        "2017-01-01T24:00:00",
        "0000-01-01T00:00:00",
    ]
    for text in cases:
        assert "from is invalid" in await api.refused(400, "GET", f"{METRICS}?from={text}")
        path = f"{METRICS}?from=2017-01-01T00:00:00&to={text}"
        assert "to is invalid" in await api.refused(400, "GET", path)


async def test_a_date_of_another_form_is_refused(api):
    for text in ["2017-03-14", "yesterday", "2017-03-14T16:20:00Z", ""]:
        message = await api.refused(400, "GET", METRICS, params={"from": text})
        assert "from is invalid" in message


async def test_a_year_may_be_long_ago(api):
    answer = await api.ok(f"{METRICS}?from=0099-01-01T00:00:00&to=0100-01-01T00:00:00")
    assert (answer["from"], answer["to"]) == ("0099-01-01 00:00:00", "0100-01-01 00:00:00")


async def test_a_range_may_be_a_single_moment(api):
    moment = "2017-03-14T16:20:00"
    answer = await api.ok(f"{METRICS}?from={moment}&to={moment}")
    assert answer["from"] == answer["to"]


async def test_a_range_does_not_end_before_it_begins(api):
    path = f"{METRICS}?from=2017-03-14T16:20:00&to=2017-03-14T16:19:59"
    assert "to is invalid" in await api.refused(400, "GET", path)


async def test_a_window_stands_alone(api):
    for other in ["from", "to"]:
        message = await api.refused(400, "GET", f"{METRICS}?window=1h&{other}=2017-03-14T16:20:00")
        assert "window is invalid: expected no window beside from or to" in message


async def test_an_end_needs_a_begin(api):
    message = await api.refused(400, "GET", f"{METRICS}?to=2017-03-14T16:20:00")
    assert "to is invalid: expected to only together with from" in message


async def test_where_no_range_is_documented_it_is_overlooked(api):
    answer = await api.ok("/v6/net/path-vis/344811/113/1489508400?window=1h&to=never")
    assert not {"from", "to"} & set(answer)
