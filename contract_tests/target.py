"""What is under test: a URL with its credential, or a stand-in of our own. The one door to it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import uvicorn

from mockserver.app import Application, create_app
from mockserver.settings import Settings

Wrap = Callable[[Any], Any]


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


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in: `target` gives every caller an account of its own."""

    url: str
    app: Application

    def target(self, vendor: str, account: str) -> Target:
        """Return `vendor` as a new account named `account` sees it."""
        answer = requests.post(f"{self.url}/__mock/accounts", json={"name": account}, timeout=10)
        answer.raise_for_status()
        return Target(vendor, f"{self.url}/{vendor}", answer.json()["keys"][vendor])


@contextmanager
def stand_in(wrap: Wrap | None = None, **settings: Any) -> Iterator[StandIn]:
    """Serve a stand-in from a thread of this process, on a free port, without rate limits.

    `wrap` puts another ASGI application around it: a proxy, or one that spoils answers.
    """
    settings.setdefault("rate_limit", {"all": None})
    app = create_app(Settings(port=0, **settings))
    started: Future[int] = Future()
    served = wrap(app) if wrap else app
    server = _Server(
        uvicorn.Config(served, port=0, ws="none", lifespan="on", log_config=None), started
    )
    thread = threading.Thread(target=_serve, args=(server, started), daemon=True)
    thread.start()
    try:
        yield StandIn(f"http://127.0.0.1:{started.result(30)}", app)
    finally:
        server.should_exit = True
        thread.join(30)


class _Server(uvicorn.Server):
    """Tells its port once it listens."""

    def __init__(self, config: uvicorn.Config, started: Future[int]) -> None:
        super().__init__(config)
        self._started = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._started.set_result(self.servers[0].sockets[0].getsockname()[1])


def _serve(server: _Server, started: Future[int]) -> None:
    try:
        asyncio.run(server.serve())
    except (Exception, SystemExit) as error:
        if not started.done():
            started.set_exception(RuntimeError(f"the stand-in did not start: {error}"))
        raise
