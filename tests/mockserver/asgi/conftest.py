"""A toy vendor: contracts of a few lines and handlers of one, behind the real stages."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import httpx
import pytest
from hypothesis import settings

from mockserver.asgi.build import build_app
from mockserver.asgi.gateway import Gateway
from mockserver.core.accounts import Account, Accounts
from mockserver.core.backend import Backend
from mockserver.core.clock import ManualClock
from mockserver.core.credentials import Credential
from mockserver.core.errors import ApiError, Unauthorized
from mockserver.core.jobs import JobRunner
from mockserver.core.randomness import Randomness
from mockserver.core.rate_limit import Limits, Quota, RateLimiter
from mockserver.core.sqlite_store import SqliteStore
from mockserver.core.store import Kind
from mockserver.core.vendor import Situation, Vendor
from mockserver.core.worlds import WORLD_MARK, Worlds

KEY = {"X-Key": "toy_key"}
Json = dict[str, Any]

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def operation(name: str, **fields: Any) -> Json:
    """Write an operation that answers 200 with anything, unless told otherwise."""
    answers = {"200": {"description": "", "content": {"application/json": {"schema": {}}}}}
    return {"operationId": name, "summary": name, "responses": answers, **fields}


@pytest.fixture
def op() -> Callable[..., Json]:
    return operation


async def nothing(backend: Backend) -> None:
    """Fill no world."""


def authenticate(credential: Credential | None, accounts: Accounts, clock: Any) -> Account:
    account = credential and accounts.find("toy", credential.secret)
    if not account:
        raise Unauthorized("who are you?")
    return account


def word_error(error: ApiError, situation: Situation) -> Json:
    return {
        "error": error.message,
        "violations": [violation.sentence() for violation in error.violations],
        "operation": situation.operation_id,
    }


@dataclass
class Served:
    """A running toy: a client with the key, and what the stages were handed."""

    client: httpx.AsyncClient
    gateway: Gateway
    store: SqliteStore
    clock: ManualClock
    limiter: RateLimiter
    breaches: deque[str] = field(default_factory=deque)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.client.get(f"/toy{path}", **options)

    async def post(self, path: str, **options: Any) -> httpx.Response:
        return await self.client.post(f"/toy{path}", **options)


def toy_vendor(
    handlers: ModuleType, quotas: tuple[Quota, ...], fields: Mapping[str, Any]
) -> Vendor:
    usual = {
        "name": "toy",
        "title": "Toy",
        "hosts": ("api.toy.example", "*.tenants.example"),
        "default_key": "toy_key",
        "credential": "",
        "curl": "",
        "backend": Backend,
        "populate": nothing,
        "authenticate": authenticate,
        "word_error": word_error,
        "kinds": (),
    }
    return Vendor(**{**usual, "handlers": handlers, "quotas": quotas, **fields})


def contract_of(paths: Json, root: Json) -> Json:
    schemes = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "Basic"},
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "Toy", "version": "1"},
        "servers": [{"url": "https://api.toy.example"}],
        "paths": paths,
        "components": {"securitySchemes": schemes},
        **root,
    }


Serve = Callable[..., Awaitable[Served]]


async def start_toy(
    stack: AsyncExitStack,
    paths: Json,
    *handlers: Callable[..., Awaitable[Any]],
    root: Json | None = None,
    quotas: tuple[Quota, ...] = (),
    store: SqliteStore | None = None,
    **fields: Any,
) -> Served:
    module = ModuleType("toy_handlers")
    for handler in handlers:
        setattr(module, handler.__name__, handler)
    vendor = toy_vendor(module, quotas, fields)
    store, clock, randomness = store or SqliteStore(), ManualClock(), Randomness(1)
    await store.open([Kind("thing", 100), WORLD_MARK])
    stack.push_async_callback(store.close)
    accounts = Accounts({"toy": "toy_key"}, randomness)
    worlds = Worlds({"toy": vendor}, accounts, clock, randomness)
    worlds.runner = JobRunner(store, None, {}, worlds.open)  # type: ignore[arg-type]
    limiter, breaches = RateLimiter(quotas, Limits({})), deque[str]()
    app = build_app(
        vendor,
        contract_of(paths, root or {}),
        store=store,
        worlds=worlds,
        limiter=limiter,
        on_breach=breaches.append,
    )
    gateway = Gateway({"toy": app}, dict.fromkeys(vendor.hosts, "toy"), _rest, _rest)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(gateway), base_url="http://localhost:8080", headers=KEY
    )
    await stack.enter_async_context(client)
    return Served(client, gateway, store, clock, limiter, breaches)


async def _rest() -> None:
    """Start and stop nothing."""


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serve `paths` with `handlers`, each named as an operationId, to the end of the test."""
    async with AsyncExitStack() as stack:

        async def start(paths: Json, *handlers: Any, **options: Any) -> Served:
            return await start_toy(stack, paths, *handlers, **options)

        yield start


@pytest.fixture
def send() -> Callable[..., Awaitable[Any]]:
    """Speak ASGI without a client in between: `send(app, scope fields, *body chunks)`."""

    async def speak(app: Any, fields: Mapping[str, Any], *chunks: bytes) -> Any:
        sent: list[Any] = []
        scope = {
            "type": "http",
            "method": "GET",
            "scheme": "http",
            "path": "/",
            "query_string": b"",
            "headers": [(b"host", b"localhost:8080"), (b"x-key", b"toy_key")],
            "server": ("127.0.0.1", 8080),
            **fields,
        }
        await app(scope, listen(*chunks), _keep(sent))
        return sent

    return speak


def listen(*chunks: bytes) -> Callable[[], Awaitable[Any]]:
    """Return an ASGI `receive` that brings `chunks`, then says that the client has gone."""
    last = len(chunks) - 1
    messages: deque[Any] = deque(
        {"type": "http.request", "body": chunk, "more_body": number < last}
        for number, chunk in enumerate(chunks)
    )

    async def receive() -> Any:
        return messages.popleft() if messages else {"type": "http.disconnect"}

    return receive


@pytest.fixture
def bringing() -> Callable[..., Callable[[], Awaitable[Any]]]:
    return listen


def _keep(sent: list[Any]) -> Callable[[Any], Awaitable[None]]:
    async def keep(message: Any) -> None:
        sent.append(message)

    return keep
