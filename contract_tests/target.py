"""What is under test: a URL with its credential, or a stand-in of our own. The one door to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import requests
import uvicorn

from mockserver import vendors as rooms
from mockserver.app import Application, create_app
from mockserver.core.clock import ManualClock
from mockserver.settings import Settings

Wrap = Callable[[Any], Any]
Started = Future[tuple[int, asyncio.AbstractEventLoop]]
_BEGIN_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
_AT_LEAST_S, _STEP_S, _PATIENCE_S = 5.0, 1.0, 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """One vendor's API somewhere: its address without a slash at the end, and a key for it."""

    vendor: str
    url: str
    key: str

    def headers(self, contract: Mapping[str, Any]) -> dict[str, str]:
        """Return the headers that show the key in the first way that `contract` names."""
        if not contract.get("security"):
            return {}
        schemes = contract["components"]["securitySchemes"]
        for choice in contract["security"]:
            scheme = schemes[next(iter(choice))]
            if scheme["type"] == "apiKey" and scheme["in"] == "header":
                return {scheme["name"]: self.key}
            if scheme["type"] == "http" and scheme["scheme"].lower() == "bearer":
                return {"Authorization": f"Bearer {self.key}"}
        raise ValueError(f"{self.vendor}: no security scheme that a key fits")


def public_key(vendor: str) -> str | None:
    """Return the key that every stand-in knows, as its documents show it; None if it has none."""
    with suppress(ModuleNotFoundError):
        return rooms.load((vendor,))[0].default_key or None
    return None


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in: `target` gives every caller an account of its own."""

    url: str
    app: Application
    clock: ManualClock
    loop: asyncio.AbstractEventLoop

    def settle(self) -> None:
        """Move the clock until the work that requests have begun is done, a few seconds at least.

        Real packets to loopback take real time: they are waited for no longer than three seconds.
        """
        asyncio.run_coroutine_threadsafe(_settle(self.app, self.clock), self.loop).result(60)

    def target(self, vendor: str, account: str) -> Target:
        """Return `vendor` as a new account named `account` sees it."""
        answer = requests.post(f"{self.url}/__mock/accounts", json={"name": account}, timeout=10)
        answer.raise_for_status()
        return Target(vendor, f"{self.url}/{vendor}", answer.json()["keys"][vendor])


@contextmanager
def stand_in(
    wrap: Wrap | None = None, begin_ms: int = _BEGIN_MS, **settings: Any
) -> Iterator[StandIn]:
    """Serve a stand-in from a thread of this process, on a free port, without rate limits.

    Its clock begins at `begin_ms` (Unix milliseconds) and stands still until `settle` moves it, so
    that work takes no time of ours.
    `wrap` puts another ASGI application around it: a proxy, or one that spoils answers.
    """
    settings.setdefault("rate_limit", {"all": None})
    clock = ManualClock(begin_ms)
    app = create_app(Settings(port=0, **settings), clock=clock)
    started: Started = Future()
    served = wrap(app) if wrap else app
    server = _Server(
        uvicorn.Config(served, port=0, ws="none", lifespan="on", log_config=None), started
    )
    thread = threading.Thread(target=_serve, args=(server, started), daemon=True)
    thread.start()
    try:
        port, loop = started.result(30)
        yield StandIn(f"http://127.0.0.1:{port}", app, clock, loop)
    finally:
        server.should_exit = True
        thread.join(30)


class _Server(uvicorn.Server):
    """Tells its port and loop once it listens."""

    def __init__(self, config: uvicorn.Config, started: Started) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        self._started.set_result((port, asyncio.get_running_loop()))


async def _settle(app: Application, clock: ManualClock) -> None:
    await clock.advance(_AT_LEAST_S)
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            while app.runner.is_busy:
                await clock.advance(_STEP_S)
                await asyncio.sleep(0.001)


def _serve(server: _Server, started: Started) -> None:
    try:
        asyncio.run(server.serve())
    except (Exception, SystemExit) as error:
        if not started.done():
            started.set_exception(RuntimeError(f"the stand-in did not start: {error}"))
        raise
