"""Creating instant tests of all eleven types."""

from __future__ import annotations

import pytest

import specs

CONTRACT = specs.load("thousandeyes")
TYPES = [path.rpartition("/")[2] for path in CONTRACT["paths"] if path.startswith("/instant/")]
TYPES.remove("rerun")
IGNORED = (
    "interval",
    "subinterval",
    "alertsEnabled",
    "alertRules",
    "bgpMeasurements",
    "bgpMonitors",
)
LINKS = {
    "agent-to-server": ["net/metrics", "net/path-vis"],
    "agent-to-agent": ["net/metrics", "net/path-vis"],
    "http-server": ["web/http-server", "net/metrics", "net/path-vis"],
    "page-load": ["web/page-load", "web/http-server", "net/metrics", "net/path-vis"],
    "web-transactions": ["web/web-transactions", "net/metrics", "net/path-vis"],
    "ftp-server": ["web/ftp-server", "net/metrics", "net/path-vis"],
    "dns-trace": ["dns/trace"],
    "dns-server": ["dns/server", "net/metrics", "net/path-vis"],
    "dns-dnssec": ["dns/dnssec"],
    "sip-server": ["voice/sip-server", "net/metrics", "net/path-vis"],
    "voice": ["voice/rtp-stream", "net/path-vis"],
}


def request_schema(type_):
    content = CONTRACT["paths"][f"/instant/{type_}"]["post"]["requestBody"]["content"]
    return content["application/json"]["schema"]


def properties(schema):
    """Return all properties of a schema, through every allOf."""
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found |= properties(part)
    return found


def a_value(schema):
    """Return a value that fits a property and is not its default."""
    if "enum" in schema:
        return next(value for value in schema["enum"] if value != schema.get("default"))
    if schema.get("type") == "integer":
        return schema.get("maximum", 7)
    return {"string": "text", "array": [], "object": {}}[schema["type"]]


def paths_of(links):
    return [link["href"].partition("/v6/")[2].rpartition("/")[0] for link in links]


def test_the_contract_has_eleven_types(api):
    assert sorted(TYPES) == sorted(api.minimal)


@pytest.mark.parametrize("type_", TYPES)
async def test_every_documented_default_is_shown(api, type_):
    test = await api.create(type_)
    defaults = {
        name: schema["default"]
        for name, schema in properties(request_schema(type_)).items()
        if "default" in schema
    }
    assert {name: test.get(name) for name in defaults} == defaults


@pytest.mark.parametrize("type_", TYPES)
async def test_every_choice_is_shown_as_it_was_made(api, type_):
    fixed = {"agents", "dnsServers", "targetAgentId", "targetSipCredentials", *IGNORED}
    choices = {
        name: a_value(schema)
        for name, schema in properties(request_schema(type_)).items()
        if name not in fixed and not schema.get("writeOnly")
    }
    choices |= {"httpTimeLimit": 6} if type_ == "page-load" else {}
    choices |= {"protocol": "TCP"} if type_ == "agent-to-server" else {}
    test = await api.create(type_, **choices)
    if type_ == "agent-to-server":
        assert test.pop("server") == f"{choices.pop('server')}:{choices['port']}"
    assert {name: test.get(name) for name in choices} == choices


async def test_what_every_instant_test_shows(api):
    for type_ in TYPES:
        test = await api.create(type_)
        shown = (
            "interval",
            "alertsEnabled",
            "bgpMeasurements",
            "liveShare",
            "savedEvent",
            "enabled",
        )
        assert [test[key] for key in shown] == [0, 0, 0, 0, 0, 1]
        assert test["type"] == type_
        assert test["createdBy"] == "API User (default@example.com)"
        assert test["createdDate"] == "2026-01-01 00:00:00"


async def test_links_lead_to_each_kind_of_result(api):
    for type_ in TYPES:
        test = await api.create(type_)
        assert paths_of(test["apiLinks"]) == ["tests", *LINKS[type_]]
        assert [link["rel"] for link in test["apiLinks"]] == ["self"] + ["data"] * len(
            LINKS[type_]
        )
        assert all(link["href"].endswith(f"/{test['testId']}") for link in test["apiLinks"])


async def test_without_network_measurements_there_are_no_links_to_them(api):
    cases = [
        "http-server",
        "page-load",
        "web-transactions",
        "ftp-server",
        "dns-server",
        "sip-server",
    ]
    for type_ in cases:
        test = await api.create(type_, networkMeasurements=0)
        rest = [path for path in LINKS[type_] if not path.startswith("net/")]
        assert paths_of(test["apiLinks"]) == ["tests", *rest]


async def test_the_network_of_an_agent_to_server_test_cannot_be_left_out(api):
    test = await api.create("agent-to-server", networkMeasurements=0)
    assert test["networkMeasurements"] == 1
    assert paths_of(test["apiLinks"]) == ["tests", "net/metrics", "net/path-vis"]


@pytest.mark.parametrize("type_", TYPES)
async def test_the_six_ignored_keys_take_any_value_and_change_nothing(api, type_):
    async def created(**choices):
        test = await api.create(type_, testName="same", **choices)
        return {k: v for k, v in test.items() if k not in {"testId", "apiLinks", "dnsServers"}}

    plain = await created()
    for value in (300, 0, None, "soon", [{"ruleId": 1}], {"a": 1}, False):
        assert await created(**dict.fromkeys(IGNORED, value)) == plain


async def test_unknown_keys_are_not_remembered(api):
    for type_ in TYPES:
        answer_only = {"testId": 7, "enabled": 0, "createdBy": "Somebody", "type": "bgp"}
        test = await api.create(type_, colour="red", codec="Opus", **answer_only)
        assert "colour" not in test
        assert (test["type"], test["enabled"], test["createdBy"][:8]) == (type_, 1, "API User")
        assert test["testId"] != 7
        assert test.get("codec") != "Opus"


async def test_each_missing_key_is_named(api):
    for type_ in TYPES:
        message = await api.refused(400, "POST", f"/v6/instant/{type_}", json={})
        required = ["agents", *(k for k in api.minimal[type_] if type_ != "sip-server")]
        assert all(f"{name} is required" in message for name in required)


async def test_tests_are_numbered_in_order_of_creation(api):
    ids = [(await api.create(type_))["testId"] for type_ in TYPES]
    assert ids == list(range(400_001, 400_012))


async def test_a_refused_creation_takes_no_number(api):
    await api.not_created("agent-to-server", protocol="ICMP", port=80)
    assert (await api.create("agent-to-server"))["testId"] == 400_001


async def test_a_name_is_made_up_where_there_is_none(api):
    test = await api.create("dns-trace")
    assert test["testName"] == f"Instant dns-trace test {test['testId']}"


async def test_two_tests_may_have_the_same_name(api):
    names = [(await api.create("voice", testName="Calls"))["testName"] for _ in range(2)]
    assert names == ["Calls", "Calls"]


async def test_the_date_of_creation_is_the_clocks(api):
    await api.house.clock.advance(86_400 + 61.9)
    assert (await api.create("voice"))["createdDate"] == "2026-01-02 00:01:01"


async def test_labels_and_sharing_are_shown(api):
    groups = [{"groupId": 5, "name": "Ours", "builtIn": 0}]
    accounts = [{"aid": 11, "name": "Example"}]
    test = await api.create("dns-dnssec", groups=groups, sharedWithAccounts=accounts)
    assert (test["groups"], test["sharedWithAccounts"]) == (groups, accounts)


async def test_other_types_do_not_exist(api):
    for other in ["bgp", "transactions", "dnsp-server", "Voice", "344811"]:
        await api.refused(404, "POST", f"/v6/instant/{other}", json=api.body("voice"))


async def test_a_body_must_be_json_and_say_so(api):
    message = await api.refused(
        415, "POST", "/v6/instant/voice", content="{}", headers={"Content-Type": "text/plain"}
    )
    assert "application/json" in message


async def test_a_body_must_be_an_object_of_the_right_form(api):
    for content in ["", "{", "[]", "null", '"voice"', '{"agents": 1}']:
        headers = {"Content-Type": "application/json"}
        await api.refused(400, "POST", "/v6/instant/voice", content=content, headers=headers)


async def test_a_huge_body_is_refused(api):
    body = api.body("web-transactions", transactionScript="x" * 2_000_000)
    await api.refused(413, "POST", "/v6/instant/web-transactions", json=body)


async def test_instant_tests_are_only_created_by_post(api):
    answer = await api.send("GET", "/v6/instant/voice")
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
    assert "GET is not allowed" in answer.json()["errorMessage"]
