"""An agent that joins is listed by both vendors, and measures; one that stops goes offline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from peers import PATIENCE_S, until
from remote_rig import (
    KEYS,
    HoldingServer,
    Program,
    ask,
    owner_among,
    pingplotter_agent,
    thousandeyes_agent,
)

pytestmark = pytest.mark.slow
Start = Callable[..., Program]


def online(url: str, name: str) -> bool:
    """Whether either vendor shows it so."""
    shown, also_shown = pingplotter_agent(url, name), thousandeyes_agent(url, name)
    return shown.get("IsOnline") is True or also_shown.get("agentState") == "Online"


def joined(url: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Wait until both vendors show the agent online; return what they show."""
    until(lambda: pingplotter_agent(url, name).get("IsOnline") is True, "PingPlotter shows it")
    until(lambda: thousandeyes_agent(url, name).get("agentState") == "Online", "so does the other")
    return pingplotter_agent(url, name), thousandeyes_agent(url, name)


def measure_http(url: str, agent_id: object, target: str) -> str:
    """Begin an instant HTTP test from this agent; return where its results will be."""
    body = {"agents": [{"agentId": agent_id}], "testName": "remote", "url": target}
    answer = ask(url, "/thousandeyes/v6/instant/http-server", json=body)
    assert answer.status_code == 201, answer.text
    return f"/thousandeyes/v6/web/http-server/{answer.json()['test'][0]['testId']}"


def results(url: str, path: str) -> list[Any]:
    found: list[Any] = ask(url, path).json()["web"].get("httpServer", [])
    return found


@dataclass
class House:
    """A server, and two agents that stay."""

    server: Program
    office: Program
    url: str


@pytest.fixture(scope="module")
def house(start_agent: Start, start_server: Start) -> House:
    server = start_server("--account", "ci=ci_key", state="house.db")
    office = start_agent()
    start_agent(name="lab")
    url = server.said.split()[-1]
    joined(url, "office")
    joined(url, "lab")
    return House(server, office, url)


def test_pingplotter_lists_an_agent_that_joined(house: House) -> None:
    shown = pingplotter_agent(house.url, "office")
    assert (shown["Platform"], shown["MostRecentIPAddress"]) == ("Linux", "127.0.0.1")


def test_thousandeyes_lists_it_as_an_enterprise_agent(house: House) -> None:
    shown = thousandeyes_agent(house.url, "office")
    assert (shown["agentType"], shown["ipAddresses"][0]) == ("Enterprise", "127.0.0.1")


def test_an_instant_test_is_measured_by_the_process_of_its_agent(house: House) -> None:
    agent_id = thousandeyes_agent(house.url, "office")["agentId"]
    pids = [house.server.process.pid, house.office.process.pid]
    with HoldingServer(owner_of=owner_among(lambda: pids)) as target:
        target.released.set()
        path = measure_http(house.url, agent_id, f"{target.url}/page")
        until(lambda: bool(results(house.url, path)), "the result is there")
        assert set(target.owners) == {house.office.process.pid}
    assert results(house.url, path)[0]["responseCode"] == 200
    assert ask(house.url, path).headers["x-mock-network"] == "live"


def test_one_agent_measures_to_the_responder_of_another(house: House) -> None:
    source, target = (thousandeyes_agent(house.url, name)["agentId"] for name in ("office", "lab"))
    body = {"agents": [{"agentId": source}], "testName": "both", "targetAgentId": target}
    answer = ask(house.url, "/thousandeyes/v6/instant/agent-to-agent", json=body)
    path = f"/thousandeyes/v6/net/metrics/{answer.json()['test'][0]['testId']}"

    def metrics() -> list[Any]:
        found: list[Any] = ask(house.url, path).json()["net"].get("metrics", [])
        return found

    until(lambda: bool(metrics()), "the result is there")
    assert [(one["loss"], one["serverIp"]) for one in metrics()] == [(0.0, "127.0.0.1")]


def test_a_session_is_traced_from_its_agent(house: House) -> None:
    agent_id = pingplotter_agent(house.url, "lab")["UniqueId"]
    target = {"Target": "127.0.0.1", "AgentUniqueId": agent_id, "TraceIntervalInMs": 500}
    assert ask(house.url, "/pingplotter/sessions", json=[target]).status_code == 200

    def status() -> Any:
        return ask(house.url, f"/pingplotter/agents/{agent_id}/status", json={})

    until(lambda: "x-mock-network" in status().headers, "something was measured")
    assert status().headers["x-mock-network"] == "live"


def test_an_agent_that_ends_is_offline_at_once(house: House, start_agent: Start) -> None:
    agent = start_agent(name="passing")
    joined(house.url, "passing")
    assert agent.end() == 0
    until(lambda: not online(house.url, "passing"), "it is offline at both")


def test_a_killed_agent_goes_offline_and_comes_back_as_the_same(
    house: House, start_agent: Start
) -> None:
    agent = start_agent(name="frail")
    before = joined(house.url, "frail")
    agent.kill()
    until(lambda: not online(house.url, "frail"), "it is offline at both")
    start_agent(name="frail")
    after = joined(house.url, "frail")
    assert before[0]["UniqueId"] == after[0]["UniqueId"]
    assert before[1]["agentId"] == after[1]["agentId"]


def test_a_server_that_is_killed_in_the_middle_records_the_result_once(
    house: House, start_server: Start
) -> None:
    """Another server on the same engine, with the same agents."""
    server = start_server()
    url = server.said.split()[-1]
    agent_id = joined(url, "office")[1]["agentId"]
    with HoldingServer() as target:
        path = measure_http(url, agent_id, f"{target.url}/page")
        target.await_request()
        server.kill()
        target.released.set()
        url = start_server().said.split()[-1]
        until(lambda: bool(results(url, path)), "the result is there")
    assert [one["responseCode"] for one in results(url, path)] == [200]


def test_agents_of_another_account_are_not_listed(house: House, start_agent: Start) -> None:
    start_agent("--account", "ci", name="theirs")
    theirs = {"X-API-KEY": "ci_key"}

    def names(headers: dict[str, str]) -> list[str]:
        answer = httpx.get(f"{house.url}/pingplotter/agents", headers=headers, timeout=PATIENCE_S)
        return [agent["Name"] for agent in answer.json()]

    until(lambda: "theirs" in names(theirs), "its own account lists it")
    assert "office" not in names(theirs)
    assert "theirs" not in names(KEYS["pingplotter"])
