"""How many calls an account may make: three ways to count, one verdict."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

_PLENTY = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an account stands after a call; `reset_at_s` is in seconds since the epoch."""

    limit: int
    remaining: int
    reset_at_s: int
    allowed: bool
    retry_after_s: int
    cost: int


class Meter(Protocol):
    """Counts the calls of one account."""

    def hit(self, now_ms: int, cost: int) -> Standing:
        """Count a call, unless it is one too many."""


class FixedWindow:
    """A window that opens with the first call after the last one closed (ThousandEyes)."""

    def __init__(self, limit: int, window_s: int) -> None:
        """Allow `limit` calls in `window_s` seconds."""
        self._limit, self._window_ms = limit, window_s * 1000
        self._ends_ms, self._used = 0, 0

    def hit(self, now_ms: int, cost: int) -> Standing:
        """Count a call, unless it is one too many."""
        if now_ms >= self._ends_ms:
            self._ends_ms, self._used = now_ms + self._window_ms, 0
        allowed = self._used + cost <= self._limit
        self._used += cost * allowed
        wait_s = math.ceil((self._ends_ms - now_ms) / 1000)
        reset_at_s = math.ceil(self._ends_ms / 1000)
        left = self._limit - self._used
        return Standing(self._limit, left, reset_at_s, allowed, wait_s, cost)


class RollingWindow:
    """At most so many calls in any stretch of `window_s` seconds (ngrok)."""

    def __init__(self, limit: int, window_s: int) -> None:
        """Allow `limit` calls in any `window_s` seconds."""
        self._limit, self._window_ms = limit, window_s * 1000
        self._calls: deque[int] = deque()

    def hit(self, now_ms: int, cost: int) -> Standing:
        """Count a call, unless it is one too many."""
        while self._calls and self._calls[0] <= now_ms - self._window_ms:
            self._calls.popleft()
        allowed = len(self._calls) + cost <= self._limit
        self._calls.extend([now_ms] * (cost * allowed))
        frees_ms = (self._calls[0] if self._calls else now_ms) + self._window_ms
        wait_s = math.ceil((frees_ms - now_ms) / 1000)
        left = self._limit - len(self._calls)
        return Standing(self._limit, left, math.ceil(frees_ms / 1000), allowed, wait_s, cost)


class TokenBucket:
    """An allowance that refills continuously, a full one in `window_s` seconds (PingPlotter)."""

    def __init__(self, limit: int, window_s: int) -> None:
        """Hold at most `limit` tokens."""
        # A token is cut into as many grains as a window has ms: then `limit` grains flow in each
        # ms, and whole numbers keep what sums of fractions would lose.
        self._limit, self._grains = limit, window_s * 1000
        self._level, self._at_ms = limit * self._grains, 0

    def hit(self, now_ms: int, cost: int) -> Standing:
        """Take `cost` tokens, unless there are too few."""
        full, price = self._limit * self._grains, cost * self._grains
        elapsed_ms = max(0, now_ms - self._at_ms)  # the system's clock may be set back
        self._level = min(full, self._level + elapsed_ms * self._limit)
        self._at_ms += elapsed_ms
        allowed = self._level >= price
        self._level -= price * allowed
        wait_s = -(-max(0, price - self._level) // (self._limit * 1000))
        full_at_s = -(-(now_ms - (self._level - full) // self._limit) // 1000)
        left = self._level // self._grains
        return Standing(self._limit, left, full_at_s, allowed, wait_s, cost)


class Unmetered:
    """Lets everything pass, and counts down from more than anybody asks for."""

    def __init__(self, window_s: int) -> None:
        """Begin anew after `window_s` seconds."""
        self._meter = FixedWindow(_PLENTY, window_s)

    def hit(self, now_ms: int, cost: int) -> Standing:
        """Count a call, and allow it."""
        return replace(self._meter.hit(now_ms, cost), allowed=True)


MeterFactory = Callable[[int, int], Meter]


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit of a vendor: how it counts, for which operations, and under which headers.

    `headers` names the response headers for limit, remaining and reset, or is empty;
    `operations` is the set of operationIds that count, or None for all; `costs` gives the
    operations that cost more than one; `everywhere` sends the headers to strangers as well.
    """

    name: str
    meter: MeterFactory
    limit: int
    window_s: int = 60
    headers: tuple[str, ...] = ()
    operations: frozenset[str] | None = None
    costs: Mapping[str, int] | None = None
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server was told about limits: other numbers by quota name, or for `all` of them.

    None is no limit.
    """

    overrides: Mapping[str, int | None]

    def meter(self, quota: Quota) -> Meter:
        """Return a meter for `quota` with everything left."""
        limit = self.overrides.get(quota.name, self.overrides.get("all", quota.limit))
        if limit is None:
            return Unmetered(quota.window_s)
        return quota.meter(limit, quota.window_s)


class RateLimiter:
    """Keeps a meter for each account and quota of one vendor."""

    def __init__(self, quotas: tuple[Quota, ...], limits: Limits) -> None:
        """Begin with every allowance full."""
        self._quotas = quotas
        self._limits = limits
        self._meters: dict[tuple[str, str], Meter] = {}

    def quotas_for(self, operation_id: str) -> tuple[Quota, ...]:
        """Return the quotas that a call of `operation_id` counts against."""
        return tuple(
            quota for quota in self._quotas if operation_id in (quota.operations or [operation_id])
        )

    def hit(self, quota: Quota, account: str, operation_id: str, now_ms: int) -> Standing:
        """Count a call of `account` against `quota`."""
        meter = self._meters.get((account, quota.name))
        if meter is None:
            meter = self._limits.meter(quota)
            self._meters[account, quota.name] = meter
        return meter.hit(now_ms, (quota.costs or {}).get(operation_id, 1))

    def glance(self, quota: Quota, now_ms: int) -> Standing:
        """Return how somebody who never called stands against `quota`."""
        return self._limits.meter(quota).hit(now_ms, 0)

    def forget(self, account: str | None = None) -> None:
        """Fill the allowance of one account, or of all."""
        for key in [key for key in self._meters if account in (None, key[0])]:
            del self._meters[key]
