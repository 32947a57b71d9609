"""Whether 429, wherever it comes, is true to what it says itself and to what is promised."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from contract_tests.calls import pointer
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import RateLimit
from contract_tests.wire import retry_after
from contract_tests.wire.exchange import Exchange
from contract_tests.world.standing import standing
from contract_tests.world.world import World

NAME = "too_many_are_refused"
# Waits are told in whole seconds, and clocks differ a little.
_ROUNDING_S, _CLOCKS_S = 1, 0.05
# The first refusal after the time may be a matter of rounding.
_OUTLIVES = 2


@dataclass(slots=True)
class Refusals:
    """Hears a run; `last` is the 429 that came last, if nothing else came since.

    `outlived` says how often in a row the same request was refused after the time that the 429
    before had named.
    """

    world: World
    last: Exchange | None = None
    outlived: int = 0
    sent: deque[float] = field(default_factory=deque)
    began_at: float | None = None

    def heard(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield what is wrong with a 429; other answers are only counted."""
        self.began_at = exchange.at if self.began_at is None else self.began_at
        self.sent.append(exchange.at)
        if exchange.status != 429:
            self.last, self.outlived = None, 0
            return
        for limit in self.world.roles.rate_limits:
            yield from self._contradictions(exchange, limit)
            yield from self._too_early(exchange, limit)
        yield from self._again(exchange)
        self.last = exchange

    def _contradictions(self, exchange: Exchange, limit: RateLimit) -> Iterator[Finding]:
        """Yield where a 429 says itself that it need not be, or names two times to wait."""
        left, cost = _left(exchange, limit), _number(exchange, limit.cost)
        # What flows back while it is worded may be there already.
        if left is not None and left > (1 if cost is None else cost) + 1:
            message = "429 comes although it says itself that enough is left."
            yield self._finding(
                exchange, limit, ("429 early", message, f"{left} are left", "0 left")
            )
        place = limit.body.get("Retry-After", "")
        said_s, repeated_s = _told(exchange), _number(exchange, place)
        if said_s is None or repeated_s is None:
            return
        if abs(said_s - repeated_s) > _ROUNDING_S:
            message = "The body of 429 repeats `Retry-After`, and it is another there."
            yield self._finding(exchange, limit, (place, message, f"{repeated_s}", f"{said_s:g}"))

    def _too_early(self, exchange: Exchange, limit: RateLimit) -> Iterator[Finding]:
        """Yield a finding if a promised number of requests was by far not reached in a window."""
        # On the server of another, others use the same allowance.
        is_ours = self.world.permits.existing
        passed_s = exchange.at - (self.began_at or 0.0)
        if not is_ours or not limit.most or passed_s < limit.window_s:
            return
        while self.sent and self.sent[0] < exchange.at - limit.window_s:
            self.sent.popleft()
        if len(self.sent) <= limit.most // 2:
            message = f"429 comes before {limit.most} requests in {limit.window_s:g} s."
            received = f"{len(self.sent)} requests"
            yield self._finding(exchange, limit, ("429 early", message, received, f"{limit.most}"))

    def _again(self, exchange: Exchange) -> Iterator[Finding]:
        """Yield a finding if 429 comes again and again after the time that it names."""
        self.outlived = self.outlived + 1 if self._outlives(exchange) else 0
        if self.outlived < _OUTLIVES:
            return
        limit = next(iter(self.world.roles.rate_limits), RateLimit(source="RFC 9110, 10.2.3"))
        message = "The time that 429 named is over, and the same request is refused again."
        yield self._finding(exchange, limit, ("after the time", message, "429", "an answer"))

    def _outlives(self, exchange: Exchange) -> bool:
        last = self.last
        said_s = _told(last) if last else None
        if last is None or said_s is None or last.request != exchange.request:
            return False
        took_s = last.response.elapsed_s if last.response else 0.0
        return exchange.at - last.at - took_s >= said_s - _CLOCKS_S

    def _finding(
        self,
        exchange: Exchange,
        limit: RateLimit,
        wrong: tuple[str, str, str, str],
    ) -> Finding:
        place, message, received, expected = wrong
        name = exchange.operation_id
        return Finding(
            rule=NAME,
            operation=self.world.label(name) if self.world.has(name) else exchange.request.method,
            place=place,
            message=message,
            received=received,
            expected=expected,
            exchanges=(exchange,),
            source=limit.source,
            about="429",
        )


def _told(exchange: Exchange) -> float | None:
    return retry_after.told(exchange.response) if exchange.response else None


def _left(exchange: Exchange, limit: RateLimit) -> float | None:
    """Return what a 429 says is left: its body, else the header."""
    left = _number(exchange, limit.body.get(limit.remaining, ""))
    if left is not None:
        return left
    seen = standing(exchange, limit)
    return seen.left if seen.is_told else None


def _number(exchange: Exchange, place: str) -> float | None:
    value = pointer.read(exchange.body(), place, None) if place else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if math.isfinite(value) else None
