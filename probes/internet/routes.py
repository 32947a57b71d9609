"""Which ranges may be led into a TUN device: those of the topology, and none that do harm."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network

from probes.errors import ProbeError
from probes.internet.topology import Topology
from probes.targets import Range, parse_range

SHORTEST_PREFIXES = {4: 8, 6: 16}
"""Anything wider is a default route in all but name."""

_NEVER: tuple[Range, ...] = (
    *map(IPv4Network, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")),
    *map(IPv6Network, ("::1/128", "fe80::/10", "ff00::/8")),
)
"""This network, loopback, link-local, multicast and what is reserved."""


class RouteRefused(ProbeError):
    """A range that must not be led into a simulation."""


def routes_of(topology: Topology, wanted: Sequence[str] = ()) -> tuple[Range, ...]:
    """Return the ranges of a topology, or those of them that are wanted; RouteRefused if none."""
    listed = [range_ for target in topology.targets for range_ in target.ranges]
    chosen = [parse_range(text) for text in wanted] or listed
    if not chosen:
        raise RouteRefused("The topology lists no target, so there is nothing to lead there.")
    for range_ in chosen:
        if not any(_within(range_, outer) for outer in listed):
            raise RouteRefused(f"{range_} lies outside the targets that the topology lists.")
        _check_harmless(range_)
    return tuple(dict.fromkeys(chosen))


def check_free(ranges: Iterable[Range], taken: Iterable[Range]) -> None:
    """Raise RouteRefused for a range that this machine already reaches by a route of its own."""
    kept = [range_ for range_ in taken if range_.prefixlen]
    for range_ in ranges:
        for other in kept:
            if range_.version == other.version and range_.overlaps(other):
                raise RouteRefused(f"{range_} overlaps {other}, to which there is a route.")


def _check_harmless(range_: Range) -> None:
    shortest = SHORTEST_PREFIXES[range_.version]
    if range_.prefixlen < shortest:
        raise RouteRefused(f"{range_} is wider than /{shortest}, which would lead too much there.")
    for other in _NEVER:
        if range_.version == other.version and range_.overlaps(other):
            raise RouteRefused(f"{range_} overlaps {other}, which is never led anywhere.")


def _within(inner: Range, outer: Range) -> bool:
    if inner.version != outer.version or inner.prefixlen < outer.prefixlen:
        return False
    return inner.network_address in outer
