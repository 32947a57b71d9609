"""Running an instant test again."""

from __future__ import annotations


async def test_a_rerun_answers_nothing_at_all(api):
    answer = await api.rerun(344811)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "0"
    assert "content-type" not in answer.headers


async def test_a_new_test_can_be_run_again_at_once(api):
    test = await api.create("voice")
    assert (await api.rerun(test["testId"])).status_code == 200


async def test_a_rerun_leaves_every_definition_as_it_was(api):
    before = await api.ok("/v6/tests")
    await api.rerun(344811)
    assert await api.ok("/v6/tests") == before


async def test_each_run_is_a_round_that_begins_when_it_is_asked_for(api):
    test_id = (await api.create("voice"))["testId"]
    await api.house.clock.advance(90)
    await api.rerun(test_id)
    assert (await api.stored(test_id))["rounds"] == [1_767_225_600, 1_767_225_690]


async def test_two_runs_in_one_second_are_two_rounds(api):
    test_id = (await api.create("voice"))["testId"]
    await api.rerun(test_id)
    assert (await api.stored(test_id))["rounds"] == [1_767_225_600, 1_767_225_601]


async def test_only_the_last_hundred_rounds_are_remembered(api):
    test_id = (await api.create("voice"))["testId"]
    for _ in range(100):
        await api.house.clock.advance(1)
        await api.rerun(test_id)
    rounds = (await api.stored(test_id))["rounds"]
    assert (len(rounds), rounds[0]) == (100, 1_767_225_601)


async def test_a_rerun_leaves_the_rounds_of_other_tests_alone(api):
    await api.test(344812)  # a world is filled by the first request
    before = await api.stored(344812)
    await api.rerun(344811)
    assert await api.stored(344812) == before


async def test_only_instant_tests_can_be_run_again(api):
    for test_id in [999, 281101, 10**17]:
        message = await api.refused(404, "POST", f"/v6/instant/{test_id}/rerun")
        assert message == f"No instant test has the id {test_id}"


async def test_a_test_is_named_by_a_number_of_at_least_one(api):
    for text in ["voice", "0", "-1", "1.5"]:
        assert "testId" in await api.refused(400, "POST", f"/v6/instant/{text}/rerun")


async def test_clients_that_send_a_body_anyway_are_not_refused(api):
    assert (await api.rerun(344811, content="null")).status_code == 200
    assert (await api.rerun(344811, json={})).status_code == 200


async def test_a_rerun_is_asked_for_by_post_only(api):
    answer = await api.send("GET", "/v6/instant/344811/rerun")
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
