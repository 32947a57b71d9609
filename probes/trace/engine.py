"""The trace engine: any number of traces at once over one socket a family, protocol and flow."""

import asyncio
import errno
import select
import socket
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from probes import timestamps
from probes.errors import EngineClosed
from probes.pace import Pace
from probes.resolve import PinnedTarget
from probes.socket_address import Sockaddr, socket_address
from probes.targets import Address, TargetPolicy, family_of
from probes.ticker import TICK_S, Ticker
from probes.trace.channels import Channel, IcmpChannel, UdpChannel
from probes.trace.course import BURST, Course
from probes.trace.lane import Lane
from probes.trace.plan import TraceProtocol
from probes.trace.shot import Shot
from probes.trace.tcp_channel import TcpChannel
from probes.wire import Wire

_MOST_PLACES = 65_536
_MOST_HELD_S = 5.0
"""How long the kernel may have no room or port for a probe before a trace is given up."""
_NO_ROOM = "no room for another probe"

Key = tuple[TraceProtocol, socket.AddressFamily, int]
"""A channel: protocol, family, and the flow (UDP) or the number of the attempt (TCP)."""


@dataclass(slots=True, eq=False)
class _Run:
    course: Course
    protocol: TraceProtocol
    family: socket.AddressFamily
    where: Sockaddr
    over: asyncio.Future[None]
    held: Shot | None = None
    held_since_s: float | None = None
    channels: dict[Lane, Channel] = field(default_factory=dict)
    wakes_s: float = field(default=float("inf"))


class TraceEngine:
    """Sends what courses want, hands them what comes back, and frees everything on close.

    It belongs to the event loop in which it was made.
    """

    def __init__(self, policy: TargetPolicy, *, pace: Pace | None = None) -> None:
        self._policy = policy
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._ticker = Ticker(self._loop)
        self._wire: Wire[Key, Channel] = Wire(_open, self._on_readable)
        self._runs: dict[Lane, _Run] = {}
        self._attempts = count()
        self._places: dict[tuple[Address, int], Sockaddr] = {}

    async def trace(
        self,
        target: PinnedTarget,
        protocol: TraceProtocol,
        port: int,
        course: Course,
        due_s: float = 0.0,
    ) -> None:
        """Carry out the course towards the pinned address, from `due_s` of the loop's clock on.

        It returns by `Order.longest_s` after that: the course is cut if it is not over by then.
        """
        where, family = self._place(target, port), family_of(target.address)
        run = _Run(course, protocol, family, where, self._loop.create_future())
        self._prepare(run)
        self._runs |= dict.fromkeys(course.lanes, run)
        begins_s = max(due_s, self._ticker.now())
        self._wake(run, begins_s)
        try:
            await self._finish(run, begins_s + course.order.longest_s)
        finally:
            self._forget(run)

    async def _finish(self, run: _Run, latest_s: float) -> None:
        # Of the event loop and not the ticker, so that nothing that goes wrong there prevents it.
        await asyncio.wait([run.over], timeout=latest_s - self._ticker.now())
        if run.over.done():
            return run.over.result()
        run.course.cut(self._ticker.now())
        return run.over.set_result(None)

    def close(self) -> None:
        """Fail what is under way and give every descriptor back."""
        self._ticker.close()
        self._wire.close()
        for run in self._runs.values():
            if not run.over.done():
                run.over.set_exception(EngineClosed())

    def _place(self, target: PinnedTarget, port: int) -> Sockaddr:
        """Pass the gate once more, this being the last step before a packet."""
        known = self._places.get((target.address, port))
        if known:
            return known
        checked = PinnedTarget(target.name, self._policy.check(target.address))
        where = socket_address(checked, port)
        if len(self._places) < _MOST_PLACES:
            self._places[target.address, port] = where
        return where

    def _prepare(self, run: _Run) -> None:
        # Opened here and not in the tick, so that a missing right reaches the caller.
        if run.protocol is TraceProtocol.TCP:
            return
        for lane in run.course.lanes:
            flow = lane.flow if run.protocol is TraceProtocol.UDP else 0
            run.channels[lane] = self._wire.socket((run.protocol, run.family, flow))

    def _channel(self, run: _Run, lane: Lane) -> Channel:
        if run.protocol is not TraceProtocol.TCP:
            return run.channels[lane]
        if lane.is_alone and lane.shots:
            # An attempt without an answer keeps the flow's port until its socket is closed.
            self._give_up(lane.shots[-1])
        key = (run.protocol, run.family, next(self._attempts))
        return self._wire.socket(key, select.EPOLLOUT)

    def _forget(self, run: _Run) -> None:
        for lane in run.course.lanes:
            self._runs.pop(lane, None)
        for shot in run.course.shots():
            self._give_up(shot)

    def _give_up(self, shot: Shot) -> None:
        if shot.answer is None and shot.channel:
            shot.channel.forget(shot)
            self._discard(shot.channel)

    def _discard(self, channel: Channel) -> None:
        if channel.is_done:
            self._wire.drop(channel.key)

    def _wake(self, run: _Run, when: float) -> None:
        if when < run.wakes_s:
            run.wakes_s = when
            self._ticker.at(when, partial(self._drive, run))

    def _drive(self, run: _Run) -> None:
        run.wakes_s = float("inf")
        if run.over.done():
            return
        if run.course.began_s is not None:
            # An answer may have reached the kernel in time while this program was busy.
            self._read()
        now = self._ticker.now()
        if run.over.done():
            return
        if self._send_burst(run, now):
            self._wake(run, now + TICK_S)
        elif run.course.is_over(now):
            run.over.set_result(None)
        else:
            self._wake(run, run.course.wake_s(now))

    def _send_burst(self, run: _Run, now: float) -> bool:
        """Send what is due; True when there may be more of it."""
        for _ in range(BURST):
            shot = run.held or run.course.next(now)
            run.held = None
            if shot is None:
                return False
            if not self._sent(run, shot, now):
                # Our own congestion, which is not the path's loss.
                run.held = shot
                return True
        return True

    def _sent(self, run: _Run, shot: Shot, now: float) -> bool:
        if self._pace and not self._pace.take(now):
            return False
        shot.at_s, shot.deadline_s = now, now + run.course.order.timeout_s
        channel = self._channel(run, shot.lane)
        try:
            channel.send(shot, run.where)
        except OSError as error:
            channel.forget(shot)
            self._discard(channel)
            if _is_passing(error) and self._may_wait(run, now):
                return False
            run.course.reject(error.strerror or str(error) or _NO_ROOM)
            return True
        run.held_since_s = None
        run.course.sent(shot)
        return True

    @staticmethod
    def _may_wait(run: _Run, now: float) -> bool:
        if run.held_since_s is None:
            run.held_since_s = now
        return now - run.held_since_s < _MOST_HELD_S

    def _on_readable(self) -> None:
        self._read()
        # What follows within a tick is read in one go: a wake-up for every answer would cost
        # more than the answer, and the kernel stamps them anyway.
        self._wire.pause()
        self._ticker.at(self._ticker.now() + TICK_S, self._poll)

    def _poll(self) -> None:
        if self._read():
            self._ticker.at(self._ticker.now() + TICK_S, self._poll)
        else:
            self._wire.resume()

    def _read(self) -> bool:
        ready = self._wire.ready()
        learnt: dict[Lane, None] = {}
        for channel in ready:
            learnt |= dict.fromkeys(channel.read())
            self._discard(channel)
        for lane in learnt:
            run = self._runs.get(lane)
            if run and not run.over.done():
                self._proceed(run, lane)
        return bool(ready)

    def _proceed(self, run: _Run, lane: Lane) -> None:
        now = self._ticker.now()
        if run.course.is_over(now):
            run.over.set_result(None)
        elif lane.eager:
            lane.eager = False
            self._wake(run, now)


def _is_passing(error: OSError) -> bool:
    return isinstance(error, BlockingIOError) or error.errno == errno.ENOBUFS


def _open(key: Key) -> Channel:
    protocol, family, _ = key
    if protocol is TraceProtocol.TCP:
        return TcpChannel(family, key)
    kind = IcmpChannel if protocol is TraceProtocol.ICMP else UdpChannel
    channel = kind(family, key)
    timestamps.wait_for_stamping()
    return channel
