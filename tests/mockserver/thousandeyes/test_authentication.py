"""Who may call: tokens, account groups, the sandbox, and worlds of their own."""

from __future__ import annotations

import base64

import pytest

TOKEN = "mock-thousandeyes-token"
OTHER = {"Authorization": "Bearer other-token"}
SANDBOX = {"Authorization": "Bearer mock_sandbox_key"}


def basic(text):
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


async def test_a_token_comes_as_a_password_or_as_a_bearer(api):
    cases = [
        basic(f"mock@example.com:{TOKEN}"),
        basic(f"somebody.else@example.org:{TOKEN}"),
        {"Authorization": f"Bearer {TOKEN}"},
        {"Authorization": f"bearer  {TOKEN}"},
    ]
    for headers in cases:
        await api.ok("/v6/agents", headers=headers)


async def test_other_credentials_are_refused(api):
    cases = [
        ("", "Credentials are missing"),
        ("Bearer", "cannot be read"),
        ("Digest username=mock", "cannot be read"),
        ("Basic ???", "cannot be read"),
        ("Bearer wrong", "no user has this token"),
        (basic("mock@example.com:wrong")["Authorization"], "no user has this token"),
        (basic(f"{TOKEN}:mock@example.com")["Authorization"], "no user has this token"),
        (basic(TOKEN)["Authorization"], "cannot be read"),
    ]
    for authorization, what in cases:
        headers = {"Authorization": authorization}
        for method, path in (
            ("GET", "/v6/agents"),
            ("POST", "/v6/instant/voice"),
            ("GET", "/v6/net/metrics/344811"),
        ):
            assert what in await api.refused(401, method, path, headers=headers)


async def test_a_refusal_says_how_to_do_better(api):
    answer = await api.send("GET", "/v6/agents", headers={"Authorization": "Bearer wrong"})
    challenges = answer.headers.get_list("www-authenticate")
    assert challenges == ['Basic realm="api"', 'Bearer realm="api"']


async def test_the_status_needs_no_credentials(api):
    await api.ok("/v6/status", headers={"Authorization": ""})
    await api.ok("/v6/status", headers={"Authorization": "Bearer wrong"})


GROUPED = [
    ("GET", "/v6/agents"),
    ("GET", "/v6/agents/113"),
    ("GET", "/v6/tests"),
    ("GET", "/v6/tests/344811"),
    ("POST", "/v6/instant/344811/rerun"),
    ("GET", "/v6/net/metrics/344811"),
    ("GET", "/v6/net/path-vis/344811/113/1489508400"),
    ("GET", "/v6/dns/server/344818/465"),
]


async def test_the_users_own_account_group_may_be_named_and_no_other(api):
    for method, path in GROUPED:
        plain = await api.send(method, path)
        named = await api.send(method, f"{path}?aid=11")
        assert plain.status_code == named.status_code == 200
        assert named.content == plain.content
        for aid in ("12", "0", "-11"):
            message = await api.refused(400, method, f"{path}?aid={aid}")
            assert "aid is invalid: expected 11" in message
        assert "aid" in await api.refused(400, method, f"{path}?aid=mine")


async def test_nothing_is_created_for_another_account_group(api):
    for type_ in api.minimal:
        path, body = f"/v6/instant/{type_}", api.body(type_)
        await api.refused(400, "POST", f"{path}?aid=12", json=body)
        assert (await api.send("POST", f"{path}?aid=11", json=body)).status_code == 201
    assert (await api.create("voice"))["testId"] == 400_012


async def test_a_sandbox_account_reads_everything(api):
    for path in ("/v6/agents", "/v6/tests", "/v6/net/metrics/344811"):
        await api.ok(path, headers=SANDBOX)


async def test_a_sandbox_account_runs_no_instant_tests(api):
    said = "Instant tests are not allowed for a sandbox account"
    for type_ in api.minimal:
        path, body = f"/v6/instant/{type_}", api.body(type_)
        assert await api.refused(403, "POST", path, json=body, headers=SANDBOX) == said
    path = "/v6/instant/344811/rerun"
    assert await api.refused(403, "POST", path, headers=SANDBOX) == said
    tests = (await api.ok("/v6/tests", headers=SANDBOX))["test"]
    assert not any(test["testId"] > 400_000 for test in tests)


@pytest.mark.settings(account=("other=other-token",))
async def test_two_accounts_do_not_see_each_others_tests(api):
    mine = await api.create("voice")
    path = f"/v6/tests/{mine['testId']}"
    await api.refused(404, "GET", path, headers=OTHER)
    await api.refused(404, "POST", f"/v6/instant/{mine['testId']}/rerun", headers=OTHER)
    answer = await api.send(
        "POST", "/v6/instant/dns-trace", json=api.body("dns-trace"), headers=OTHER
    )
    theirs = answer.json()["test"][0]
    assert theirs["testId"] == mine["testId"]
    assert theirs["createdBy"] == "API User (other@example.com)"
    assert (await api.test(mine["testId"]))["type"] == "voice"


@pytest.mark.settings(account=("other=other-token",))
async def test_the_contracts_examples_exist_in_every_account(api):
    for path in ("/v6/agents/113", "/v6/agents/29", "/v6/agents/11", "/v6/tests/344811"):
        await api.ok(path, headers=OTHER)


@pytest.mark.settings(account=("other=other-token",))
async def test_two_accounts_have_agents_with_the_same_names_and_other_addresses(api):
    mine = await api.agents()
    theirs = (await api.ok("/v6/agents", headers=OTHER))["agents"]
    assert [a["agentName"] for a in mine] == [a["agentName"] for a in theirs]
    assert mine != theirs
