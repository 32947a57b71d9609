"""Bad input is refused or ignored: it never makes the server fail, hang or fall over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from contract_tests.calls.caller import Operation
from contract_tests.calls.calls import media_type
from contract_tests.checks.rule import Effect, Rule
from contract_tests.findings.finding import Finding
from contract_tests.odd.addresses import Odd, odd_addresses, odd_ids, plain_variants
from contract_tests.odd.aim import (
    FIRST,
    OTHERS,
    about,
    how_many,
    plain_request,
    texts_of,
    whole_body,
)
from contract_tests.odd.bodies import (
    large_body,
    odd_bodies,
    other_type,
    scripts,
    sizeable_body,
)
from contract_tests.wire.exchange import Exchange
from contract_tests.world.world import NotTried, World

ADDRESSES = "odd_addresses_are_survived"
FEW = "few_odd_addresses_are_survived"
IDS = "odd_ids_are_survived"
BODIES = "odd_bodies_are_survived"
_MOST_SILENCES, _ON_LIVE = 3, 3
_NOT_IMPLEMENTED = 501


def reads(world: World) -> Iterable[tuple[str, str]]:
    """Select what is asked by GET, where a server that falls over is ours."""
    return _asked(world) if _is_ours(world) else ()


def live_reads(world: World) -> Iterable[tuple[str, str]]:
    """Select what is asked by GET of a server that others live on."""
    return () if _is_ours(world) else _asked(world)


def takes_id(world: World) -> Iterable[tuple[str, str]]:
    """Select what does something to what an id in its path names."""
    for name, operation in world.operations.items():
        if operation.method != "get" and "{" in operation.template:
            yield world.label(name), name


def writes(world: World) -> Iterable[tuple[str, str]]:
    """Select what takes a JSON body."""
    for name, operation in world.operations.items():
        if "json" in (media_type(operation) or ""):
            yield world.label(name), name


def addresses(world: World, operation_id: str) -> Iterator[Finding]:
    """Send odd paths, queries and headers to an operation, then something plain."""
    operation, plain = world.operations[operation_id], plain_request(world, operation_id, {})
    most = how_many(world, operation_id, reads)
    odd = [*islice(odd_addresses(operation, plain), most)]
    odd += list(plain_variants(plain))[: None if most == FIRST else 1]
    yield from _survived(world, ADDRESSES, operation_id, odd)


def few(world: World, operation_id: str) -> Iterator[Finding]:
    """Send the plainest of odd paths and queries, then something plain."""
    operation, plain = world.operations[operation_id], plain_request(world, operation_id, {})
    small = (odd for odd in odd_addresses(operation, plain) if not odd.is_large)
    yield from _survived(world, FEW, operation_id, islice(small, _ON_LIVE))


def ids(world: World, operation_id: str) -> Iterator[Finding]:
    """Send an operation ids that nothing has, then something plain."""
    if not _is_ours(world):
        raise NotTried("what an odd id means to this server is not known")
    operation, plain = world.operations[operation_id], plain_request(world, operation_id, {})
    odd = islice(odd_ids(operation, plain), OTHERS)
    yield from _survived(world, IDS, operation_id, odd)


def bodies(world: World, operation_id: str) -> Iterator[Finding]:
    """Send odd bodies to an operation, about something that exists, then something plain."""
    if not _is_ours(world):
        raise NotTried("odd bodies may change what was there before")
    arguments = about(world, operation_id)
    body = whole_body(world.operations[operation_id], arguments)
    in_path = {name: value for name, value in arguments.items() if not name.startswith("#")}
    plain = plain_request(world, operation_id, in_path)
    most = how_many(world, operation_id, writes)
    odd = list(islice(odd_bodies(plain, body), most))
    texts = texts_of(world, operation_id)
    odd += [scripts(plain, body, texts)] if texts else []
    if most == FIRST:
        odd += [other_type(plain), sizeable_body(plain), large_body(plain)]
    yield from _survived(world, BODIES, operation_id, odd)


def _survived(world: World, rule: str, operation_id: str, odd: Iterable[Odd]) -> Iterator[Finding]:
    if world.silences >= _MOST_SILENCES:
        raise NotTried(f"the server left {world.silences} requests without an answer")
    label, seen = world.label(operation_id), None
    for each in odd:
        # Without the operation's name: how odd input is refused is nobody's statement.
        seen = _sent(world, each)
        if seen.ok and not each.is_valid and _writes(world, operation_id, each):
            world.is_spoilt = True
        failure = _failure(each, seen)
        if failure:
            yield _finding(rule, label, each, failure, (seen,))
        if seen.response is None and not each.is_large:
            return
    if seen is not None:
        yield from _still_there(world, rule, label, seen)


def _sent(world: World, odd: Odd) -> Exchange:
    """Send it; a body once more if the connection broke: a refusal may be lost so."""
    seen = world.send(odd.request)
    is_broken = seen.response is None and "no answer" not in seen.failure
    may_be_lost = is_broken and odd.request.body and not odd.is_large
    return world.send(odd.request) if may_be_lost else seen


def _failure(odd: Odd, seen: Exchange) -> str:
    if seen.response is None:
        hung = "no answer" in seen.failure
        return seen.failure if hung or not odd.is_large else ""
    if odd.request.method == "HEAD" and seen.status == _NOT_IMPLEMENTED:
        return ""
    return str(seen.status) if seen.status >= 500 else ""


def _still_there(world: World, rule: str, label: str, last: Exchange) -> Iterator[Finding]:
    plain = next((n for n, o in world.operations.items() if _is_plain(o)), None)
    if plain is None:
        return
    seen = world.send(plain_request(world, plain, {}))
    if seen.response is None or seen.status >= 500:
        received = str(seen.status or seen.failure)
        afterwards = Odd("afterwards", "something plain", seen.request)
        yield _finding(rule, label, afterwards, received, (last, seen))


def _finding(
    rule: str, label: str, odd: Odd, received: str, exchanges: tuple[Exchange, ...]
) -> Finding:
    return Finding(
        rule=rule,
        operation=label,
        place=odd.place,
        message=f"Odd input is not survived: {odd.what} ({odd.place}).",
        received=received,
        expected="a success, or an error of the client's (4xx), in time",
        exchanges=exchanges,
        source="RFC 9110, 15.6",
    )


def _asked(world: World) -> Iterable[tuple[str, str]]:
    return [(world.label(n), n) for n, o in world.operations.items() if o.method == "get"]


def _is_ours(world: World) -> bool:
    return world.permits.writing and world.permits.existing


def _is_plain(operation: Operation) -> bool:
    return operation.method == "get" and "{" not in operation.path


def _writes(world: World, operation_id: str, odd: Odd) -> bool:
    return bool(odd.request.body) and not (
        odd.request.method == "GET" or operation_id in world.reading_posts
    )


FEW_ADDRESSES = Rule(
    name=FEW,
    sentence="Odd ids and filters never make a server that others live on fail or hang.",
    effect=Effect.READS,
    subjects=live_reads,
    check=few,
    source="RFC 9110, 15.6",
)
ODD_ADDRESSES = Rule(
    name=ADDRESSES,
    sentence="Odd paths, queries and headers never make the server fail, hang or fall over.",
    effect=Effect.STRAINS,
    subjects=reads,
    check=addresses,
    source="RFC 9110, 15.6",
)
ODD_IDS = Rule(
    name=IDS,
    sentence="Odd ids never make the server fail, hang or fall over, whatever is asked of them.",
    effect=Effect.STRAINS,
    subjects=takes_id,
    check=ids,
    source="RFC 9110, 15.6",
)
ODD_BODIES = Rule(
    name=BODIES,
    sentence="Odd bodies never make the server fail, hang or fall over.",
    effect=Effect.STRAINS,
    subjects=writes,
    check=bodies,
    source="RFC 9110, 15.6",
)
