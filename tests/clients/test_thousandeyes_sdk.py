"""A ThousandEyes SDK for Python, written for v6 by others, finds what it expects."""

from __future__ import annotations

import pytest

SDK = "import thousandeyessdk\n"
# The constructor itself calls GET /v6/status?format=json.
PRELUDE = f"""{SDK}
te = thousandeyessdk.ThousandEyes(
    username="mock@example.com", auth_token="mock-thousandeyes-token", url=address, aid=11
)

def create(**choices):
    return te._request("/instant/agent-to-server", method="POST", json=choices, raw=True)
"""


@pytest.fixture(scope="module")
def address(served):
    return served("thousandeyes")


@pytest.fixture(scope="module")
def python(client_python):
    return client_python("thousandeyessdk")


@pytest.fixture(scope="module")
def sdk(python, address, script_runner):
    """Run a script with a client `te` that has shown user and token."""
    return script_runner(python, address, PRELUDE)


@pytest.fixture(scope="module")
def bare(python, address, script_runner):
    """Run a script that makes its own client."""
    return script_runner(python, address, SDK)


def test_agents_are_listed_and_each_is_found_by_its_number(sdk):
    seen = sdk("""
        listed = list(te.agents.list())
        found = [te.agents.get(agent.id) for agent in listed[:3]]
        show(
            listed=[[a.id, a.name] for a in listed],
            found=[[a.id, a.name] for a in found],
        )
    """)
    ids = [id_ for id_, _ in seen["listed"]]
    assert len(ids) > 3
    assert all(isinstance(id_, int) for id_ in ids)
    assert len(set(ids)) == len(ids)
    assert all(name for _, name in seen["listed"])
    assert seen["found"] == seen["listed"][:3]


def test_a_bearer_token_sees_what_user_and_token_see(bare):
    seen = bare("""
        token = "mock-thousandeyes-token"
        bearer = thousandeyessdk.ThousandEyes(bearer_token=token, url=address)
        basic = thousandeyessdk.ThousandEyes(
            username="mock@example.com", auth_token=token, url=address
        )
        first, second = bearer.agents.list(), basic.agents.list()
        show(bearer=[a.id for a in first], basic=[a.id for a in second])
    """)
    assert seen["bearer"]
    assert seen["bearer"] == seen["basic"]


def test_an_instant_test_is_made_and_then_found(sdk):
    seen = sdk("""
        agent = next(te.agents.list())
        answer = create(agents=[{"agentId": agent.id}], server="127.0.0.1", testName="From an SDK")
        made = answer.json()["test"]
        test = te.tests.get(made[0]["testId"])
        show(
            status=answer.status_code, headers=[name.lower() for name in answer.headers],
            made=made, agent=agent.id, id=test.id, interval=test.interval,
            agents=[a["agentId"] for a in test.agent_list],
            listed=test.id in [t.id for t in te.tests.list()],
        )
    """)
    assert seen["status"] == 201
    assert len(seen["made"]) == 1
    assert seen["made"][0]["testName"] == "From an SDK"
    assert seen["made"][0]["type"] == "agent-to-server"
    assert seen["id"] == seen["made"][0]["testId"]
    assert seen["agents"] == [seen["agent"]]
    assert seen["interval"] == 0
    assert seen["listed"]
    assert "x-instant-test-rate-limit-remaining" in seen["headers"]


def test_links_of_a_test_lead_back_to_this_server(sdk, address):
    seen = sdk("""
        agent = next(te.agents.list())
        made = create(agents=[{"agentId": agent.id}], server="127.0.0.1").json()["test"][0]
        show(id=made["testId"], links={link["rel"]: link["href"] for link in made["apiLinks"]})
    """)
    assert seen["links"]["self"] == f"{address}/v6/tests/{seen['id']}"
    assert seen["links"]["data"].startswith(f"{address}/v6/net/")


def test_an_unknown_test_is_told_in_words(sdk):
    """The SDK raises werkzeug's exception for the status, with the text of `errorMessage`."""
    seen = sdk("""
        from werkzeug.exceptions import HTTPException
        try:
            te.tests.get(999999999)
        except HTTPException as error:
            show(status=error.code, message=error.description)
    """)
    assert seen["status"] == 404
    assert seen["message"]


def test_a_wrong_token_is_refused(bare):
    """The status needs no credentials, so the constructor works; the first real call does not."""
    seen = bare("""
        from werkzeug.exceptions import Unauthorized
        stranger = thousandeyessdk.ThousandEyes(bearer_token="not-a-token", url=address)
        try:
            list(stranger.agents.list())
        except Unauthorized as error:
            show(message=error.description)
    """)
    assert seen["message"]


def test_a_result_that_is_not_there_yet_lacks_its_list(sdk):
    """That is how real programs wait: the test is told, the list of results is missing."""
    seen = sdk("""
        agent = next(te.agents.list())
        made = create(agents=[{"agentId": agent.id}], server="www.example.com").json()["test"][0]
        show(id=made["testId"], result=te._request(f"/net/path-vis/{made['testId']}"))
    """)
    assert seen["result"]["net"]["test"]["testId"] == seen["id"]
    assert "pathVis" not in seen["result"]["net"]
    assert seen["result"]["pages"] == {"current": 1}
