"""A running ngrok room, and clients for it whose every answer is held against the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from hypothesis import settings

import specs
from mockserver.app import Application, create_app
from mockserver.asgi.schema import Checker
from mockserver.core.clock import ManualClock
from mockserver.settings import Settings

KEY = "mock_ngrok_key"
ADDRESS = "http://127.0.0.1:8080"
CONTRACT = specs.load("ngrok")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0"

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class House:
    """A stand-in that serves ngrok only, with its clock."""

    app: Application
    clock: ManualClock

    def client(self, key: str | None = KEY, base: str = f"{ADDRESS}/ngrok") -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=base,
            headers={"Ngrok-Version": "2"} | ({"Authorization": f"Bearer {key}"} if key else {}),
            event_hooks={"response": [documented]},
        )

    def browser(self, host: str = "wiki", **headers: str) -> httpx.AsyncClient:
        """A browser that keeps its cookies, at `http://<host>.ngrok.localhost`."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=f"http://{host}.ngrok.localhost:8080",
            headers={"User-Agent": FIREFOX, **headers},
        )


async def documented(answer: httpx.Response) -> None:
    """Fail on an answer that the contract does not foresee, errors included."""
    path = answer.request.url.path.removeprefix("/ngrok")
    if path.count("/") == 3:
        path = path.rpartition("/")[0] + "/{id}"
    operation = CONTRACT["paths"].get(path, {}).get(answer.request.method.lower())
    if operation is None:
        return
    response = operation["responses"][str(answer.status_code)]
    assert answer.headers["ngrok-operation-id"].startswith("op_")
    content = response.get("content", {})
    await answer.aread()
    assert bool(answer.content) == bool(content)
    if content:
        schema = content[answer.headers["content-type"]]["schema"]
        assert Checker(schema).violations("answer", "", answer.json()) == ()


@pytest.fixture
async def build() -> AsyncIterator[Callable[..., Any]]:
    """Start stand-ins that last to the end of the test; keyword arguments are settings."""
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> House:
            settings = {"vendor": ("ngrok",), "rate_limit": {"all": None}, **settings}
            clock = ManualClock()
            app = create_app(Settings(**settings), clock=clock)
            await app.start()
            stack.push_async_callback(app.stop)
            stack.callback(_no_breach, app)
            return House(app, clock)

        yield start


def _no_breach(app: Application) -> None:
    assert not app.breaches


@pytest.fixture
async def house(build: Any) -> House:
    started: House = await build()
    return started


@pytest.fixture
async def client(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the default key and the version header."""
    async with house.client() as client:
        yield client


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the door of `wiki`, not signed in."""
    async with house.browser() as browser:
        yield browser


@pytest.fixture
async def sessions(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Every session of the default account, newest first."""
    found: list[dict[str, Any]] = (await client.get("/app/sessions")).json()[
        "application_sessions"
    ]
    return found


@pytest.fixture
async def users(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Every user of the default account, newest first."""
    found: list[dict[str, Any]] = (await client.get("/app/users")).json()["application_users"]
    return found
