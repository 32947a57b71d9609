"""A stand-in in this process, with a clock that tests move, and clients for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from mockserver.app import Application, create_app
from mockserver.core.clock import ManualClock
from mockserver.settings import Settings

BASE = "http://127.0.0.1:8080"
CREDENTIALS = {
    "pingplotter": {"X-API-KEY": "mock-pingplotter-key"},
    "thousandeyes": {"Authorization": "Bearer mock-thousandeyes-token"},
    "wisphub": {"Authorization": "Bearer mock-wisphub-token"},
    "ngrok": {"Authorization": "Bearer mock_ngrok_key", "Ngrok-Version": "2"},
    "": {},
}


class StandIn:
    """One application with its clock; `client(vendor)` speaks to it with the default key."""

    def __init__(self, app: Application, clock: ManualClock) -> None:
        self.app = app
        self.clock = clock

    def client(self, vendor: str = "", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        base = f"{BASE}/{vendor}" if vendor else BASE
        return httpx.AsyncClient(
            transport=transport, base_url=base, headers={**CREDENTIALS[vendor], **headers}
        )

    async def settle(self) -> None:
        """Let jobs that need no time run to their end."""
        for _ in range(50):
            await asyncio.sleep(0)


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[StandIn]:
    """Run a stand-in for the length of a block; every answer must have fitted the contract."""
    clock = ManualClock()
    parts = {k: settings.pop(f"with_{k}") for k in ("network", "store") if f"with_{k}" in settings}
    settings.setdefault("rate_limit", {"all": None})
    app = create_app(Settings(**settings), clock=clock, **parts)
    await app.start()
    try:
        yield StandIn(app, clock)
    finally:
        await app.stop()
    assert not app.breaches


Story = Callable[[StandIn], Awaitable[Any]]


@pytest.fixture
def stand_in() -> Callable[..., Any]:
    """Run `story(stand_in)` against a fresh stand-in; keyword arguments are settings.

    `with_network=` and `with_store=` replace those parts. Rate limits are off unless
    `rate_limit={}` asks for the documented ones.
    """

    def run(story: Story, **settings: Any) -> Any:
        async def whole() -> Any:
            async with running(**settings) as house:
                return await story(house)

        return asyncio.run(whole())

    return run
