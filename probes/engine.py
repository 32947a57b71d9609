"""The echo engine: one ICMP socket a family for any number of targets at once."""

import asyncio
import socket
import time
from collections.abc import Callable
from functools import partial

from probes.errors import EngineClosed
from probes.flight import Flight
from probes.pace import Pace
from probes.packet import DEFAULT_PAYLOAD, token_of
from probes.plan import EchoPlan
from probes.resolve import PinnedTarget
from probes.results import PingResult
from probes.run import EchoRun
from probes.socket_address import socket_address
from probes.sockets import Arrival, EchoSocket, open_echo_socket
from probes.targets import TargetPolicy, family_of
from probes.ticker import TICK_S, Ticker
from probes.tokens import Tokens
from probes.wire import Wire

Opener = Callable[[socket.AddressFamily, int], EchoSocket]

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
        self._slots = asyncio.Semaphore(most_runs)
        self._loop = asyncio.get_running_loop()
        self._ticker = Ticker(self._loop)
        make = opener or open_echo_socket
        self._wire: Wire[socket.AddressFamily, EchoSocket] = Wire(
            lambda family: make(family, payload), partial(self._read, _READ_AT_ONCE)
        )
        self._tokens = Tokens()
        self._runs: dict[int, EchoRun] = {}
        self._under_way: set[EchoRun] = set()

    async def ping(self, target: PinnedTarget, plan: EchoPlan) -> PingResult:
        """Carry out the plan against the pinned address."""
        # The gate once more: this is the last step before a packet.
        checked = PinnedTarget(target.name, self._policy.check(target.address))
        where = socket_address(checked, 0)
        async with self._slots:
            # Opened here and not in the tick, so that a missing right reaches the caller.
            echo_socket = self._wire.socket(family_of(target.address))
            run = EchoRun(target, plan, echo_socket, where, self._loop.create_future())
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
        self._under_way.add(run)
        run.due = self._ticker.now()
        run.send_next = partial(self._send_next, run)
        self._ticker.at(run.due, run.send_next)

    def _forget(self, run: EchoRun) -> None:
        self._under_way.discard(run)
        for token in run.waiting:
            del self._runs[token]

    def _send_next(self, run: EchoRun) -> None:
        if run.over.done():
            return
        now = self._ticker.now()
        if not (self._may_send(now) and self._sent(run, now)):
            # Our own congestion, which is not the path's loss.
            self._ticker.at(now + TICK_S, run.send_next)
            return
        if run.all_sent:
            self._settle(run)
            return
        run.due = _following(run.due, run.plan.interval_s, now)
        self._ticker.at(run.due, run.send_next)

    def _may_send(self, now: float) -> bool:
        return self._pace is None or self._pace.take(now)

    def _sent(self, run: EchoRun, now: float) -> bool:
        """Send the next probe of the run; False when the send buffer is full."""
        index, token, deadline = len(run.rtts_ms), self._fresh_token(), now + run.plan.timeout_s
        request = run.echo_socket.template.request(index & 0xFFFF, token)
        wall_ns, steady_ns = time.time_ns(), time.monotonic_ns()
        try:
            run.echo_socket.send(request, run.where, token)
        except BlockingIOError:
            return False
        except OSError as error:
            run.reject(error.strerror or str(error))
            return True
        run.depart(Flight(request, token, index, run.host, deadline, wall_ns, steady_ns))
        self._runs[token] = run
        return True

    def _fresh_token(self) -> int:
        while (token := self._tokens.draw()) in self._runs:
            pass
        return token

    def _read(self, limit: int) -> None:
        for echo_socket in self._wire:
            # Departures second: whatever has arrived by now has departed before.
            arrivals = list(echo_socket.arrivals(limit))
            for token, left_ns in echo_socket.departures():
                self._note_departure(token, left_ns)
            for arrival in arrivals:
                self._accept(arrival)

    def _note_departure(self, token: int, left_ns: int) -> None:
        run = self._runs.get(token)
        if run:
            run.waiting[token].left_ns = left_ns

    def _accept(self, arrival: Arrival) -> None:
        token = token_of(arrival.packet)
        run = self._runs.get(token)
        if run is None or not run.waiting[token].is_answered_by(arrival):
            return
        del self._runs[token]
        run.answer(token, arrival)
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


def _following(due: float, interval_s: float, now: float) -> float:
    # After a stall the rest of the schedule moves; catching up in a burst would load the path.
    stalled = interval_s > 0 and due < now - TICK_S
    return (now if stalled else due) + interval_s
