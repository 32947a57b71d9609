"""A stand-in in this process with as many agents, sessions and instant tests as are wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx

from mockserver.app import Application, create_app
from mockserver.core.clock import Clock
from mockserver.settings import Settings
from mockserver.vendors.pingplotter.backend import PingPlotterBackend

KEYS = {
    "pingplotter": {"X-API-KEY": "mock-pingplotter-key"},
    "thousandeyes": {"Authorization": "Bearer mock-thousandeyes-token"},
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One running application, spoken to as its clients would."""

    app: Application

    async def call(self, vendor: str, method: str, path: str, json: Any = None) -> Any:
        """Send a request that must succeed and return the JSON of its answer."""
        transport = httpx.ASGITransport(self.app)
        base = f"http://127.0.0.1/{vendor}"
        async with httpx.AsyncClient(
            transport=transport, base_url=base, headers=KEYS.get(vendor, {})
        ) as client:
            answer = await client.request(method, path, json=json)
            answer.raise_for_status()
            return answer.json()

    async def work(self) -> Any:
        """Return what the control API tells about the background."""
        return await self.call("__mock", "GET", "/work")

    async def add_sessions(self, sessions: int, agents: int, interval_ms: int) -> None:
        """Add agents that are there, with sessions to targets of their own, and nothing else."""
        await self._pause_what_is_seeded()
        ids = [await self._agent(number) for number in range(agents)]
        targets = [
            {
                "Target": f"host{number}.example.net",
                "AgentUniqueId": ids[number % agents],
                "TraceIntervalInMs": interval_ms,
            }
            for number in range(sessions)
        ]
        for some in _parts(targets, 500):
            await self.call("pingplotter", "POST", "/sessions", some)

    async def add_tests(self, tests: int) -> None:
        """Start instant tests, agent to server."""
        agents = (await self.call("thousandeyes", "GET", "/v6/agents"))["agents"]
        for number in range(tests):
            body = {
                "testName": f"scale {number}",
                "server": f"192.0.2.{number % 250 + 1}",
                "protocol": "ICMP",
                "agents": [{"agentId": agents[number % 5]["agentId"]}],
            }
            await self.call("thousandeyes", "POST", "/v6/instant/agent-to-server", body)

    async def _pause_what_is_seeded(self) -> None:
        for agent in await self.call("pingplotter", "GET", "/agents"):
            path = f"/agents/{agent['UniqueId']}/sessions?action=0"
            await self.call("pingplotter", "PUT", path)

    async def _agent(self, number: int) -> str:
        made = await self.call("pingplotter", "POST", "/agents", {"Name": f"Agent {number}"})
        async with self.app.store.transaction() as transaction:
            worlds = self.app.house.worlds
            backend = await worlds.open(transaction, "pingplotter", "default", "")
            await cast("PingPlotterBackend", backend).turn_agent(made["UniqueId"], online=True)
        return str(made["UniqueId"])


def _parts(items: list[Any], size: int) -> list[list[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


@asynccontextmanager
async def scene(clock: Clock) -> AsyncIterator[Scene]:
    """Run an application for the length of a block."""
    vendors = ("pingplotter", "thousandeyes")
    app = create_app(Settings(vendor=vendors, rate_limit={"all": None}), clock=clock)
    await app.start()
    try:
        yield Scene(app)
    finally:
        await app.stop()
