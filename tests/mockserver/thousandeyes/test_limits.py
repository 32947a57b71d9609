"""What every answer carries, and how calls are counted."""

from __future__ import annotations

import pytest

ORGANIZATION, INSTANT = "x-organization-rate-limit", "x-instant-test-rate-limit"
RESET = "1767225660"
FIXED = {
    "cache-control": "no-store",
    "strict-transport-security": "max-age=31536000",
    "x-server-name": "1-4",
    "x-content-type-options": "nosniff",
}
documented = pytest.mark.settings(rate_limit={})


def standing(answer, quota):
    return [answer.headers.get(f"{quota}-{part}") for part in ("limit", "remaining", "reset")]


async def test_every_answer_carries_the_fixed_headers(api):
    cases = [
        ("GET", "/v6/agents"),
        ("GET", "/v6/status"),
        ("GET", "/v6/agents/999"),
        ("GET", "/v6/agents.xml"),
        ("GET", "/v5/agents"),
        ("POST", "/v6/instant/344811/rerun"),
        ("POST", "/v6/instant/voice"),
        ("DELETE", "/v6/tests/344811"),
    ]
    for method, path in cases:
        answer = await api.send(method, path)
        assert {name: answer.headers.get(name) for name in FIXED} == FIXED


@documented
async def test_calls_are_counted_for_the_organization(api):
    answers = [await api.send("GET", "/v6/agents") for _ in range(3)]
    assert [standing(answer, ORGANIZATION) for answer in answers] == [
        ["240", "239", RESET],
        ["240", "238", RESET],
        ["240", "237", RESET],
    ]


@documented
async def test_only_instant_operations_count_as_instant_tests(api):
    for path in ("/v6/agents", "/v6/agents/113", "/v6/tests", "/v6/net/metrics/344811"):
        assert standing(await api.send("GET", path), INSTANT) == [None] * 3
    answer = await api.send("POST", "/v6/instant/voice", json=api.body("voice"))
    assert standing(answer, INSTANT) == ["24", "23", RESET]
    assert standing(answer, ORGANIZATION) == ["240", "235", RESET]


@documented
async def test_all_twelve_instant_operations_share_one_count(api):
    left = []
    for type_ in api.minimal:
        answer = await api.send("POST", f"/v6/instant/{type_}", json=api.body(type_))
        left.append(int(answer.headers[f"{INSTANT}-remaining"]))
    answer = await api.rerun(344811)
    left.append(int(answer.headers[f"{INSTANT}-remaining"]))
    assert left == list(range(23, 11, -1))


@documented
async def test_refused_calls_count_once_the_caller_is_known(api):
    await api.refused(400, "POST", "/v6/instant/voice", json={})
    await api.refused(404, "POST", "/v6/instant/999/rerun")
    await api.refused(404, "GET", "/v6/agents/999")
    answer = await api.rerun(344811)
    assert standing(answer, INSTANT)[1] == "21"
    assert standing(answer, ORGANIZATION)[1] == "236"


@documented
async def test_what_is_answered_before_the_caller_is_known_is_not_counted(api):
    for path in ("/v6/agents.xml", "/v6/nowhere", "/v6/status"):
        assert standing(await api.send("GET", path), ORGANIZATION) == [None] * 3
    unknown = {"Authorization": "Bearer wrong"}
    answer = await api.send("GET", "/v6/agents", headers=unknown)
    assert standing(answer, ORGANIZATION) == [None] * 3
    assert standing(await api.send("GET", "/v6/agents"), ORGANIZATION)[1] == "239"


@documented
async def test_the_241st_call_of_a_minute_is_refused(api):
    for _ in range(240):
        await api.ok("/v6/status")
        assert (await api.send("GET", "/v6/agents/11")).status_code == 200
    answer = await api.send("GET", "/v6/agents/11")
    assert answer.status_code == 429
    assert answer.json() == {"errorMessage": "Rate limit exceeded: more than 240 calls in 60 s"}
    assert standing(answer, ORGANIZATION) == ["240", "0", RESET]
    assert answer.headers["retry-after"] == "60"


@documented
async def test_the_25th_instant_test_of_a_minute_is_refused_and_does_nothing(api):
    for _ in range(24):
        await api.rerun(344811)
    message = await api.refused(429, "POST", "/v6/instant/voice", json=api.body("voice"))
    assert message == "Rate limit exceeded: more than 24 calls in 60 s"
    assert len((await api.ok("/v6/tests/voice"))["test"]) == 2


@documented
async def test_the_minute_begins_with_the_first_call_and_then_all_is_free_again(api):
    await api.house.clock.advance(30)
    for _ in range(24):
        await api.rerun(344811)
    await api.house.clock.advance(59)
    assert (await api.rerun(344811)).status_code == 429
    await api.house.clock.advance(1)
    answer = await api.rerun(344811)
    assert (answer.status_code, standing(answer, INSTANT)[1]) == (200, "23")


@pytest.mark.settings(rate_limit={}, account=("other=other-token",))
async def test_each_account_has_its_own_count(api):
    for _ in range(24):
        await api.rerun(344811)
    other = {"Authorization": "Bearer other-token"}
    answer = await api.rerun(344811, headers=other)
    assert (answer.status_code, standing(answer, INSTANT)[1]) == (200, "23")


@pytest.mark.settings(rate_limit={"thousandeyes": 970, "thousandeyes-instant": 97})
async def test_an_organization_may_have_other_limits(api):
    answer = await api.rerun(344811)
    assert standing(answer, ORGANIZATION)[:2] == ["970", "969"]
    assert standing(answer, INSTANT)[:2] == ["97", "96"]
