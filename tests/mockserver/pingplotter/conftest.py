"""A PingPlotter account to tell stories about."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

Json = Any


class Api:
    """What a client of one account does, and what it expects."""

    def __init__(self, house: Any, client: httpx.AsyncClient) -> None:
        self.house = house
        self.client = client

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        return await self.client.request(method, path, **request)

    async def ok(self, method: str, path: str, **request: Any) -> Json:
        answer = await self.send(method, path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, status: int, method: str, path: str, **request: Any) -> str:
        """Return the text of a refusal, which must have the shape that all but 429 have."""
        answer = await self.send(method, path, **request)
        assert answer.status_code == status, answer.text
        assert list(answer.json()) == ["error"]
        return str(answer.json()["error"])

    async def agents(self) -> list[Json]:
        return await self.ok("GET", "/agents?includeTemplates=true&includeDeleted=true")

    async def agent(self, **wanted: Any) -> Json:
        """Return the first agent whose fields are as wanted."""
        return next(a for a in await self.agents() if wanted.items() <= a.items())

    async def sessions(self, **filters: str) -> list[Json]:
        return await self.ok("GET", "/sessions", params=filters)

    async def session(self, status: str = "Active", *, online: bool = True) -> Json:
        """Return the first session of that status whose agent is online, or offline."""
        agents = {a["UniqueId"]: a for a in await self.agents()}
        return next(
            s
            for s in await self.sessions()
            if s["Status"] == status and agents[s["AgentUniqueId"]]["IsOnline"] is online
        )

    async def status_of(self, session: Json) -> str:
        """Return the status that a session has now."""
        return str((await self.ok("GET", f"/sessions/{session['SessionId']}"))["Status"])

    async def first_rounds(self) -> None:
        """Let time pass until every session that is traced has sent a packet, and been told."""
        await self.house.clock.advance(2.6)
        async with asyncio.timeout(20):
            await self.house.app.schedule.drain()

    async def new_agent(self, *targets: str, **fields: Any) -> Json:
        body = {"Name": "New", "Targets": [{"Target": t} for t in targets], **fields}
        return await self.ok("POST", "/agents", json=body)

    async def new_session(self, agent: Json, target: str) -> Json:
        """Add a session to an agent and return it."""
        body = [{"Target": target, "AgentUniqueId": agent["UniqueId"]}]
        assert await self.ok("POST", "/sessions", json=body) is True
        return (await self.sessions(agentUniqueId=agent["UniqueId"]))[-1]


Story = Callable[[Api], Awaitable[Any]]


@pytest.fixture
def room(stand_in: Callable[..., Any]) -> Callable[..., Any]:
    """Run `story(api)` against a fresh stand-in; keyword arguments are settings."""

    def run(story: Story, **settings: Any) -> Any:
        async def whole(house: Any) -> Any:
            async with house.client("pingplotter") as client:
                return await story(Api(house, client))

        return stand_in(whole, vendor=("pingplotter",), **settings)

    return run


@pytest.fixture
def api(room: Callable[..., Any]) -> Callable[..., Any]:
    """Give a test that is a coroutine the client of a fresh stand-in."""
    return room


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine as the story that it is."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    run = arguments.pop("api")
    run(lambda api: test(api=api, **arguments))
    return True
