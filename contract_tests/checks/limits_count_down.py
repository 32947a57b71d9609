"""The headers of a rate limit tell true: one limit, and less left with every request."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.roles.model import RateLimit
from contract_tests.world.standing import Standing, standing
from contract_tests.world.world import NotTried, World

NAME = "limits_count_down"
_ASKED, _ENOUGH = 8, 4
# What flows back while we ask, no document tells. An allowance that seems to be full again sooner
# than this is looked at once more: how much flows back in a second.
_FASTEST_REFILL_S, _LOOK_S = 30.0, 1.0
_FAR = 10


def subjects(world: World) -> Iterable[tuple[str, RateLimit]]:
    """Select every limit that headers tell."""
    limits = world.roles.rate_limits
    return [(one.limit or one.remaining, one) for one in limits if one.limit or one.remaining]


def check(world: World, limit: RateLimit) -> Iterator[Finding]:
    """Ask the same several times, and compare what is left."""
    name = counted(world, limit)
    row = _asked(world, limit, name)
    if any(_is_renewed(one, other) for one, other in pairwise(row)):
        # A window has ended in between: one more is not likely to.
        row = _asked(world, limit, name)
    for one in row:
        for place, message, received, expected in one.faults(limit):
            yield _finding(world, limit, one, (place, message, received, expected))
    yield from _together(world, limit, row)


def counted(world: World, limit: RateLimit) -> str:
    """Return an operation that reads and is counted; NotTried if there is none."""
    listing = [r.list.operation for r in world.roles.resources if r.list]
    names = limit.operations or tuple(dict.fromkeys([*listing, *world.operations]))
    for name in names:
        operation = world.operations.get(name)
        if operation and operation.method == "get" and "{" not in operation.template:
            return name
    raise NotTried("nothing that only reads is counted")


def _asked(world: World, limit: RateLimit, operation_id: str) -> list[Standing]:
    row: list[Standing] = []
    for _ in range(2 * _ASKED):
        before = world.wire.allowance.sent
        one = standing(world.call(operation_id), limit)
        # While a 429 is waited for, more flows back than what we ask takes away.
        is_next = world.wire.allowance.sent == before + 1
        row = [*row, one] if is_next else [one]
        if len(row) == _ASKED:
            break
    if all(one.limit is None and one.remaining is None for one in row):
        raise NotTried("no answer tells the limit")
    if len(row) < _ENOUGH:
        raise NotTried("so little is left that every few requests are refused")
    return row


def _together(world: World, limit: RateLimit, row: Sequence[Standing]) -> Iterator[Finding]:
    told = [one for one in row if one.is_told]
    if not told:
        return
    first, last = told[0], told[-1]
    changed = next((one for one in told if one.limit != first.limit), None)
    if changed:
        message = "The limit is another from one request to the next."
        wrong = (limit.limit, message, str(changed.limit), str(first.limit))
        yield _finding(world, limit, changed, wrong)
        return
    expected = len(told) - 1 - refilled(first, last)
    is_slow = first.left - last.left < expected and 0 < first.left <= first.most
    is_slow = is_slow and _is_too_slow(world, limit, told)
    # However much flows back, a request that was counted leaves less than all.
    if is_slow or all(one.left == one.most for one in told) or _stands_still(told):
        seen = ", ".join(str(one.left) for one in told)
        message = "What is left does not become less with every request."
        yield _finding(world, limit, last, (limit.remaining, message, seen, "less each time"))


def _is_too_slow(world: World, limit: RateLimit, told: Sequence[Standing]) -> bool:
    """Say whether less was spent than was asked, with what flows back as a rest shows it."""
    name = told[0].exchange.operation_id
    before = standing(world.call(name), limit)
    world.rest(_LOOK_S)
    after = standing(world.call(name), limit)
    if not before.is_told or not after.is_told:
        return False
    # The request before the rest may show a part of one less, that after it has cost one.
    back = max(after.left - before.left + 2, 0) / max(_took_s(before, after), _LOOK_S)
    spent = told[0].left - told[-1].left
    return spent < len(told) - 1 - math.ceil(2 * back * _took_s(told[0], told[-1]))


def _stands_still(told: Sequence[Standing]) -> bool:
    """Say whether what is left is one number, far from all, while we asked fast.

    What flows back would have to be what was spent, exactly and every time.
    """
    took_s = told[-1].exchange.at - told[0].exchange.at
    is_one = len({one.left for one in told}) == 1
    return len(told) > 1 and is_one and took_s < 1 and told[0].left < told[0].most - _FAR


def refilled(first: Standing, last: Standing) -> int:
    """Return how much may have flowed back between two answers."""
    return math.ceil(first.most * _took_s(first, last) / _FASTEST_REFILL_S)


def _took_s(first: Standing, last: Standing) -> float:
    response = last.exchange.response
    took_s = last.exchange.at - first.exchange.at + (response.elapsed_s if response else 0.0)
    return max(took_s, 0.0)


def _is_renewed(one: Standing, other: Standing) -> bool:
    """Say whether a new window has begun between two answers: much more is left."""
    return one.is_told and other.is_told and one.reset != other.reset and other.left > one.left


def _finding(
    world: World, limit: RateLimit, one: Standing, wrong: tuple[str, str, str, str]
) -> Finding:
    place, message, received, expected = wrong
    return Finding(
        NAME,
        world.label(one.exchange.operation_id),
        place,
        message,
        received,
        expected,
        (one.exchange,),
        source=limit.source,
    )


RULE = Rule(
    name=NAME,
    sentence="The headers of a rate limit tell true: less is left with every request.",
    effect=Effect.READS,
    subjects=subjects,
    check=check,
)
