"""What the contract shows works when it is pasted, and the same seed gives the same bytes."""

from __future__ import annotations

import pytest

import specs
from mockserver.vendors.thousandeyes import handlers, vendor

CONTRACT = specs.load("thousandeyes")
OPERATIONS = [
    (method, path, operation)
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
]
CREATIONS = [(path, op) for method, path, op in OPERATIONS if "requestBody" in op]
OURS = {"agents", "apiLinks", "createdBy", "createdDate", "dnsServers", "testId"}


def with_examples(path, operation):
    """Put the examples of path and query parameters into an address."""
    query = []
    for parameter in operation.get("parameters", []):
        name, example = parameter["name"], parameter.get("example")
        if parameter["in"] == "path":
            path = path.replace(f"{{{name}}}", str(example))
        elif name != "window":  # which contradicts from and to
            text = ",".join(example) if isinstance(example, list) else example
            query.append(f"{name}={text}")
    return "/v6" + path + ("?" + "&".join(query) if query else "")


def example_of(answer):
    return answer["content"]["application/json"]["example"]


async def test_every_reading_with_all_its_examples_is_answered(api):
    for method, path, operation in OPERATIONS:
        if method == "get":
            answer = await api.send("GET", with_examples(path, operation))
            documented = {int(status) for status in operation["responses"]} & {200, 301}
            assert {answer.status_code} == documented, answer.text


RESULTS = [
    (path, operation)
    for method, path, operation in OPERATIONS
    if method == "get" and "roundId" in {p["name"] for p in operation.get("parameters", [])}
    if "200" in operation["responses"]
]


@pytest.mark.parametrize(("path", "operation"), RESULTS, ids=[path for path, _ in RESULTS])
async def test_the_result_of_an_example_is_measured_for_the_test_of_the_example(
    api, path, operation
):
    address = with_examples(
        path, {"parameters": [p for p in operation["parameters"] if p["in"] == "path"]}
    )
    if "http-server" in path:
        address += "?headers=1&certificates=1"
    await api.ok(address)
    await api.finish()
    answer = await api.ok(address)
    shown = example_of(operation["responses"]["200"])
    ((layer, page),) = ((key, shown[key]) for key in shown if key in path.split("/"))
    ((key, expected),) = ((key, page[key]) for key in page if key != "test")
    first, entry = expected[0], answer[layer][key][0]
    # A short listing comes in one piece, which has no throughput.
    assert set(first) - {"throughput"} <= set(entry)
    same = ("agentId", "agentName", "countryId", "date", "roundId")
    assert {k: first[k] for k in same if k in first} == {k: entry[k] for k in same if k in first}


async def test_the_example_of_a_rerun_is_answered(api):
    (operation,) = (op for _, path, op in OPERATIONS if path.endswith("/rerun"))
    path = with_examples("/instant/{testId}/rerun", operation)
    assert (await api.send("POST", path)).status_code == 200


@pytest.mark.parametrize(("path", "operation"), CREATIONS, ids=[path for path, _ in CREATIONS])
async def test_the_example_of_a_creation_is_answered_as_shown(api, path, operation):
    body = operation["requestBody"]["content"]["application/json"]["example"]
    answer = await api.send("POST", with_examples(path, operation), json=body)
    (shown,) = example_of(operation["responses"]["201"])["test"]
    (test,) = answer.json()["test"]
    assert set(shown) <= set(test)
    assert {k: test[k] for k in shown if k not in OURS} == {
        k: v for k, v in shown.items() if k not in OURS
    }


@pytest.mark.parametrize(("path", "operation"), CREATIONS, ids=[path for path, _ in CREATIONS])
async def test_the_test_of_the_example_is_there_from_the_beginning(api, path, operation):
    (shown,) = example_of(operation["responses"]["201"])["test"]
    test = await api.test(shown["testId"])
    known = {**shown, "agents": test["agents"], "createdBy": test["createdBy"]}
    known["apiLinks"] = test["apiLinks"]
    assert test.items() >= known.items()


async def test_every_agent_of_an_example_exists(api):
    shown = example_of(CONTRACT["paths"]["/agents"]["get"]["responses"]["200"])["agents"]
    for agent in shown:
        known = await api.agent(agent["agentId"])
        same = ("agentName", "agentType", "countryId", "location")
        assert [known[key] for key in same] == [agent[key] for key in same]
        assert set(agent) <= set(known)


async def test_the_curl_line_of_the_vendor_works(api):
    assert vendor.curl == "curl -u 'mock@example.com:{key}' '{base}/v6/agents'"
    auth = ("mock@example.com", vendor.default_key)
    async with api.house.client("thousandeyes") as client:
        del client.headers["authorization"]
        assert (await client.get("/v6/agents", auth=auth)).status_code == 200


def test_all_operations_that_run_tests_are_counted_as_such():
    (quota,) = (quota for quota in vendor.quotas if quota.name == "thousandeyes-instant")
    instant = {op["operationId"] for method, _, op in OPERATIONS if method == "post"}
    assert quota.operations == instant
    assert len(instant) == 12


def test_every_operation_has_a_handler_of_its_own():
    found = [getattr(handlers, operation["operationId"]) for _, _, operation in OPERATIONS]
    assert len({id(handler) for handler in found}) == len(OPERATIONS) == 32


def everything(stand_in, **settings):
    """Return the bytes of all readings, before and after a few changes."""

    async def story(house):
        async with house.client("thousandeyes") as client:
            paths = [with_examples(path, op) for method, path, op in OPERATIONS if method == "get"]
            before = [(await client.get(path)).content for path in paths]
            for path, operation in CREATIONS:
                body = operation["requestBody"]["content"]["application/json"]["example"]
                before.append((await client.post("/v6" + path, json=body)).content)
            await client.post("/v6/instant/400001/rerun")
            return before + [(await client.get(path)).content for path in paths]

    return stand_in(story, vendor=("thousandeyes",), **settings)


def test_the_same_seed_gives_the_same_bytes(stand_in):
    assert everything(stand_in, seed=7) == everything(stand_in, seed=7)


def test_another_seed_gives_other_addresses_and_the_same_numbers(stand_in):
    def agents(seed):
        async def story(house):
            async with house.client("thousandeyes") as client:
                return (await client.get("/v6/agents")).json()["agents"]

        return stand_in(story, vendor=("thousandeyes",), seed=seed)

    first, second = agents(1), agents(2)
    assert first != second
    assert [a["agentId"] for a in first] == [a["agentId"] for a in second]


def test_tests_survive_a_restart_and_numbers_go_on(stand_in, tmp_path):
    async def create(house):
        async with house.client("thousandeyes") as client:
            body = {"agents": [{"agentId": 113}], "domain": "www.example.com A"}
            answer = await client.post("/v6/instant/dns-trace", json=body)
            listed = await client.get("/v6/tests/dns-trace")
            ids = [test["testId"] for test in listed.json()["test"]]
            return answer.json()["test"][0]["testId"], ids

    settings = {"vendor": ("thousandeyes",), "state": str(tmp_path / "state.db")}
    assert stand_in(create, **settings) == (400_001, [344817, 400_001])
    assert stand_in(create, **settings) == (400_002, [344817, 400_001, 400_002])
