"""A transaction carried over a line, live or imagined."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from probes.sip.request import Origin
from probes.sip.response import SipResponse
from probes.sip.transaction import ClientTransaction, Output

Late = Callable[[SipResponse, float], None]
"""Takes a response that does not belong to the transaction that is carried."""


class Line(Protocol):
    """Carries messages between the probe and one server, and keeps the time."""

    @property
    def origin(self) -> Origin:
        """The local end."""
        ...

    def now_s(self) -> float:
        """Seconds of a clock that only goes forward."""
        ...

    def send(self, message: bytes) -> None:
        """Send one message; what goes wrong is raised by `receive`."""
        ...

    async def receive(self, until_s: float) -> tuple[SipResponse, float] | None:
        """Wait for the next response and the second of its arrival; None at `until_s`.

        Raises OSError, EOFError or Stopped where no more can come.
        """
        ...


@dataclass(slots=True)
class Exchange:
    """How a transaction went: moments in seconds of the line, and its final response."""

    sent_s: float
    first_s: float | None = None
    final_s: float | None = None
    response: SipResponse | None = None

    def note(self, response: SipResponse, at_s: float) -> None:
        """Take what the transaction passed on."""
        if self.first_s is None:
            self.first_s = at_s
        if response.final:
            self.final_s, self.response = at_s, response


async def carry(
    transaction: ClientTransaction, line: Line, until_s: float, late: Late
) -> Exchange:
    """Run the transaction until its final response, its own timeout or `until_s`."""
    exchange = Exchange(line.now_s())
    _send(line, transaction.start(exchange.sent_s))
    while exchange.response is None and line.now_s() < until_s:
        due_s = min(until_s, transaction.deadline_s or until_s)
        arrival = await line.receive(due_s)
        if arrival is not None:
            _take(exchange, transaction, line, arrival, late)
        elif _tick(transaction, line).timed_out:
            break
    return exchange


def _take(
    exchange: Exchange,
    transaction: ClientTransaction,
    line: Line,
    arrival: tuple[SipResponse, float],
    late: Late,
) -> None:
    output = transaction.receive(*arrival)
    if output is None:
        late(*arrival)
        return
    _send(line, output)
    if output.response:
        exchange.note(output.response, arrival[1])


def _tick(transaction: ClientTransaction, line: Line) -> Output:
    output = transaction.tick(line.now_s())
    _send(line, output)
    return output


def _send(line: Line, output: Output) -> None:
    for message in output.send:
        line.send(message)
