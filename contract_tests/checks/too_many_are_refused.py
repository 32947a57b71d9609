"""429 comes when the headers say that nothing is left, not before, and says when to come again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from itertools import pairwise

from contract_tests.calls import pointer
from contract_tests.calls.calls import request_of
from contract_tests.checks.limits_count_down import counted, refilled, subjects
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import RateLimit
from contract_tests.wire.exchange import Exchange
from contract_tests.world.standing import Standing, standing
from contract_tests.world.world import NotTried, World

NAME = "too_many_are_refused"
_MOST, _MARGIN = 300, 10
_LONGEST_WAIT_S = 3.0


def check(world: World, limit: RateLimit) -> Iterator[Finding]:
    """Ask until nothing is left; then one more must be refused."""
    if not (world.permits.writing and world.permits.existing):
        raise NotTried("this would use up an allowance that is not ours")
    case = _Case(world, limit, counted(world, limit))
    first = case.asked()
    if not first.is_told:
        raise NotTried("no answer tells the limit")
    if first.left > _MOST or first.left > world.wire.allowance.left_requests - 1:
        raise NotTried(f"{first.left} requests are left: too many to use up")
    yield from case.until_refused(first)


@dataclass(frozen=True, slots=True)
class _Case:
    """One limit, and the operation that is asked for."""

    world: World
    limit: RateLimit
    operation: str

    def asked(self) -> Standing:
        """Ask once; 429 is an answer like any other."""
        world, values = self.world, self.world.values(self.operation, {})
        request = request_of(world.operations[self.operation], values)
        return standing(world.send_once(request, self.operation, values), self.limit)

    def until_refused(self, first: Standing) -> Iterator[Finding]:
        """Yield what speaks against it: the refusal comes too early, too late or never."""
        row = [first]
        while row[-1].exchange.status != 429 and row[-1].is_told:
            if len(row) > first.left + _tolerated(row) + _MARGIN:
                return
            row.append(self.asked())
            if len(row) == _MARGIN and row[-1].left >= first.left > 0:
                raise NotTried("what is left does not become less")
            late = [one for one in row[:-1] if one.left == 0]
            if late and row[-1].exchange.status != 429 and len(late) > _tolerated(row):
                message = "Nothing was left, and a further request succeeds."
                yield self._finding("429", message, row[-1], str(row[-1].exchange.status), "429")
                return
        if row[-1].exchange.status == 429:
            yield from self._refused(row)

    def _refused(self, row: list[Standing]) -> Iterator[Finding]:
        before, last = row[-2] if len(row) > 1 else None, row[-1]
        if before and before.is_told and before.left >= _cost(row, self.limit):
            message = "429 comes although there is something left."
            yield self._finding("429 early", message, last, f"{before.left} were left", "0 left")
        yield from self._body(last.exchange, last)
        after_s = _seconds(last.exchange)
        if after_s is None:
            message = "429 does not say when to come again."
            shown = str(last.exchange.response and last.exchange.response.header("Retry-After"))
            yield self._finding("Retry-After", message, last, shown, "seconds, or a date")
        elif after_s <= _LONGEST_WAIT_S:
            self.world.settle()
            again = self.asked()
            if again.exchange.status == 429:
                message = "The time that 429 named is over, and the request is refused again."
                yield self._finding("after the time", message, again, "429", "an answer")

    def _body(self, exchange: Exchange, last: Standing) -> Iterator[Finding]:
        for name, place in self.limit.body.items():
            header = exchange.response.header(name) if exchange.response else None
            value = pointer.read(exchange.body(), place, None)
            if header is not None and value is not None and str(value) != header:
                message = f"The body of 429 repeats `{name}`, and it is another there."
                yield self._finding(place, message, last, str(value), header)

    def _finding(
        self, place: str, message: str, one: Standing, received: str, expected: str
    ) -> Finding:
        return Finding(
            NAME,
            self.world.label(self.operation),
            place,
            message,
            received,
            expected,
            (one.exchange,),
            source=self.limit.source,
        )


def _tolerated(row: list[Standing]) -> int:
    """Return how many requests may succeed after an answer that has shown 0.

    A window that does not move counts whole requests: none. What flows back all the time may
    hold a part of a request that the header does not show.
    """
    if all(one.reset is not None and one.reset == row[0].reset for one in row):
        return 0
    return 1 + refilled(row[0], row[-1])


def _cost(row: list[Standing], limit: RateLimit) -> int:
    """Return what one request costs at most, by what was seen of it."""
    told = pointer.read(row[-1].exchange.body(), limit.cost, 1) if limit.cost else 1
    drops = [one.left - other.left for one, other in pairwise(row[:-1])]
    return max(1, told if isinstance(told, int) else 1, *drops)


def _seconds(exchange: Exchange) -> float | None:
    """Return what `Retry-After` asks for (RFC 9110, 10.2.3), None where it is not as it says."""
    text = exchange.response.header("Retry-After") if exchange.response else None
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return parsedate_to_datetime(text).timestamp() - exchange.at
    except ValueError:
        return None


RULE = Rule(
    name=NAME,
    sentence="429 comes when nothing is left, not before, and says when to come again.",
    effect=Effect.EXHAUSTS,
    subjects=subjects,
    check=check,
    source="RFC 6585, 4",
)
