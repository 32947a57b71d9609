"""Reading definitions of tests."""

from __future__ import annotations

SCHEDULED = [281101, 281102, 281103, 281104, 281105]


async def test_every_type_has_a_test_from_the_beginning(api):
    tests = (await api.ok("/v6/tests"))["test"]
    assert {test["type"] for test in tests} == set(api.minimal)


async def test_the_tests_of_the_contracts_examples_are_instant(api):
    for number, type_ in enumerate(api.minimal):
        test = await api.test(344811 + number)
        assert (test["type"], test["interval"], test["alertsEnabled"]) == (type_, 0, 0)


async def test_some_tests_are_scheduled(api):
    tests = (await api.ok("/v6/tests"))["test"]
    scheduled = [test for test in tests if test["interval"]]
    assert [test["testId"] for test in scheduled] == SCHEDULED
    assert {(test["interval"], test["alertsEnabled"]) for test in scheduled} == {(300, 1)}


async def test_a_test_by_its_number_is_the_one_of_the_list(api):
    for listed in (await api.ok("/v6/tests"))["test"]:
        assert await api.test(listed["testId"]) == listed


async def test_leading_zeros_do_not_matter(api):
    assert await api.test("00344811") == await api.test(344811)


async def test_a_type_lists_its_tests_and_no_others(api):
    for type_ in ["dns-server", "http-server", "sip-server"]:
        tests = (await api.ok("/v6/tests"))["test"]
        of_type = (await api.ok(f"/v6/tests/{type_}"))["test"]
        assert of_type == [test for test in tests if test["type"] == type_]
        assert of_type


async def test_a_new_test_comes_last_in_both_lists(api):
    test = await api.create("dns-trace")
    assert (await api.ok("/v6/tests"))["test"][-1] == test
    assert (await api.ok("/v6/tests/dns-trace"))["test"][-1] == test


async def test_a_new_test_reads_as_its_creation_answered(api):
    for type_ in api.minimal:
        test = await api.create(type_)
        assert await api.test(test["testId"]) == test


async def test_an_unknown_number_is_not_found(api):
    for number in ["999", "0", "999999999999999999999999"]:
        assert "No test has the id" in await api.refused(404, "GET", f"/v6/tests/{number}")


async def test_other_text_than_a_number_or_a_type_is_refused(api):
    for text in ["bgp", "-1", "344811x", "HTTP-SERVER"]:
        assert "testIdOrType" in await api.refused(400, "GET", f"/v6/tests/{text}")


async def test_links_begin_where_the_client_reaches_the_stand_in(api):
    root = "http://127.0.0.1:8080/thousandeyes/v6"
    assert (await api.test(344811))["apiLinks"] == [
        {"rel": "self", "href": f"{root}/tests/344811"},
        {"rel": "data", "href": f"{root}/net/metrics/344811"},
        {"rel": "data", "href": f"{root}/net/path-vis/344811"},
    ]


async def test_links_follow_the_vendors_own_host_name(api):
    answer = await api.client.get(
        "http://127.0.0.1:8080/v6/tests/344811", headers={"Host": "api.thousandeyes.com"}
    )
    links = answer.json()["test"][0]["apiLinks"]
    assert links[0]["href"] == "http://api.thousandeyes.com/v6/tests/344811"


async def test_every_link_of_every_test_can_be_followed(api):
    for test in (await api.ok("/v6/tests"))["test"]:
        for link in test["apiLinks"]:
            assert (await api.send("GET", link["href"])).status_code == 200


async def test_the_status_is_the_time_in_milliseconds(api):
    await api.house.clock.advance(1.5)
    assert await api.ok("/v6/status") == {"timestamp": 1_767_225_601_500}
