"""One target's course through the engine: what was sent, what came back, when it is over."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from probes.errors import ProbeError
from probes.flight import Flight
from probes.plan import EchoPlan
from probes.resolve import PinnedTarget
from probes.results import PingResult
from probes.socket_address import Sockaddr
from probes.sockets import Arrival, EchoSocket


@dataclass(slots=True, eq=False)
class EchoRun:
    """The state of one ping; it does no I/O."""

    target: PinnedTarget
    plan: EchoPlan
    echo_socket: EchoSocket
    where: Sockaddr
    over: asyncio.Future[None]
    rtts_ms: list[float | None] = field(default_factory=list)
    waiting: dict[int, Flight] = field(default_factory=dict)
    watched: float | None = None
    send_error: str | None = None
    not_sent: int = 0
    due: float = 0.0
    host: str = field(init=False)
    send_next: Callable[[], None] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the address as the kernel will name it in answers."""
        self.host = str(self.where[0])

    @property
    def all_sent(self) -> bool:
        """Whether every probe of the plan has had its turn."""
        return len(self.rtts_ms) + self.not_sent == self.plan.count

    @property
    def deadline(self) -> float:
        """Until when the youngest unanswered probe may still be answered."""
        return next(reversed(self.waiting.values())).deadline

    def depart(self, flight: Flight) -> None:
        """Note a probe, as lost until it is answered."""
        self.waiting[flight.token] = flight
        self.rtts_ms.append(None)

    def reject(self, reason: str) -> None:
        """Note a probe that the kernel would not send, from which nothing follows."""
        self.not_sent += 1
        self.send_error = reason

    def answer(self, token: int, arrival: Arrival) -> None:
        """Note an answer; one that came too late leaves its probe lost."""
        flight = self.waiting.pop(token)
        rtt_ms = flight.rtt_ms(arrival)
        if self.plan.in_time(rtt_ms):
            self.rtts_ms[flight.index] = rtt_ms

    def finish(self) -> None:
        """Wake whoever waits for the result."""
        if not self.over.done():
            self.over.set_result(None)

    def fail(self, error: ProbeError) -> None:
        """Wake whoever waits, with an error."""
        if not self.over.done():
            self.over.set_exception(error)

    def result(self) -> PingResult:
        """Say what was measured."""
        address = str(self.target.address)
        sent = (self.rtts_ms, self.send_error, self.not_sent)
        return PingResult.of(self.target.name, address, *sent)
