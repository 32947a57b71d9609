"""What goes wrong on purpose: a literal table of kinds, and a plan of who meets them when."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from mockserver.core.errors import ERRORS, ApiError, TooManyRequests

_NOISE = bytes((number * 167 + 13) % 256 for number in range(256))


class BadFault(ValueError):
    """A fault that cannot be; the message says which there are."""


class Ending(StrEnum):
    """How an answer ends: whole, in its middle, by a reset before it begins, or never."""

    WHOLE = "whole"
    CUT = "cut"
    RESET = "reset"
    HANG = "hang"


@dataclass(frozen=True, slots=True)
class Effect:
    """What is done to one answer; effects add up with `with_`.

    `latency_ms` passes before anything is done, in real time: it is the network's. `error` is
    raised in place of the handler's work. `bend` changes the body that is sent.
    """

    latency_ms: float = 0.0
    error: ApiError | None = None
    bend: Callable[[bytes], bytes] | None = None
    ending: Ending = Ending.WHOLE

    def with_(self, other: Effect) -> Effect:
        """Return both in one; where they disagree the later one counts."""
        return Effect(
            self.latency_ms + other.latency_ms,
            other.error or self.error,
            other.bend or self.bend,
            self.ending if other.ending is Ending.WHOLE else other.ending,
        )


def _latency_ms(value: Any, told: Told) -> Effect:
    del told
    if not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise BadFault(f"latency_ms is a number of milliseconds, 0 or more: received {value!r}")
    return Effect(latency_ms=float(value))


def _status(value: Any, told: Told) -> Effect:
    kind = ERRORS.get(value)
    if kind is None:
        known = ", ".join(map(str, sorted(ERRORS)))
        raise BadFault(f"status is one of {known}: received {value!r}")
    wait_s = told.retry_after_s
    headers = {} if wait_s is None else {"Retry-After": f"{wait_s:g}"}
    if kind is not TooManyRequests:
        return Effect(error=kind(headers=headers))
    facts = {"limit": 0, "remaining": 0, "cost": 1, "retry_after_s": wait_s or 0, "window_s": 60}
    return Effect(error=kind("too many calls", headers=headers, facts=facts))


def _bends(bend: Callable[[bytes], bytes]) -> Callable[[Any, Told], Effect]:
    return lambda _value, _told: Effect(bend=bend)


def _ends(ending: Ending) -> Callable[[Any, Told], Effect]:
    return lambda _value, _told: Effect(ending=ending)


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _noise(body: bytes) -> bytes:
    return (_NOISE * (len(body) // len(_NOISE) + 1))[: len(body)]


@dataclass(frozen=True, slots=True)
class Kind:
    """One sort of fault: a sentence for people, and what it does, given its value."""

    sentence: str
    effect: Callable[[Any, Told], Effect]


KINDS: Mapping[str, Kind] = {
    "latency_ms": Kind("The answer comes so many milliseconds later.", _latency_ms),
    "status": Kind("The vendor's own error of this status; `retry_after_s` adds that.", _status),
    "empty": Kind("The answer has no body.", _bends(lambda _: b"")),
    "truncate": Kind("Half of the body, as if that were all.", _bends(_half)),
    "garble": Kind("Noise in place of the body.", _bends(_noise)),
    "cut": Kind("The connection is closed in the middle of the body.", _ends(Ending.CUT)),
    "reset": Kind("The connection is reset before the answer.", _ends(Ending.RESET)),
    "hang": Kind("No answer comes; the connection stays open.", _ends(Ending.HANG)),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What stands beside the kinds of a fault."""

    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a fault meets: empty is everybody.

    `times` is how often at most (0: always); `every` 3 is every third of the requests in scope;
    `after` leaves the first ones alone.
    """

    vendor: str = ""
    operation: str = ""
    account: str = ""
    times: int = 0
    every: int = 1
    after: int = 0

    def has(self, vendor: str, operation: str, account: str) -> bool:
        """Say whether a request is one of those."""
        wanted = (self.vendor, vendor), (self.operation, operation), (self.account, account)
        return all(own in ("", given) for own, given in wanted)


@dataclass(slots=True)
class Fault:
    """One fault: whom it meets, what it does, how many requests it saw and met."""

    scope: Scope
    effect: Effect
    kinds: tuple[str, ...] = ()
    seen: int = 0
    met: int = 0

    def draw(self) -> bool:
        """Count a request in scope, and say whether it is met."""
        self.seen += 1
        turn = self.seen - self.scope.after
        if turn <= 0 or turn % self.scope.every or 0 < self.scope.times <= self.met:
            return False
        self.met += 1
        return True


def fault(scope: Scope, retry_after_s: float | None = None, **kinds: Any) -> Fault:
    """Return a fault of these kinds, by the names in `KINDS`; BadFault if it cannot be.

    `status=429, retry_after_s=1`, or `latency_ms=200, cut=True`: several kinds act together.
    """
    unknown = set(kinds) - set(KINDS)
    if unknown or not kinds:
        asked = f"no fault named {min(unknown)}" if unknown else "a fault does something"
        raise BadFault(f"{asked}: there are {', '.join(KINDS)}")
    if retry_after_s is not None and "status" not in kinds:
        raise BadFault("retry_after_s goes with status")
    _check(scope)
    effect = Effect()
    for name, value in kinds.items():
        if value is not False:
            effect = effect.with_(KINDS[name].effect(value, Told(retry_after_s)))
    return Fault(scope, effect, tuple(kinds))


def _check(scope: Scope) -> None:
    if scope.every < 1 or scope.times < 0 or scope.after < 0:
        raise BadFault("every is 1 or more, times and after are 0 or more")


@dataclass(slots=True)
class FaultPlan:
    """The faults of a server, in the order in which they were added."""

    faults: list[Fault] = field(default_factory=list)

    def add(self, one: Fault) -> None:
        """Let it happen from now on."""
        self.faults.append(one)

    def clear(self, account: str | None = None) -> None:
        """Forget the faults of an account, or all."""
        self.faults[:] = [
            one for one in self.faults if account is not None and one.scope.account != account
        ]

    def draw(self, vendor: str, operation: str, account: str) -> Effect | None:
        """Return what is done to this request, or None; faults that meet it add up."""
        met = [
            one.effect
            for one in self.faults
            if one.scope.has(vendor, operation, account) and one.draw()
        ]
        effect = None
        for one in met:
            effect = one if effect is None else effect.with_(one)
        # An exception is raised once only: it remembers where.
        return effect and replace(effect, error=_anew(effect.error))


def _anew(error: ApiError | None) -> ApiError | None:
    if error is None:
        return None
    return type(error)(error.message, headers=error.headers, facts=error.facts)
