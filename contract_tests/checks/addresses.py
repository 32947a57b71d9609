"""Addresses that answers hold: whether they lead to the operation and the id that they should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
