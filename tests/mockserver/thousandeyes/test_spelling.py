"""Suffixes, formats, paths without a version, and names in lower case."""

from __future__ import annotations


async def test_suffix_and_version_may_be_there_or_not(api):
    cases = ["agents", "agents/113", "tests", "tests/voice", "tests/344811", "status"]
    for path in cases:
        wanted = await api.ok(f"/v6/{path}")
        for spelling in (f"/v6/{path}.json", f"/{path}", f"/{path}.json"):
            assert await api.ok(spelling) == wanted


async def test_tests_are_created_and_rerun_with_the_suffix(api):
    body = api.body("agent-to-server", protocol="tcp")
    answer = await api.send("POST", "/instant/agent-to-server.json", json=body)
    assert answer.status_code == 201
    test_id = answer.json()["test"][0]["testId"]
    assert (await api.send("POST", f"/v6/instant/{test_id}/rerun.json")).status_code == 200


async def test_results_are_read_with_the_suffix(api):
    assert await api.ok("/net/metrics/344811.json") == await api.ok("/v6/net/metrics/344811")


async def test_links_name_the_version_whatever_was_asked(api):
    assert await api.ok("/tests/344811.json") == await api.ok("/v6/tests/344811")


async def test_other_versions_are_not_served(api):
    cases = ["/v4/agents", "/v5/agents", "/v7/agents.json", "/v60/agents"]
    for path in cases:
        version = path.split("/")[1]
        message = await api.refused(404, "GET", path)
        assert f"/{version}/agents" in message


async def test_paths_that_lead_nowhere_are_not_found(api):
    for path in ["/", "/v6", "/v6/", "/.json", "/agents/", "/agents.yaml"]:
        await api.refused(404, "GET", path)


async def test_xml_is_not_to_be_had(api):
    cases = [
        ("/v6/agents.xml", "*/*"),
        ("/v6/agents.xml", "application/json"),
        ("/v6/agents", "text/xml"),
        ("/v6/agents", "application/xml;q=0.9, text/xml"),
        ("/v6/agents", "text/xml, application/json;q=0"),
        ("/v6/agents?format=xml", "*/*"),
        ("/v6/agents?format=json&format=xml", "*/*"),
        ("/v6/agents?format=xml", ""),
        ("/v6/status?format=xml", "text/html"),
    ]
    for path, accept in cases:
        message = await api.refused(406, "GET", path, headers={"Accept": accept})
        assert "Only JSON is available" in message


async def test_the_suffix_goes_before_accept_and_accept_before_the_parameter(api):
    cases = [
        ("/v6/agents.json", "text/xml"),
        ("/v6/agents.json?format=xml", "*/*"),
        ("/v6/agents?format=xml", "application/json"),
        ("/v6/agents", "text/xml, application/json;q=0.1"),
        ("/v6/agents", "text/html, application/xml;q=0.9, */*;q=0.8"),
        ("/v6/agents?format=json", "text/html"),
        ("/v6/agents", "TEXT/HTML"),
    ]
    for path, accept in cases:
        answer = await api.send("GET", path, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"


async def test_xml_is_refused_before_anything_is_created(api):
    await api.refused(406, "POST", "/v6/instant/voice.xml", json=api.body("voice"))
    await api.refused(406, "POST", "/v6/instant/voice?format=xml", json=api.body("voice"))
    assert (await api.create("voice"))["testId"] == 400_001


async def test_an_unknown_format_is_refused_by_name(api):
    message = await api.refused(400, "GET", "/v6/agents?format=yaml")
    assert "format is invalid: expected one of json, xml" in message


async def test_names_of_protocols_and_modes_are_read_in_any_case(api):
    cases = [
        ("agent-to-server", {"protocol": "icmp", "probeMode": "Syn"}),
        ("agent-to-agent", {"protocol": "udp", "direction": "bidirectional"}),
        ("http-server", {"protocol": "tcp", "authType": "Basic"}),
        ("dns-trace", {"dnsTransportProtocol": "tcp"}),
        ("sip-server", {"protocol": "tls"}),
    ]
    for type_, choices in cases:
        test = await api.create(type_, **choices)
        assert {name: test[name] for name in choices} == {k: v.upper() for k, v in choices.items()}


async def test_the_protocol_of_a_sip_server_in_one_object_too(api):
    credentials = {"sipRegistrar": "sip.example.com", "port": 5060, "protocol": "udp"}
    test = await api.create("sip-server", targetSipCredentials=credentials)
    assert test["protocol"] == "UDP"


async def test_nothing_else_is_read_in_another_spelling(api):
    cases = [
        ("ftp-server", {"requestType": "LIST"}),
        ("agent-to-server", {"pathTraceMode": "INSESSION"}),
        ("agent-to-server", {"protocol": "\u0131cmp"}),
        ("agent-to-server", {"protocol": 6}),
        ("sip-server", {"targetSipCredentials": "sip.example.com"}),
    ]
    for type_, choices in cases:
        (name,) = choices
        assert name in await api.not_created(type_, **choices)


async def test_texts_that_are_not_names_keep_their_case(api):
    choices = {"testName": "tcp", "url": "https://www.example.com/Tcp", "userAgent": "udp"}
    assert (await api.create("http-server", **choices)).items() >= choices.items()
