"""What is under test: a URL with its credential, or a stand-in of our own. The one door to it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import requests
import uvicorn

from mockserver import vendors as rooms
from mockserver.app import Application, create_app
from mockserver.asgi.protocol import GuardedProtocol
from mockserver.core.clock import ManualClock, MovableClock, SystemClock
from mockserver.core.faults import KINDS, BadFault, Scope, fault
from mockserver.settings import Settings

Wrap = Callable[[Any], Any]
Started = Future[tuple[int, asyncio.AbstractEventLoop]]
__all__ = ["KINDS", "BadFault", "GuardedProtocol", "MovableClock"]
_BEGIN_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
_AT_LEAST_S, _STEP_S, _PATIENCE_S = 5.0, 1.0, 3.0
_CONTROL = "__mock"


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


class Resident:
    """A stand-in that nobody serves yet: for who has an event loop of his own.

    `app` is the ASGI application, `clock` its time, which runs and can be moved; `hosts` maps the
    names of hosts that mean a vendor to it, `*.` in front for any subdomain.
    """

    def __init__(self, vendors: Sequence[str], seed: int) -> None:
        """Take the vendors to serve. There are no rate limits: faults make a 429."""
        settings = Settings(port=0, vendor=tuple(vendors), seed=seed, rate_limit={"all": None})
        self.clock = MovableClock()
        self.app = create_app(settings, clock=self.clock)
        served = self.app.house.vendors
        self.hosts = {host: name for name, vendor in served.items() for host in vendor.hosts}

    @property
    def is_busy(self) -> bool:
        """Whether work that requests have begun is not done."""
        return self.app.runner.is_busy

    def enter(self, account: str) -> Mapping[str, str]:
        """Make an account, and return its key for each vendor."""
        accounts = self.app.house.worlds.accounts
        made = accounts.new(account)
        accounts.add(made)
        return {name: made.keys[name] for name in self.app.house.vendors}

    async def leave(self, account: str) -> None:
        """Forget an account with its worlds, its faults, and what it may still ask for."""
        house = self.app.house
        async with self.app.store.transaction() as transaction:
            await house.worlds.reset(transaction, account=account)
        for limiter in house.limiters.values():
            limiter.forget(account)
        self.app.faults.clear(account)
        house.worlds.accounts.remove(account)

    def add_fault(
        self, account: str, scope: Mapping[str, Any], retry_after_s: float | None, **kinds: Any
    ) -> None:
        """Let something go wrong for an account: BadFault if there is no such thing."""
        self.app.faults.add(fault(Scope(account=account, **scope), retry_after_s, **kinds))

    def clear_faults(self, account: str) -> None:
        """Let all go well again for an account."""
        self.app.faults.clear(account)


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


@dataclass(frozen=True, slots=True)
class Street:
    """A stand-in with a door of its own for each vendor, as each vendor has an address.

    `doors` maps vendors to their addresses. Behind `tls_port` a vendor is found by the name of its
    host, as its documents have it; 0 where there is no such door.
    """

    doors: Mapping[str, str]
    tls_port: int
    control_port: int

    @property
    def _control(self) -> str:
        return f"http://127.0.0.1:{self.control_port}/{_CONTROL}"

    def keys(self, account: str) -> Mapping[str, str]:
        """Make an account, and return its key for each vendor."""
        answer = requests.post(f"{self._control}/accounts", json={"name": account}, timeout=10)
        answer.raise_for_status()
        keys: dict[str, str] = answer.json()["keys"]
        return keys

    def renew(self, account: str) -> None:
        """Make the worlds of an account anew from the seed, with all that it may ask for left."""
        query = {"account": account}
        requests.post(f"{self._control}/reset", params=query, timeout=10).raise_for_status()


@contextmanager
def street(
    vendors: Sequence[str],
    wrap: Wrap,
    hosts: Callable[[str], str | None],
    tls: ssl.SSLContext | None = None,
    protocol: type[asyncio.Protocol] | None = None,
    **settings: Any,
) -> Iterator[Street]:
    """Serve a stand-in from a thread of this process, on loopback, with real time and all limits.

    `wrap` puts other ASGI applications around it: the vendor that is meant stands in the scope as
    `contract_tests.vendor`. `hosts` tells the vendor by a Host header, for what comes over `tls`.
    """
    app = create_app(Settings(port=0, vendor=tuple(vendors), **settings), clock=SystemClock())
    sockets = {name: _listening() for name in (_CONTROL, *vendors, *(("",) if tls else ()))}
    ports = {name: each.getsockname()[1] for name, each in sockets.items()}
    doors = _Doors(wrap(app), {port: name for name, port in ports.items()}, hosts)
    ear: dict[str, Any] = {"http": protocol} if protocol else {}
    config = uvicorn.Config(doors, ws="none", lifespan="on", log_config=None, **ear)
    plain = [each for name, each in sockets.items() if name]
    behind = [_tls_server(doors, tls, ear)] if tls else []
    started: Started = Future()
    server = _Server(config, started)
    runs = [(server, plain), *((each, [sockets[""]]) for each in behind)]
    thread = threading.Thread(target=_serve_all, args=(runs, started), daemon=True)
    thread.start()
    try:
        started.result(30)
        here = {name: f"http://127.0.0.1:{ports[name]}" for name in vendors}
        yield Street(here, ports.get("", 0), ports[_CONTROL])
    finally:
        for each in (server, *behind):
            each.should_exit = True
        thread.join(30)


class _Doors:
    """Says in the scope which vendor is meant, by the port that was asked or the host's name."""

    def __init__(
        self, app: Any, vendors: Mapping[int, str], hosts: Callable[[str], str | None]
    ) -> None:
        self._app, self._vendors, self._hosts = app, vendors, hosts

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            named = [
                value.decode("latin-1") for name, value in scope["headers"] if name == b"host"
            ]
            by_host = self._hosts(named[0]) if named else None
            vendor = by_host or self._vendors.get((scope.get("server") or ("", 0))[1], "")
            if vendor != _CONTROL:
                scope["contract_tests.vendor"] = scope["mockserver.vendor"] = vendor
        await self._app(scope, receive, send)


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


def _listening() -> socket.socket:
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    return found


def _tls_server(app: Any, context: ssl.SSLContext, more: Mapping[str, Any]) -> uvicorn.Server:
    config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, **more)
    config.load()
    # The key is in memory, and uvicorn itself takes files only.
    config.ssl = context
    return uvicorn.Server(config)


def _serve(server: _Server, started: Started) -> None:
    _serve_all([(server, None)], started)


def _serve_all(
    runs: Sequence[tuple[uvicorn.Server, list[socket.socket] | None]], started: Started
) -> None:
    async def all_of_them() -> None:
        await asyncio.gather(*(server.serve(sockets) for server, sockets in runs))

    try:
        asyncio.run(all_of_them())
    except (Exception, SystemExit) as error:
        if not started.done():
            started.set_exception(RuntimeError(f"the stand-in did not start: {error}"))
        raise
