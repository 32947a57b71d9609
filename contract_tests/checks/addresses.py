"""Addresses that answers hold: whether they lead to the operation and the id that they should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from contract_tests.checks.unchanged import Cause, shown
from contract_tests.findings.finding import Finding
from contract_tests.world.world import World

_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "testserver"})  # noqa: S104


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the address at `place` should lead: to an operation with these path parameters."""

    place: str
    operation_id: str
    values: Mapping[str, Any]


def wrong_address(cause: Cause, world: World, address: Any, aim: Aim) -> Iterator[Finding]:
    """Yield what is wrong with an address: it leads elsewhere, or to an unknown server."""
    if not isinstance(address, str):
        return
    if not leads_to(world, address, aim):
        wanted = f"the address of {world.label(aim.operation_id)} with {dict(aim.values)}"
        yield cause.finding(
            aim.place, "An address does not lead to what shows it.", shown(address), wanted
        )
    elif not is_at_home(world, address):
        # Which host stands in addresses is told by examples only.
        yield replace(cause, source="decision").finding(
            f"{aim.place} host",
            "An address names another server.",
            shown(address),
            f"the server that was asked, {world.wire.url}, or one that the contract names",
        )


def other_addresses(
    items: Iterable[Any], id_leaf: str, address_leaf: str
) -> Iterator[tuple[str, Any, str]]:
    """Yield place, id and address of references whose address ends in another id than theirs.

    Only where ids of that place do stand at the end of addresses: others of it agree, or what is
    there begins as the id does (`ep_`).
    """
    found: dict[str, list[tuple[Any, str]]] = {}
    for item in items:
        for place, known, address in _pairs(item, "", id_leaf, address_leaf):
            found.setdefault(place, []).append((known, address))
    for place, pairs in found.items():
        other = [(known, address) for known, address in pairs if _last(address) != str(known)]
        is_rare = len(other) * 2 < len(pairs)
        for known, address in other:
            if is_rare or _is_of_one_form(str(known), _last(address)):
                yield place, known, address
                break


def _pairs(
    value: Any, place: str, id_leaf: str, address_leaf: str
) -> Iterator[tuple[str, Any, str]]:
    if isinstance(value, list):
        for inner in value:
            yield from _pairs(inner, f"{place}/*", id_leaf, address_leaf)
    if not isinstance(value, Mapping):
        return
    known, address = value.get(id_leaf), value.get(address_leaf)
    if place and isinstance(known, str | int) and isinstance(address, str) and address:
        yield place, known, address
    for name, inner in value.items():
        yield from _pairs(inner, f"{place}/{name}", id_leaf, address_leaf)


def _last(address: str) -> str:
    return unquote(_path(address).rstrip("/").rpartition("/")[2])


def _is_of_one_form(one: str, other: str) -> bool:
    prefix, sign, _ = one.partition("_")
    return bool(prefix and sign) and other.startswith(f"{prefix}_")


def leads_to(world: World, address: str, aim: Aim) -> bool:
    """Say whether the path of an address is that of an operation with these path parameters.

    What stands before it is not looked at: servers are mounted anywhere.
    """
    path = world.operations[aim.operation_id].template
    for name, value in aim.values.items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
    found = _path(address)
    return bool(found) and unquote(found.rstrip("/")).endswith(unquote(path.rstrip("/")))


def is_at_home(world: World, address: str) -> bool:
    """Say whether an address names the server that is asked, or one that the contract names."""
    host = _host(address)
    asked = _host(world.wire.url)
    documented = {
        _host(str(server.get("url", ""))) for server in world.contract.get("servers", ())
    }
    if not host or host in {asked, *documented}:
        return True
    return asked in _OWN_MACHINE and host in _OWN_MACHINE


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return ""


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return "(not an address)"
