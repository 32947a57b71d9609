"""How much may be asked of a server: so many requests, so often, for so long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run; None is no bound. `rate` is requests a second.

    `patience_s` is how long a server that limits the rate may make us wait in all, beyond the
    time limit.
    """

    max_requests: int | None = None
    rate: float | None = None
    time_limit_s: float | None = None
    timeout_s: float = 5.0
    max_body_bytes: int = 16 * 2**20
    patience_s: float = 0.0


class OutOfLimits(Exception):
    """The run may send nothing more; the message says which limit was reached."""


class Allowance:
    """What is left of the limits; every request takes one, and waits for its turn.

    `reserved` requests are kept back: those that removing what was created will need.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin now; `now` and `sleep` are seconds of one clock."""
        self.limits = limits
        self.sent = 0
        self.pauses_s = 0.0
        self.reserved = 0
        self.patience_s = limits.patience_s
        self._granted_s = 0.0
        self._closed = ""
        self._now, self._sleep = now, sleep
        self._begin = now()
        self._next = self._held_until = self._begin

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return self._now() - self._begin

    @property
    def left_s(self) -> float:
        """Seconds until the time limit; infinite where there is none."""
        longest = self.limits.time_limit_s
        if longest is None:
            return float("inf")
        return max(longest + self._granted_s - self.elapsed_s, 0.0)

    @property
    def left_requests(self) -> float:
        """How many requests may still be sent; infinite where there is no limit."""
        most = self.limits.max_requests
        return float("inf") if most is None else max(most - self.reserved - self.sent, 0)

    def take(self) -> None:
        """Wait until a request may be sent; OutOfLimits if none may be any more."""
        if self._closed:
            raise OutOfLimits(self._closed)
        if not self.left_requests:
            most = self.limits.max_requests
            raise OutOfLimits(f"the limit of {most} requests was reached (--max-requests)")
        self._grant(self._held_until - self._now())
        self.rest(max(self._next - self._now(), 0.0))
        self.sent += 1
        if self.limits.rate:
            self._next = max(self._next, self._now()) + 1 / self.limits.rate

    def rest(self, seconds: float) -> None:
        """Let real time pass; OutOfLimits at once if the time limit would pass as well."""
        if seconds >= self.left_s:
            longest = self.limits.time_limit_s
            raise OutOfLimits(f"the limit of {longest:g} s was reached (--time-limit)")
        if seconds > 0:
            self.pauses_s += seconds
            self._sleep(seconds)

    def close(self, reason: str) -> None:
        """Let nothing more be sent."""
        self._closed = reason

    def hold(self, seconds: float) -> None:
        """Send nothing for so long: the server has asked for it (`Retry-After`)."""
        self._held_until = max(self._held_until, self._now() + seconds)
        self._next = max(self._next, self._held_until)

    def _grant(self, held_s: float) -> None:
        """Put off the end by what the server makes us wait, as far as the patience goes."""
        granted_s = min(max(held_s, 0.0), self.patience_s)
        self.patience_s -= granted_s
        self._granted_s += granted_s

    def extended(self, seconds: float) -> Allowance:
        """Return an allowance for cleaning up: what was kept back, and time of its own."""
        limits = Limits(
            self.limits.max_requests,
            self.limits.rate,
            self.elapsed_s + seconds,
            self.limits.timeout_s,
            self.limits.max_body_bytes,
        )
        more = Allowance(limits, now=self._now, sleep=self._sleep)
        more.sent, more.pauses_s = self.sent, self.pauses_s
        more._begin, more._next = self._begin, self._next
        return more
