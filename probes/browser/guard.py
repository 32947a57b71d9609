"""The guard between a browser and the network: a SOCKS 5 proxy whose every door is the gate.

Chromium is told to send everything through it. It then resolves no name itself, speaks no UDP
(no QUIC, no WebRTC, no mDNS), and TLS and HTTP still run from end to end, so that what a page
names in whatever way (a frame, a redirect, fetch, a socket, a hint) can only arrive here, as a
host and a port. A literal address is checked; a name is resolved once for the whole
measurement, checked and pinned; the connection goes to the pinned address.

Names are only resolved when a request of the page has named them: what the browser asks for by
itself (updates, accounts) is refused without a packet, name queries included.

The bytes are carried by `probes.browser.relay` in a process of its own. How long resolving and
connecting took is measured there and here, on the clock that the browser stamps its events
with; the browser would see both as one.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from probes.browser.address import plain_host
from probes.browser.errors import GuardFailed
from probes.browser.passage import Passage
from probes.browser.relay import Message
from probes.browser.socks import Reply
from probes.browser.wire_failures import failure_of_os
from probes.errors import TargetRefused, TargetUnresolvable
from probes.failure import Failure, FailureKind
from probes.gate import Gate
from probes.resolve import PinnedTarget, literal_address

NAMING_S = 2.0
"""How long a connection may wait for the request that names its host."""
STARTING_S = 30.0


class Guard:
    """Lets the connections of one browser through, one passage each."""

    def __init__(self, gate: Gate, pinned: PinnedTarget, most_bytes: int) -> None:
        self.passages: list[Passage] = []
        self.overflow: Callable[[], None] = lambda: None
        self.ended: Callable[[], None] = lambda: None
        self._gate = gate
        self._pinned = pinned
        self._most_bytes = most_bytes
        self._released = False
        self._asked: dict[int, Passage] = {}
        self._pins: dict[str, asyncio.Future[PinnedTarget]] = {}
        self._named: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> int:
        """Start the relay and return its port on 127.0.0.1; GuardFailed where there is none."""
        here, there = socket.socketpair()
        with there:
            try:
                self._process = await self._relay(there.fileno())
            except OSError as error:
                here.close()
                raise GuardFailed(str(error)) from None
        self._reader, self._writer = await asyncio.open_connection(sock=here)
        try:
            line = await asyncio.wait_for(self._reader.readline(), STARTING_S)
            port = int(json.loads(line)["port"])
        except (OSError, ValueError, TimeoutError) as error:
            await self.close()
            raise GuardFailed(str(error) or "it did not answer") from None
        self._start(self._listen())
        return port

    async def _relay(self, descriptor: int) -> asyncio.subprocess.Process:
        command = ("-m", "probes.browser.relay", str(descriptor), str(self._most_bytes))
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            pass_fds=(descriptor,),
            stdin=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            # Ctrl-C is for the measuring process; the relay goes when that closes the socket.
            start_new_session=True,
        )

    async def close(self) -> None:
        """Break every connection off, and wait until the relay is gone."""
        self.ended = lambda: None
        under_way: list[asyncio.Future[Any]] = [*self._tasks, *self._pins.values()]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        self._writer.close()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def release(self) -> None:
        """Begin to let connections through; before that all are refused, and none is kept."""
        self._released = True
        host = plain_host(self._pinned.name)
        self._pins[host] = asyncio.get_running_loop().create_future()
        self._pins[host].set_result(self._pinned)
        self.name(host)
        self._tell({"pin": host, "address": str(self._pinned.address)})

    def name(self, host: str) -> None:
        """Note that a request of the page names this host."""
        if host and self._released:
            self._naming(plain_host(host)).set()

    def _naming(self, host: str) -> asyncio.Event:
        return self._named.setdefault(host, asyncio.Event())

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell(self, message: Message) -> None:
        self._writer.write(json.dumps(message).encode() + b"\n")

    async def _listen(self) -> None:
        with suppress(OSError):
            while line := await self._reader.readline():
                self._hear(json.loads(line))
        self.ended()

    def _hear(self, message: Message) -> None:
        if "overflow" in message:
            self.overflow()
        elif "host" in message:
            self._consider(message)
        elif passage := self._asked.get(message["id"]):
            self._note(passage, message)

    def _note(self, passage: Passage, message: Message) -> None:
        if "errno" in message:
            error = OSError(message["errno"], os.strerror(message["errno"]))
            passage.failure = failure_of_os(error, passage.host, passage.port)
            return
        passage.connecting_s = message["connecting_s"]
        passage.connected_s = message["connected_s"]

    def _consider(self, message: Message) -> None:
        passage = Passage(message["host"], message["port"], message["asked_s"])
        if not self._released:
            self._refuse(message["id"], Reply.NOT_ALLOWED)
            return
        self.passages.append(passage)
        self._asked[message["id"]] = passage
        if message["pinned"]:
            passage.named = True
            passage.address = str(self._pins[passage.host].result().address)
            return
        self._start(self._decide(message["id"], passage))

    def _refuse(self, identity: int, reply: Reply) -> None:
        self._tell({"id": identity, "address": None, "reply": reply})

    async def _decide(self, identity: int, passage: Passage) -> None:
        passage.failure = await self._admission(passage)
        if passage.failure is None:
            self._tell({"id": identity, "address": passage.address, "reply": Reply.DONE})
            return
        unknown = passage.failure.kind is FailureKind.RESOLVE
        self._refuse(identity, Reply.HOST_UNREACHABLE if unknown else Reply.NOT_ALLOWED)

    async def _admission(self, passage: Passage) -> Failure | None:
        passage.named = await self._was_named(passage.host)
        if not passage.named:
            words = f"No request of the page named {passage.host[:80]!r}, so it is not resolved."
            return Failure(FailureKind.NOT_ALLOWED, "dns", words)
        try:
            pinned = await self._admitted(passage)
        except TargetRefused as error:
            return Failure(FailureKind.NOT_ALLOWED, "connect", str(error))
        except TargetUnresolvable as error:
            return Failure(FailureKind.RESOLVE, "dns", str(error))
        passage.address = str(pinned.address)
        return None

    async def _was_named(self, host: str) -> bool:
        if literal_address(host) is not None:
            return True
        # The event that names it comes by another way than the connection, and may come later.
        try:
            await asyncio.wait_for(self._naming(host).wait(), NAMING_S)
        except TimeoutError:
            return False
        return True

    async def _admitted(self, passage: Passage) -> PinnedTarget:
        host = passage.host
        known = host in self._pins and self._pins[host].done()
        if not known and literal_address(host) is None:
            passage.resolving_s = time.monotonic()
        if host not in self._pins:
            self._pins[host] = asyncio.ensure_future(self._gate.admit(host))
        pinned = await asyncio.shield(self._pins[host])
        passage.resolved_s = time.monotonic()
        return pinned
