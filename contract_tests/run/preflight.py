"""Before anything is judged: a server is there, knows the contract, and lets us in."""

from __future__ import annotations

from collections.abc import Iterator

from contract_tests.run.hearing import is_refused
from contract_tests.wire.exchange import Exchange
from contract_tests.world.world import NotTried, World

_MOST = 8
_UNAUTHORISED = frozenset({401, 403})
_NOTHING = frozenset({404, 405, 501})


class NotThere(Exception):
    """The server cannot be held to this contract at all; the message says what to look at."""


def look(world: World, variables: list[str]) -> None:
    """Call what only reads until one answer is promising; NotThere if none is.

    `variables` are those that a credential may come from.
    """
    seen: list[Exchange] = []
    for operation_id in _reading(world):
        try:
            exchange = world.call(operation_id)
        except NotTried:
            continue
        if exchange.status not in {0, *_UNAUTHORISED, *_NOTHING}:
            return
        seen.append(exchange)
        if is_refused(exchange):
            break
    plain = [e for e in seen if "{" not in world.operations[e.operation_id].template]
    # Where every path holds an id, it may be our sample ids that are not found.
    may_be_ids = not plain and any(exchange.body() is not None for exchange in seen)
    why = "" if may_be_ids and _statuses(seen) <= _NOTHING else _why(seen, variables, world)
    if why:
        raise NotThere(why)


def _reading(world: World) -> Iterator[str]:
    """Yield operations that only read, those first that need no id of anything."""
    names = [name for name, each in world.operations.items() if each.method == "get"]
    names.sort(key=lambda name: world.operations[name].template.count("{"))
    yield from names[:_MOST]


def _why(seen: list[Exchange], variables: list[str], world: World) -> str:
    statuses, url = _statuses(seen), world.wire.url
    if not statuses:
        return ""
    if statuses == {0}:
        return f"{url} cannot be reached: {seen[0].failure}"
    if statuses <= _UNAUTHORISED:
        named = " or ".join(f"${name}" for name in variables) or "no credential is named"
        return f"every request was refused with {_listed(statuses)}: is the key right? ({named})"
    if statuses <= _NOTHING:
        tried = ", ".join(exchange.url.removeprefix(url) for exchange in seen[:3])
        return f"nothing of the contract is at {url} ({tried}: {_listed(statuses)}): is it right?"
    return ""


def _statuses(seen: list[Exchange]) -> set[int]:
    return {exchange.status for exchange in seen}


def _listed(statuses: set[int]) -> str:
    return ", ".join(str(status) for status in sorted(statuses))
