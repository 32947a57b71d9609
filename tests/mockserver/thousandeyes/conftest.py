"""A ThousandEyes account to tell stories about: tests may be coroutines that take `api`."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Json = Any

CLUSTER, ENTERPRISE, CLOUD = 113, 29, 11
PATIENCE_S = 60
MINIMAL: dict[str, dict[str, Any]] = {
    "agent-to-server": {"server": "www.example.com"},
    "agent-to-agent": {"targetAgentId": ENTERPRISE},
    "http-server": {"url": "https://www.example.com/"},
    "page-load": {"url": "https://www.example.com/"},
    "web-transactions": {"url": "https://www.example.com/", "transactionScript": "go();"},
    "ftp-server": {
        "url": "ftp://ftp.example.com/",
        "requestType": "List",
        "username": "anonymous",
        "password": "hush",
    },
    "dns-trace": {"domain": "www.example.com A"},
    "dns-server": {
        "domain": "www.example.com A",
        "dnsServers": [{"serverName": "ns1.example.com."}],
    },
    "dns-dnssec": {"domain": "www.example.com A"},
    "sip-server": {"sipRegistrar": "sip.example.com", "port": 5060},
    "voice": {"targetAgentId": ENTERPRISE},
}


class Api:
    """What a client of one account does, and what it expects."""

    minimal = MINIMAL
    house: Any
    client: httpx.AsyncClient

    def __init__(self, run: Callable[..., Any]) -> None:
        self.run = run

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        return await self.client.request(method, path, **request)

    async def ok(self, path: str, **request: Any) -> Json:
        answer = await self.send("GET", path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, status: int, method: str, path: str, **request: Any) -> str:
        """Return the text of a refusal, which always has the same shape."""
        answer = await self.send(method, path, **request)
        assert answer.status_code == status, answer.text
        assert list(answer.json()) == ["errorMessage"]
        return str(answer.json()["errorMessage"])

    def body(self, type_: str, **choices: Any) -> dict[str, Any]:
        """Return the smallest body that creates a test of a type, with some choices."""
        return {"agents": [{"agentId": CLUSTER}], **MINIMAL[type_], **choices}

    async def create(self, type_: str, **choices: Any) -> Json:
        """Create a test and return its definition."""
        answer = await self.send("POST", f"/v6/instant/{type_}", json=self.body(type_, **choices))
        assert answer.status_code == 201, answer.text
        (test,) = answer.json()["test"]
        return test

    async def not_created(self, type_: str, **choices: Any) -> str:
        """Return why a test cannot be created; there must be no more tests than before."""
        before = len((await self.ok("/v6/tests"))["test"])
        body = self.body(type_, **choices)
        message = await self.refused(400, "POST", f"/v6/instant/{type_}", json=body)
        assert len((await self.ok("/v6/tests"))["test"]) == before
        return message

    async def rerun(self, test_id: int, **request: Any) -> httpx.Response:
        return await self.send("POST", f"/v6/instant/{test_id}/rerun", **request)

    async def test(self, test_id: int | str) -> Json:
        (test,) = (await self.ok(f"/v6/tests/{test_id}"))["test"]
        return test

    async def agents(self, query: str = "") -> list[Json]:
        agents: list[Json] = (await self.ok(f"/v6/agents{query}"))["agents"]
        return agents

    async def agent(self, agent_id: int) -> Json:
        (agent,) = (await self.ok(f"/v6/agents/{agent_id}"))["agents"]
        return agent

    async def results(self, path: str, **parameters: Any) -> tuple[Any, list[Json] | None]:
        """Return an answer of results, and its list or None where it has none."""
        answer = await self.ok(f"/v6/{path}", params=parameters)
        layer = answer[path.partition("/")[0]]
        return answer, next((layer[key] for key in layer if key != "test"), None)

    async def finish(self) -> None:
        """Let the time pass that measuring takes, simulated or not."""
        async with asyncio.timeout(PATIENCE_S):
            while self.house.app.runner.is_busy:
                await self.house.clock.advance(1)
                await asyncio.sleep(0.001)

    async def stored(self, test_id: int) -> Json:
        """Return what is remembered of a test."""
        async with self.house.app.store.transaction() as transaction:
            return await transaction.documents("thousandeyes/default").get("test", str(test_id))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "settings(**settings): how the stand-in is set up")


@pytest.fixture
def api(stand_in: Callable[..., Any]) -> Api:
    """Give a client; it is connected while a coroutine test runs."""
    return Api(stand_in)


def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine test against a fresh stand-in."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    mark = pyfuncitem.get_closest_marker("settings")
    api = arguments["api"]

    async def story(house: Any) -> None:
        async with house.client("thousandeyes") as client:
            api.house, api.client = house, client
            await pyfuncitem.obj(**arguments)

    api.run(story, vendor=("thousandeyes",), **(mark.kwargs if mark else {}))
    return True
