"""The echo engine: one ICMP socket a family for any number of targets at once."""

import asyncio
import secrets
import socket
import time
from contextlib import suppress
from functools import partial

from probes.errors import EngineClosed, PacketError, TargetUnresolvable
from probes.flight import Flight
from probes.pace import Pace
from probes.packet import DEFAULT_PAYLOAD, Echo, EchoKind, build_echo, parse_echo
from probes.plan import EchoPlan
from probes.resolve import PinnedTarget
from probes.results import PingResult
from probes.run import EchoRun
from probes.sockets import Arrival, EchoSocket, SocketAddress
from probes.targets import TargetPolicy, family_of
from probes.ticker import TICK_S, Ticker
from probes.wire import Opener, Wire

MOST_RUNS = 4096
_READ_AT_ONCE = 256
_READ_ALL = 65_536


class EchoEngine:
    """Sends what is due, matches what comes back, and frees everything on close.

    It belongs to the event loop in which it was made. Pings beyond `most_runs` wait their turn.
    """

    def __init__(
        self,
        policy: TargetPolicy,
        *,
        payload: int = DEFAULT_PAYLOAD,
        most_runs: int = MOST_RUNS,
        opener: Opener | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._policy = policy
        self._pace = pace
        self._payload = payload
        self._slots = asyncio.Semaphore(most_runs)
        self._loop = asyncio.get_running_loop()
        self._ticker = Ticker(self._loop)
        self._wire = Wire(payload, opener, partial(self._read, _READ_AT_ONCE))
        self._runs: dict[int, EchoRun] = {}
        self._under_way: set[EchoRun] = set()

    async def ping(self, target: PinnedTarget, plan: EchoPlan) -> PingResult:
        """Carry out the plan against the pinned address."""
        where = _socket_address(target, self._policy)
        async with self._slots:
            run = EchoRun(target, plan, where, self._loop.create_future())
            self._start(run)
            try:
                await run.over
            finally:
                self._forget(run)
        return run.result()

    def close(self) -> None:
        """Fail what is under way and give every descriptor back."""
        self._ticker.close()
        self._wire.close()
        for run in self._under_way:
            run.fail(EngineClosed())

    def _start(self, run: EchoRun) -> None:
        # Opened here and not in the tick, so that a missing right reaches the caller.
        self._wire.socket(family_of(run.target.address))
        self._under_way.add(run)
        now = self._ticker.now()
        self._ticker.at(now, partial(self._send_next, run, now))

    def _forget(self, run: EchoRun) -> None:
        self._under_way.discard(run)
        for token in run.waiting:
            del self._runs[token]

    def _send_next(self, run: EchoRun, due: float) -> None:
        if run.over.done():
            return
        if self._pace and not self._pace.take(self._ticker.now()):
            self._ticker.at(self._ticker.now() + TICK_S, partial(self._send_next, run, due))
            return
        try:
            self._send(run)
        except BlockingIOError:
            # The send buffer is full, which is our own congestion and not the path's loss.
            self._ticker.at(self._ticker.now() + TICK_S, partial(self._send_next, run, due))
            return
        if run.all_sent:
            self._settle(run)
            return
        following = self._following(due, run.plan.interval_s)
        self._ticker.at(following, partial(self._send_next, run, following))

    def _following(self, due: float, interval_s: float) -> float:
        now = self._ticker.now()
        # After a stall the rest of the schedule moves; catching up in a burst would load the path.
        stalled = interval_s > 0 and due < now - TICK_S
        return (now if stalled else due) + interval_s

    def _send(self, run: EchoRun) -> None:
        echo_socket = self._wire.socket(family_of(run.target.address))
        flight = self._prepare(run, echo_socket)
        try:
            echo_socket.send(build_echo(flight.request), run.where, flight.request.token)
        except BlockingIOError:
            raise
        except OSError as error:
            run.reject(error.strerror or str(error))
        else:
            run.depart(flight)
            self._runs[flight.request.token] = run

    def _prepare(self, run: EchoRun, echo_socket: EchoSocket) -> Flight:
        family, ident, token = echo_socket.family, echo_socket.ident, self._fresh_token()
        index = len(run.rtts_ms)
        request = Echo(family, EchoKind.REQUEST, ident, index & 0xFFFF, token, self._payload)
        deadline = self._ticker.now() + run.plan.timeout_s
        host = str(run.where[0])
        return Flight(request, index, host, deadline, time.time_ns(), time.monotonic_ns())

    def _fresh_token(self) -> int:
        while (token := secrets.randbits(32)) in self._runs:
            pass
        return token

    def _read(self, limit: int) -> None:
        for echo_socket in self._wire:
            # Departures second: whatever has arrived by now has departed before.
            arrivals = list(echo_socket.arrivals(limit))
            for token, left_ns in echo_socket.departures():
                self._note_departure(token, left_ns)
            for arrival in arrivals:
                with suppress(PacketError):
                    self._accept(parse_echo(echo_socket.family, arrival.packet), arrival)

    def _note_departure(self, token: int, left_ns: int) -> None:
        run = self._runs.get(token)
        if run:
            run.waiting[token].left_ns = left_ns

    def _accept(self, reply: Echo, arrival: Arrival) -> None:
        run = self._runs.get(reply.token)
        if run is None or not run.waiting[reply.token].is_answered_by(reply, arrival.host):
            return
        del self._runs[reply.token]
        run.answer(reply.token, arrival)
        self._settle(run)

    def _settle(self, run: EchoRun) -> None:
        if not run.all_sent:
            return
        if not run.waiting:
            run.finish()
        elif run.deadline != run.watched:
            run.watched = run.deadline
            self._ticker.at(run.deadline, partial(self._expire, run))

    def _expire(self, run: EchoRun) -> None:
        # An answer may have reached the kernel in time while this program was busy.
        self._read(_READ_ALL)
        if run.waiting and self._ticker.now() >= run.deadline:
            run.finish()


def _socket_address(target: PinnedTarget, policy: TargetPolicy) -> SocketAddress:
    """Pass the gate once more, and put the address in the form that sockets take."""
    address = policy.check(target.address)
    kind, numeric = socket.SOCK_DGRAM, socket.AI_NUMERICHOST
    try:
        rows = socket.getaddrinfo(str(address), 0, family_of(address), kind, 0, numeric)
    except OSError as error:
        raise TargetUnresolvable(target.name, str(error.strerror).lower()) from error
    return rows[0][4]
