"""The stand-in of a process: its event loop, its accounts, and the ways to it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import uvicorn

from contract_tests.conduct.heard import Heard
from contract_tests.inprocess.link import ClientEnd, linked
from contract_tests.listening.ear import VENDOR, App, Ear, Message, Receive, Send
from contract_tests.target import GuardedProtocol, Resident

__tracebackhide__ = True

Hear = Callable[[str, Heard], object]
T = TypeVar("T")

HOST = "in-process"  # a host that is nowhere else: its paths begin with a vendor's name
_LOCAL = frozenset({HOST, "localhost", "127.0.0.1", "::1"})
_START_S, _STOP_S, _ASK_S, _QUIET_S = 30.0, 10.0, 30.0, 0.5
_STEP_S, _AT_LEAST_S, _PATIENCE_S = 1.0, 5.0, 3.0


@dataclass(eq=False, slots=True)
class Room:
    """One account while it lives: who hears of it, and what stands before the stand-in for it."""

    account: str
    keys: Mapping[str, str]
    hear: Hear
    app: App | None = None
    active: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)


class House:
    """A stand-in in this process. All methods may be called from any thread but its own."""

    def __init__(self, vendors: Sequence[str], seed: int = 0) -> None:
        """Prepare it; `open` starts it."""
        self.vendors = tuple(vendors)
        self.resident = Resident(vendors, seed)
        self.rooms: list[Room] = []
        self.loop = asyncio.new_event_loop()
        self._url = ""
        self._lock = threading.Lock()
        clock = self.resident.clock
        # Heard by the stand-in's own clock: a test that moves it has waited.
        ear = Ear(self._enter, self._hear, lambda: clock.now_ms() / 1000)
        self._servers = {scheme: _Server(self._aimed(ear, scheme)) for scheme in ("http", "https")}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the stand-in's loop, and return what comes of it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_ASK_S)

    @property
    def url(self) -> str:
        """The address without a slash at the end; it listens from now on, on a free port."""
        with self._lock:
            if not self._url:
                port = self.run(self._servers["http"].listen())
                self._url = f"http://127.0.0.1:{port}"
        return self._url

    @property
    def app(self) -> App:
        """The stand-in itself, to be wrapped for an account."""
        return self.resident.app

    def knows(self, host: str) -> bool:
        """Say whether a host is reached within the process."""
        return host in _LOCAL or host.endswith(".localhost") or self._vendor_at(host) is not None

    def connect(self, scheme: str, host: str) -> ClientEnd:
        """Return a new connection; ConnectionRefusedError for a host that is not served here."""
        if not self.knows(host):
            names = ", ".join(self.resident.hosts)
            raise ConnectionRefusedError(
                f"{host} is not served in this process, and nothing leaves it: there are {names}"
            )
        client, server = linked()
        self.run(self._servers[scheme].take(server))
        return client

    def enter(self, account: str, hear: Hear) -> Room:
        """Make an account; `hear` is told, on the loop, of its requests and of strangers'."""
        keys = self.run(_called(self.resident.enter, account))
        room = Room(account, keys, hear)
        self.rooms.append(room)
        return room

    def leave(self, room: Room) -> None:
        """Forget an account and its worlds."""
        self.rooms.remove(room)
        self.run(self.resident.leave(room.account))

    def quiet(self, room: Room) -> None:
        """Return once all requests of an account are over, or after half a second."""
        with suppress(TimeoutError):
            self.run(_quiet(room))

    def settle(self) -> None:
        """Move the clock until the work that requests have begun is done."""
        self.run(self._settle())

    @contextmanager
    def open(self) -> Iterator[House]:
        """Run it in a thread of its own for the length of a block."""
        started: Future[None] = Future()
        thread = threading.Thread(target=self._live, args=(started,), daemon=True)
        thread.start()
        try:
            started.result(_START_S)
            yield self
        finally:
            self.loop.call_soon_threadsafe(self._stop)
            thread.join(_STOP_S)

    def _live(self, started: Future[None]) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._serve(started))
        except Exception as error:
            if not started.done():
                started.set_exception(error)
            raise
        finally:
            self.loop.close()

    async def _serve(self, started: Future[None]) -> None:
        await self.resident.app.start()
        try:
            ends = [asyncio.create_task(each.live()) for each in self._servers.values()]
            started.set_result(None)
            await asyncio.gather(*ends)
        finally:
            await self.resident.app.stop()

    def _stop(self) -> None:
        for server in self._servers.values():
            server.should_exit = True

    async def _settle(self) -> None:
        clock = self.resident.clock
        await clock.advance(_AT_LEAST_S)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                while self.resident.is_busy:
                    await clock.advance(_STEP_S)
                    await asyncio.sleep(0.001)

    def _aimed(self, app: App, scheme: str) -> App:
        """Say in the scope whom a host means, and by what scheme it was asked."""

        async def aimed(scope: Message, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                scope["scheme"] = scheme
                vendor = self._vendor_at(_host(scope))
                if vendor:
                    scope[VENDOR] = scope["mockserver.vendor"] = vendor
            await app(scope, receive, send)

        return aimed

    async def _enter(self, scope: Message, receive: Receive, send: Send) -> None:
        room = self._room(scope.get("headers", ()))
        if room is None:
            await self.resident.app(scope, receive, send)
            return
        room.active += 1
        room.idle.clear()
        try:
            await (room.app or self.resident.app)(scope, receive, send)
        finally:
            room.active -= 1
            room.idle.set()

    def _hear(self, vendor: str, heard: Heard) -> None:
        headers = heard.exchange.request.headers
        room = self._room([(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers])
        if room is not None and vendor != "__mock":
            room.hear(vendor, heard)

    def _room(self, headers: Sequence[tuple[bytes, bytes]]) -> Room | None:
        """Return whose key is shown; strangers belong to who came last."""
        values = [value.decode("latin-1") for _, value in headers]
        for room in self.rooms:
            if any(key in value for key in room.keys.values() for value in values):
                return room
        return self.rooms[-1] if self.rooms else None

    def _vendor_at(self, host: str) -> str | None:
        name = host.lower()
        if name.removesuffix(".localhost") in self.vendors:
            return name.removesuffix(".localhost")
        for pattern, vendor in self.resident.hosts.items():
            if name == pattern or (pattern[0] == "*" and name.endswith(pattern[1:])):
                return vendor
        return None


class _Server(uvicorn.Server):
    """Serves connections that it is handed, and a port once it is asked to."""

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=GuardedProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )

    async def live(self) -> None:
        await self.serve(sockets=[])

    async def listen(self) -> int:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(self._protocol, "127.0.0.1", 0)
        self.servers.append(listening)
        port: int = listening.sockets[0].getsockname()[1]
        return port

    async def take(self, end: socket.socket) -> None:
        await asyncio.get_running_loop().connect_accepted_socket(self._protocol, end)

    def _protocol(self) -> asyncio.Protocol:
        return GuardedProtocol(
            config=self.config, server_state=self.server_state, app_state={}, _loop=None
        )


async def _called(function: Callable[..., T], *args: Any) -> T:
    return function(*args)


async def _quiet(room: Room) -> None:
    # One turn, so that who has just been answered is over.
    await asyncio.sleep(0)
    async with asyncio.timeout(_QUIET_S):
        while room.active:
            await room.idle.wait()


def _host(scope: Message) -> str:
    found = next((value for name, value in scope["headers"] if name == b"host"), b"")
    name: str = found.decode("latin-1")
    return name.rpartition(":")[0] if name.rpartition(":")[2].isdigit() else name
