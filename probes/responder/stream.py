"""A stream of packets to a responder: greeted, sent on time, stamped, and reported on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event, Thread

from probes.errors import PacketError
from probes.failure import Failure, FailureKind
from probes.responder.caller import Call, CallEnded
from probes.responder.datagrams import Arrival, DatagramSocket
from probes.responder.messages import Kind
from probes.responder.offset import ClockOffset, Exchange
from probes.responder.packets import Greeting
from probes.responder.sessions import MOST_COPIES
from probes.responder.threads import apart, send_on_time

GREETINGS = 8
_GREETING_GAP_S = 0.005
_GREETING_PATIENCE_S = 0.3


@dataclass(slots=True)
class Stream:
    """What was sent, by number, and what came back; times in ns of our wall clock."""

    asked_ns: list[int | None]
    """When we handed each packet to the kernel; None for those it would not take."""
    stamped_ns: dict[int, int]
    """When the kernel let them go, as far as it says."""
    came: list[Arrival] = field(default_factory=list)
    refused: str | None = None
    """Why the kernel would not take a packet, if there was one."""

    @property
    def left_ns(self) -> list[int | None]:
        """The kernel's time where there is one, else ours; None for what was not sent."""
        return [
            None if asked is None else self.stamped_ns.get(number, asked)
            for number, asked in enumerate(self.asked_ns)
        ]

    @property
    def sent(self) -> int:
        """How many packets the kernel took."""
        return sum(asked is not None for asked in self.asked_ns)

    def is_complete(self, *, reflected: bool) -> bool:
        """Whether there is nothing left to wait for."""
        return len(self.stamped_ns) >= self.sent and (not reflected or len(self.came) >= self.sent)


Make = Callable[[int], bytes]


def demand_any(sent: int, refused: str | None) -> None:
    """Raise CallEnded if the kernel took no packet at all."""
    if not sent:
        text = f"No packet could be sent: {refused or 'the stream was stopped'}."
        raise CallEnded(Failure(FailureKind.UNREACHABLE, "stream", text))


def open_socket(call: Call, *, departures: bool = True) -> DatagramSocket:
    """Open the near end of a stream."""
    host = "::" if ":" in call.host else "0.0.0.0"  # noqa: S104 - the kernel picks the source
    return DatagramSocket(host, call.family, call.request.dscp, departures=departures)


async def greet(call: Call, sock: DatagramSocket) -> ClockOffset:
    """Prove our address, and learn how far the other clock is off; CallEnded if none answers."""
    exchanges = await apart(lambda stop: _greetings(call, sock, stop))
    if not exchanges:
        text = f"No datagram came back from port {call.grant.port}: is UDP blocked on the way?"
        raise CallEnded(Failure(FailureKind.TIMEOUT, "greeting", text))
    return ClockOffset() if call.same_clock else ClockOffset.of(exchanges)


async def greet_again(call: Call, sock: DatagramSocket, before: ClockOffset) -> ClockOffset:
    """Look at the other clock once more; a path that has died since leaves the first look."""
    try:
        return before.and_later(await greet(call, sock))
    except CallEnded:
        return before


async def send(call: Call, sock: DatagramSocket, make: Make, linger_s: float) -> Stream:
    """Send the packets of the request on time; if they are reflected, wait for the last ones."""
    return await apart(lambda stop: _send(call, sock, make, linger_s, stop))


def _greetings(call: Call, sock: DatagramSocket, stop: Event) -> list[Exchange]:
    exchanges: list[Exchange] = []
    left_ns: dict[int, int] = {}
    until = time.monotonic() + call.patience_s
    for number in call.greetings:
        if len(exchanges) >= GREETINGS or time.monotonic() > until or stop.is_set():
            break
        # What the kernel would not take is like what the path has lost: the next may get through.
        with suppress(OSError):
            greeting = Greeting(call.grant.token, number).encode()
            left_ns[number] = sock.send(greeting, call.where, number)
        exchanges += _answered(call, sock, left_ns)
        time.sleep(_GREETING_GAP_S)
    return exchanges


def _answered(call: Call, sock: DatagramSocket, left_ns: dict[int, int]) -> list[Exchange]:
    """Wait a little for an answer, to whichever greeting: the path may be long."""
    until = time.monotonic() + _GREETING_PATIENCE_S
    while left_ns and time.monotonic() < until:
        arrival = sock.receive()
        left_ns.update((key, at) for key, at in sock.departures() if key in left_ns)
        answer = _answer(call, arrival)
        if arrival is not None and answer is not None and answer.number in left_ns:
            left = left_ns.pop(answer.number)
            return [Exchange(left, answer.received_ns, answer.sent_ns, arrival.stamp_ns)]
    return []


def _answer(call: Call, arrival: Arrival | None) -> Greeting | None:
    if arrival is None or arrival.sender != call.where:
        return None
    try:
        greeting = Greeting.decode(arrival.packet)
    except PacketError:
        return None
    return greeting if greeting.token == call.grant.token else None


def _send(call: Call, sock: DatagramSocket, make: Make, linger_s: float, stop: Event) -> Stream:
    stream = Stream([None] * call.request.packets, {})
    ended = Event()
    reading = Thread(target=_read, args=(call, sock, stream, linger_s, ended), daemon=True)
    reading.start()

    def send_one(number: int) -> None:
        try:
            stream.asked_ns[number] = sock.send(make(number), call.where, number)
        except OSError as error:
            stream.refused = (error.strerror or str(error)).lower()

    try:
        send_on_time(call.request.packets, call.request.interval_ns, send_one, stop)
    finally:
        ended.set()
        reading.join()
    return stream


def _read(call: Call, sock: DatagramSocket, stream: Stream, linger_s: float, ended: Event) -> None:
    """Gather stamps and reflected packets until the stream has ended and lingered."""
    most, until = MOST_COPIES * call.request.packets, math.inf
    while time.monotonic() < until:
        arrival = sock.receive()
        if arrival is not None and arrival.sender == call.where and len(stream.came) < most:
            stream.came.append(arrival)
        stream.stamped_ns.update(sock.departures())
        if not ended.is_set():
            continue
        until = min(until, time.monotonic() + linger_s)
        if stream.is_complete(reflected=call.request.kind is Kind.REFLECT):
            return
