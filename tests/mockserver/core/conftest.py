"""A store in memory and one in a file, and a vendor made of nothing but what core asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

from mockserver.core.accounts import Accounts
from mockserver.core.backend import Backend
from mockserver.core.clock import ManualClock
from mockserver.core.job_queue import JOB
from mockserver.core.jobs import JobRunner, JobType
from mockserver.core.networks import OneNetwork
from mockserver.core.randomness import Randomness
from mockserver.core.sqlite_store import SqliteStore
from mockserver.core.store import Kind
from mockserver.core.vendor import Vendor
from mockserver.core.worlds import ACCOUNT, WORLD_MARK, Worlds
from probes.ping import PingPlan

NOTE = Kind("note", limit=5, indexes=("author",))
PAGE = Kind("page", limit=1000)
KINDS = (NOTE, PAGE, JOB, WORLD_MARK, ACCOUNT)

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(params=["memory", "file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    """Every promise of a store holds in memory and in a file."""
    return tmp_path / "state.db" if request.param == "file" else None


@pytest.fixture
async def store(path: Path | None) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(path)
    await store.open(KINDS)
    yield store
    await store.close()


@pytest.fixture
def opened() -> Callable[[Path], AbstractAsyncContextManager[SqliteStore]]:
    """Open the store of a file for the length of a block."""

    @asynccontextmanager
    async def block(path: Path) -> AsyncIterator[SqliteStore]:
        store = SqliteStore(path)
        await store.open(KINDS)
        try:
            yield store
        finally:
            await store.close()

    return block


class FakeNetwork:
    """Answers every ping with the same sentence, or fails as it is told to."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.pinged: list[str] = []

    async def measure(self, plan: Any) -> Any:
        target = plan.target
        self.pinged.append(target)
        if self.error:
            raise self.error
        return {"target": target}

    async def close(self) -> None:
        """Hold nothing."""


@dataclass
class Shop:
    """One run of a house with the vendor `shop`, which fills each world with one page."""

    store: SqliteStore
    worlds: Worlds
    runner: JobRunner
    network: FakeNetwork
    clock: ManualClock
    filled: list[str] = field(default_factory=list)

    async def visit(
        self, story: Callable[[Backend], Awaitable[Any]], account: str = "default"
    ) -> Any:
        """Run `story(backend)` as a request of `account` would be run."""
        async with self.store.transaction() as transaction:
            backend = await self.worlds.open(transaction, "shop", account, "http://here/shop")
            return await story(backend)


async def ping_job(network: Any, payload: Any) -> Any:
    return await network.measure(PingPlan(payload["target"]))


async def keep_result(backend: Backend, payload: Any, result: Any) -> None:
    await backend.documents.insert(PAGE.name, payload["id"], {"result": result})


def shop_vendor(filled: list[str], name: str = "shop") -> Vendor:
    async def populate(backend: Backend) -> None:
        filled.append(backend.account.name)
        first = backend.randomness.token(8, "first")
        await backend.documents.insert(PAGE.name, "first", {"text": first})

    return Vendor(
        name=name,
        title=name.title(),
        hosts=(),
        default_key=f"{name}_key",
        credential="",
        curl="",
        handlers=ModuleType("none"),
        backend=Backend,
        populate=populate,
        authenticate=lambda *_: None,  # type: ignore[arg-type,return-value]
        word_error=lambda *_: {},
        kinds=(NOTE, PAGE),
        jobs={"ping": JobType(ping_job, keep_result)},
    )


def build_shop(store: SqliteStore, seed: int = 7) -> Shop:
    filled: list[str] = []
    vendors = {name: shop_vendor(filled, name) for name in ("shop", "kiosk")}
    randomness, clock, network = Randomness(seed), ManualClock(), FakeNetwork()
    accounts = Accounts({name: f"{name}_key" for name in vendors}, randomness)
    worlds = Worlds(vendors, accounts, clock, randomness)
    types = {(name, "ping"): vendor.jobs["ping"] for name, vendor in vendors.items()}
    runner = worlds.runner = JobRunner(store, OneNetwork(network), types, worlds.open)
    return Shop(store, worlds, runner, network, clock, filled)


@pytest.fixture
def open_shop() -> Callable[..., Shop]:
    """Build a house around a store; two on one store are two runs of a server."""
    return build_shop


@pytest.fixture
async def shop(store: SqliteStore) -> AsyncIterator[Shop]:
    shop = build_shop(store)
    yield shop
    await shop.runner.stop()
