"""From a name to the one address that is probed: resolve once, check, pin."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from probes.errors import TargetUnresolvable
from probes.lookup import system_lookup
from probes.targets import Address, TargetPolicy, family_of

Lookup = Callable[[str, socket.AddressFamily], Awaitable[Sequence[str]]]

PATIENCE_S = 5.0
LONGEST_NAME = 253


@dataclass(frozen=True, slots=True)
class PinnedTarget:
    """A name and the only address that may be probed for it, whatever DNS says later."""

    name: str
    address: Address


async def admit(
    name: str,
    policy: TargetPolicy,
    lookup: Lookup | None = None,
    family: socket.AddressFamily = socket.AF_UNSPEC,
) -> PinnedTarget:
    """Resolve the name once and pin its first address, if the policy opens that one.

    A refused first address is an error even where a later one would be allowed: to go on to
    the next would measure another path than the one every other program takes.
    """
    addresses = await resolve(name, family, lookup)
    return PinnedTarget(name, policy.check(addresses[0]))


async def resolve(
    name: str,
    family: socket.AddressFamily = socket.AF_UNSPEC,
    lookup: Lookup | None = None,
    patience_s: float = PATIENCE_S,
) -> tuple[Address, ...]:
    """Addresses of a name, best first, without repeats; a literal address is its own."""
    check_name(name)
    literal = literal_address(name)
    if literal is not None and family in (socket.AF_UNSPEC, family_of(literal)):
        return (literal,)
    answer = (lookup or system_lookup)(name, family)
    found = await _awaited(name, answer, patience_s)
    addresses = tuple(dict.fromkeys(map(ipaddress.ip_address, found)))
    if not addresses:
        raise TargetUnresolvable(name, "the name has no address")
    return addresses


def check_name(name: str) -> None:
    """Refuse names that C libraries cut short or read in their own way."""
    if not name:
        raise TargetUnresolvable(name, "the name is empty")
    if len(name) > LONGEST_NAME:
        raise TargetUnresolvable(name, f"it is longer than {LONGEST_NAME} characters")
    if not name.isprintable() or any(map(str.isspace, name)):
        raise TargetUnresolvable(name, "it holds blanks or control characters")


async def _awaited(
    name: str, answer: Awaitable[Sequence[str]], patience_s: float
) -> Sequence[str]:
    try:
        return await asyncio.wait_for(answer, patience_s)
    except TimeoutError:
        reason = f"no answer came within {patience_s:g} s"
    except UnicodeError:
        reason = "it is no host name"
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
    raise TargetUnresolvable(name, reason)


def literal_address(name: str) -> Address | None:
    """Read a strictly written address; None for a name and for every looser spelling."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
