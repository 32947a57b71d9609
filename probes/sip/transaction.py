"""Client transactions of RFC 3261, section 17.1, as pure machines: no clock, no socket.

Events go in with the second at which they happen, by any clock that only goes forward. Out
come messages to send and the response that concerns the caller; `deadline_s` is when `tick`
is due next, None for never.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from probes.sip.response import SipResponse
from probes.sip.timers import Timers

LEAST_D_S = 32.0


class State(StrEnum):
    """States of both kinds; ACCEPTED is that of RFC 6026, an answered INVITE."""

    TRYING = "trying"
    """Called `Calling` for an INVITE."""
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Output:
    """What an event leads to."""

    send: tuple[bytes, ...] = ()
    response: SipResponse | None = None
    timed_out: bool = False


NOTHING = Output()


class ClientTransaction:
    """What both kinds share: sending again, giving up, and knowing one's own responses."""

    def __init__(
        self, request: bytes, *, branch: str, method: str, reliable: bool, timers: Timers
    ) -> None:
        self.request, self.branch, self.method = request, branch, method
        self.state = State.TRYING
        self.retransmissions = 0
        self._reliable, self._timers = reliable, timers
        self._interval_s = timers.t1_s
        self._again_s: float | None = None
        self._end_s: float | None = None

    @property
    def deadline_s(self) -> float | None:
        """When `tick` is due."""
        times = [time for time in (self._again_s, self._end_s) if time is not None]
        return min(times, default=None)

    def start(self, now_s: float) -> Output:
        """Send the request; timers A and B, or E and F, begin."""
        self._again_s = None if self._reliable else now_s + self._interval_s
        self._end_s = now_s + 64 * self._timers.t1_s
        return Output((self.request,))

    def tick(self, now_s: float) -> Output:
        """Do what is due: the request again, or the end."""
        if self._end_s is not None and now_s >= self._end_s:
            waiting = self.state in (State.TRYING, State.PROCEEDING)
            self._terminate()
            return Output(timed_out=waiting)
        if self._again_s is None or now_s < self._again_s:
            return NOTHING
        self._interval_s = self._next_interval_s()
        self._again_s = now_s + self._interval_s
        self.retransmissions += 1
        return Output((self.request,))

    def receive(self, response: SipResponse, now_s: float) -> Output | None:
        """Take a response; None where it belongs to another transaction (section 17.1.3)."""
        if (response.branch, response.method) != (self.branch, self.method):
            return None
        if not response.final:
            return self._provisional(response)
        return self._final(response, now_s)

    def _next_interval_s(self) -> float:
        raise NotImplementedError

    def _provisional(self, response: SipResponse) -> Output:
        if self.state not in (State.TRYING, State.PROCEEDING):
            return NOTHING
        self.state = State.PROCEEDING
        return Output(response=response)

    def _final(self, response: SipResponse, now_s: float) -> Output:
        raise NotImplementedError

    def _linger(self, state: State, end_s: float | None) -> None:
        self.state, self._again_s, self._end_s = state, None, end_s

    def _terminate(self) -> None:
        self.state, self._again_s, self._end_s = State.TERMINATED, None, None


class NonInviteTransaction(ClientTransaction):
    """Section 17.1.2: timers E, F and K."""

    def _next_interval_s(self) -> float:
        if self.state is State.PROCEEDING:
            return self._timers.t2_s
        return min(2 * self._interval_s, self._timers.t2_s)

    def _final(self, response: SipResponse, now_s: float) -> Output:
        if self.state not in (State.TRYING, State.PROCEEDING):
            return NOTHING
        if self._reliable:
            self._terminate()
        else:
            self._linger(State.COMPLETED, now_s + self._timers.t4_s)
        return Output(response=response)


class InviteTransaction(ClientTransaction):
    """Section 17.1.1 and RFC 6026: timers A, B, D and M.

    `acknowledge` makes the ACK for a response that is no success; that for a 2xx is the
    caller's, who gets every one of them.
    """

    def __init__(
        self,
        request: bytes,
        acknowledge: Callable[[SipResponse], bytes],
        *,
        branch: str,
        reliable: bool,
        timers: Timers,
    ) -> None:
        super().__init__(request, branch=branch, method="INVITE", reliable=reliable, timers=timers)
        self._acknowledge = acknowledge

    def _next_interval_s(self) -> float:
        return 2 * self._interval_s

    def _provisional(self, response: SipResponse) -> Output:
        # From now on the caller's patience counts, not timer B, and nothing is sent again.
        if self.state is State.TRYING:
            self._linger(State.PROCEEDING, None)
        return super()._provisional(response)

    def _final(self, response: SipResponse, now_s: float) -> Output:
        waiting = self.state in (State.TRYING, State.PROCEEDING)
        if response.success:
            return self._accepted(response, now_s, waiting=waiting)
        if not waiting and self.state is not State.COMPLETED:
            return NOTHING
        if waiting:
            self._linger(State.COMPLETED, now_s + max(LEAST_D_S, 64 * self._timers.t1_s))
        if waiting and self._reliable:
            self._terminate()
        return Output((self._acknowledge(response),), response if waiting else None)

    def _accepted(self, response: SipResponse, now_s: float, *, waiting: bool) -> Output:
        if waiting:
            self._linger(State.ACCEPTED, now_s + 64 * self._timers.t1_s)
        return Output(response=response) if self.state is State.ACCEPTED else NOTHING
