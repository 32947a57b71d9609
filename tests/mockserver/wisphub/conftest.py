"""A client of WispHub's in this process, and networks that answer as a test wants."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from probes.ping import PingPlan
from probes.results import PingResult

LONGEST_S = 120  # more than the longest ping takes: 100 packets, the last one lost


class Client:
    """Speaks to the stand-in as a client of WispHub's; `stand_in` is what it speaks to."""

    def __init__(self, stand_in: Any, http: httpx.AsyncClient) -> None:
        self.stand_in = stand_in
        self.http = http

    async def create(self, service_id: object, pings: object = 10, **options: Any) -> Any:
        path = f"/api/v1/{service_id}/ping/"
        return await self.http.post(path, json={"pings": pings}, **options)

    async def start(self, service_id: int, pings: int = 10) -> str:
        answer = await self.create(service_id, pings)
        assert answer.status_code == 200, answer.text
        task_id: str = answer.json()["data"]["task_id"]
        return task_id

    async def result(self, task_id: str, **options: Any) -> Any:
        return await self.http.get(f"/api/v1/ping/{task_id}/", **options)

    async def wait(self) -> None:
        await self.stand_in.clock.advance(LONGEST_S)
        await self.stand_in.app.runner.drain()

    async def outcome(self, service_id: int, pings: int = 10) -> dict[str, Any]:
        task_id = await self.start(service_id, pings)
        await self.wait()
        answer = await self.result(task_id)
        assert answer.status_code == 200, answer.text
        envelope: dict[str, Any] = answer.json()
        return envelope

    async def log_in(self, username: str, password: str) -> Any:
        form = {"username": username, "password": password}
        return await self.http.post("/api/v1/auth/token", data=form)

    async def documents(self, kind: str, world: str = "wisphub/default") -> list[dict[str, Any]]:
        async with self.stand_in.app.store.transaction() as transaction:
            found: list[dict[str, Any]] = await transaction.documents(world).find(kind)
            return found


class CountedNetwork:
    """Answers `received` of the packets, or fails, or sends none; remembers what it was asked."""

    def __init__(
        self,
        received: int = 0,
        *,
        error: Exception | None = None,
        send_error: str | None = None,
        sends: bool = True,
    ) -> None:
        self.received = received
        self.error = error
        self.send_error = send_error
        self.sends = sends
        self.asked: list[tuple[str, int, float, float]] = []

    async def measure(self, plan: PingPlan) -> PingResult:
        target, count = plan.target, plan.count
        self.asked.append((target, count, plan.interval_s, plan.timeout_s))
        if self.error:
            raise self.error
        sent = count if self.sends else 0
        rtts_ms = [5.0 if number < self.received else None for number in range(sent)]
        return PingResult.of(target, target, rtts_ms, self.send_error)

    async def close(self) -> None:
        pass


Story = Callable[[Client], Awaitable[Any]]


@pytest.fixture
def wisphub(stand_in: Callable[..., Any]) -> Callable[..., Any]:
    """Run `story(client)` against a fresh stand-in; keyword arguments are settings."""

    def run(story: Story, **settings: Any) -> Any:
        async def whole(house: Any) -> Any:
            async with house.client("wisphub") as http:
                return await story(Client(house, http))

        return stand_in(whole, vendor=("wisphub",), **settings)

    return run


@pytest.fixture
def counted() -> type[CountedNetwork]:
    """Give the class of networks that count."""
    return CountedNetwork
