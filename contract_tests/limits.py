"""How much may be asked of a server: so many requests, so often, for so long."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a run; None is no bound. `rate` is requests a second."""

    max_requests: int | None = None
    rate: float | None = None
    time_limit_s: float | None = None
    timeout_s: float = 5.0
    max_body_bytes: int = 16 * 2**20


class OutOfLimits(Exception):
    """The run may send nothing more; the message says which limit was reached."""


class Allowance:
    """What is left of the limits; every request takes one, and waits for its turn."""

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
        self._now, self._sleep = now, sleep
        self._begin = now()
        self._next = self._begin

    @property
    def elapsed_s(self) -> float:
        """Seconds since the run began."""
        return self._now() - self._begin

    def take(self) -> None:
        """Wait until a request may be sent; OutOfLimits if none may be any more."""
        most, longest = self.limits.max_requests, self.limits.time_limit_s
        if most is not None and self.sent >= most:
            raise OutOfLimits(f"the limit of {most} requests was reached (--max-requests)")
        wait_s = max(self._next - self._now(), 0.0)
        if longest is not None and self.elapsed_s + wait_s >= longest:
            raise OutOfLimits(f"the limit of {longest:g} s was reached (--time-limit)")
        if wait_s:
            self.pauses_s += wait_s
            self._sleep(wait_s)
        self.sent += 1
        if self.limits.rate:
            self._next = self._now() + 1 / self.limits.rate

    def hold(self, seconds: float) -> None:
        """Send nothing for so long: the server has asked for it (`Retry-After`)."""
        self._next = max(self._next, self._now() + seconds)
