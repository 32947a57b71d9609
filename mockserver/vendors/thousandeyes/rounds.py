"""Rounds of a test: one job and one result for each agent, over when all have reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from mockserver.core.backend import Backend
from mockserver.core.job_queue import Payload
from mockserver.core.store import Document
from mockserver.vendors.thousandeyes.measuring import MEASURES
from mockserver.vendors.thousandeyes.measuring.failed import failed
from mockserver.vendors.thousandeyes.measuring.masking import masked
from mockserver.vendors.thousandeyes.measuring.task import Task
from mockserver.vendors.thousandeyes.model import (
    AGENT,
    RESULT,
    ROUNDS,
    TEST,
    host_of,
    is_measuring,
)
from probes.network import Network

MEASURE = "measure"

# An example's results are from the time of the contract's examples: 16:21:58 and 16:22:05.
_EXAMPLE_TOOK_MS = 7_000


async def add_round(backend: Backend, test: Document, begin_s: int) -> Document:
    """Begin a round and return the test with it; the oldest rounds are forgotten."""
    rounds = [*test["rounds"], begin_s]
    for gone in rounds[:-ROUNDS]:
        for result in await results_of(backend, test, gone):
            await backend.documents.delete(RESULT.name, result["id"])
    test = test | {"rounds": rounds[-ROUNDS:]}
    await _assign(backend, test, begin_s)
    return test


async def keep_up(backend: Backend, test: Document) -> Document:
    """Begin what is due before results are shown, and return the test as it is then.

    A scheduled test has a round at each interval in which somebody asks, a seeded one its first
    results when somebody does.
    """
    due = await _with_scheduled(backend, await _with_seeded(backend, test))
    if due != test:
        await backend.documents.update(TEST.name, str(test["testId"]), due)
    return due


async def results_of(backend: Backend, test: Document, begin_s: int) -> list[Document]:
    """Return the results of a round, those under way as well."""
    return await backend.documents.find(RESULT.name, {"round_of": _round_of(test, begin_s)})


async def finished(backend: Backend, test: Document, begin_s: int) -> list[Document] | None:
    """Return the results of a round that is over, None for one that is not."""
    results = await results_of(backend, test, begin_s)
    return results if all(result["done"] for result in results) else None


async def run(network: Network, payload: Payload) -> Document:
    """Carry out what one agent has to do in one round."""
    task = Task(**payload["task"])
    if task.target_is_away:
        return {"error": "The target agent is offline or disabled."}
    return {"findings": dict(await MEASURES[task.type](network, task))}


async def record(backend: Backend, payload: Payload, outcome: Document) -> None:
    """Keep what an agent found; without findings, each of its pages tells what went wrong."""
    result = await backend.documents.get(RESULT.name, payload["result"])
    test = result and await backend.documents.get(TEST.name, str(result["test_id"]))
    if not (result and test):
        return  # the round was forgotten meanwhile
    findings = outcome.get("findings")
    if findings is None:
        findings = failed(test, str(outcome.get("error", "")))
    findings = masked(findings, test)
    found = {
        "done": True,
        "at_ms": payload["dated_ms"] or backend.clock.now_ms(),
        "findings": findings,
        "origins": outcome.get("origins", []),
    }
    await backend.documents.update(RESULT.name, result["id"], {**result, **found})


async def _with_seeded(backend: Backend, test: Document) -> Document:
    for begin_s in test.get("unmeasured", ()):
        if begin_s in test["rounds"]:
            await _assign(backend, test, begin_s, test["created_ms"] + _EXAMPLE_TOOK_MS)
    return {key: value for key, value in test.items() if key != "unmeasured"}


async def _with_scheduled(backend: Backend, test: Document) -> Document:
    if not test["interval"]:
        return test
    now_s = backend.clock.now_ms() // 1000
    begin_s = now_s - now_s % test["interval"]
    return test if begin_s in test["rounds"] else await add_round(backend, test, begin_s)


async def _assign(
    backend: Backend, test: Document, begin_s: int, dated_ms: int | None = None
) -> None:
    agents = {agent["agentId"]: agent for agent in await backend.documents.find(AGENT.name)}
    for choice in test["agents"]:
        agent = agents.get(choice["agentId"])
        if agent is not None and is_measuring(agent):
            task = _task(test, agent, agents, backend)
            result = _pending(test, begin_s, agent)
            await _make_room(backend)
            await backend.documents.insert(RESULT.name, result["id"], result)
            payload = {"result": result["id"], "task": asdict(task), "dated_ms": dated_ms}
            place = _place(backend, agent)
            await backend.jobs.submit(MEASURE, result["id"], payload, place=place)


async def _make_room(backend: Backend) -> None:
    # Results go with their rounds; where there are very many tests the oldest go before.
    if await backend.documents.count(RESULT.name) >= RESULT.limit:
        for oldest in await backend.documents.find(RESULT.name, limit=1):
            await backend.documents.delete(RESULT.name, oldest["id"])


def _pending(test: Document, begin_s: int, agent: Document) -> Document:
    return {
        "id": f"{_round_of(test, begin_s)}/{agent['agentId']}",
        "round_of": _round_of(test, begin_s),
        "test_id": test["testId"],
        "round": begin_s,
        **{key: agent[key] for key in ("agentId", "agentName", "countryId")},
        "done": False,
    }


def _task(
    test: Document,
    agent: Document,
    agents: Mapping[int, Document],
    backend: Backend,
) -> Task:
    # A cluster measures from its first member.
    machine = (agent.get("members") or [agent])[0]
    target = agents.get(test["settings"].get("targetAgentId", 0), {})
    responder_port = target.get("responder_port")
    return Task(
        type=test["type"],
        settings=test["settings"],
        secrets=test["secrets"],
        source_ip=(machine.get("publicIpAddresses") or machine["ipAddresses"])[0],
        # An agent that joined may have come back at another address since.
        target_host=host_of(target) if responder_port else test["target_host"],
        responder_port=responder_port,
        target_is_away=bool(target) and not is_measuring(target),
        source_prefix=machine.get("prefix"),
        now_ms=backend.clock.now_ms(),
        dns_roots=backend.private_dns.roots or None,
        trust_anchors=backend.private_dns.anchors or None,
    )


def _place(backend: Backend, agent: Document) -> str:
    if "remote" in agent:
        return f"remote/{agent['remote']}"
    return f"thousandeyes/{backend.account.name}/{agent['agentId']}"


def _round_of(test: Document, begin_s: int) -> str:
    return f"{test['testId']}/{begin_s}"
