"""Routes made up from the seed, ending in the figures that the target's profile states."""

import math
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from random import Random

from probes.internet.topology import Delay, Host, Link, Route, Router, Shape
from probes.path_profile import PathProfile
from probes.targets import Address

FEWEST_HOPS, MOST_HOPS = 3, 15
"""The target included."""

# Exact fractions: the parts of a delay must add up to it to the last bit.
_GRID = 2**20
_SILENT, _LIMITED, _SLOW, _MULTIPATH = 0.12, 0.24, 0.32, 0.15
_MPLS = 0.4
_PRIVATE_IPV4, _PRIVATE_IPV6 = IPv4Address("10.0.0.0"), IPv6Address("fd73:696d::")


def generate_route(target: str, stream: Random, profile: PathProfile) -> Route:
    """Make a route of 3 to 15 hops that takes and loses what the profile says.

    The delay is spread over the links; what varies, and what is lost, happens on one of them,
    as if that were the busy one, and is seen from there on.
    """
    hops = FEWEST_HOPS + _below(stream, MOST_HOPS - FEWEST_HOPS + 1)
    delays_ms = _parts(profile.base_rtt_ms / 2, hops, stream)
    busy = _below(stream, hops)
    links = [
        _busy(delay_ms, profile) if place == busy else Link(Delay(base_ms=delay_ms))
        for place, delay_ms in enumerate(delays_ms)
    ]
    labelled = _tunnel(stream, hops - 1)
    network = _below(stream, 2**16)
    routers = [
        replace(
            _router(stream, (network, place)),
            name=f"hop {place + 1} to {target}",
            link=link,
            mpls=_label(stream) if place in labelled else (),
        )
        for place, link in enumerate(links[:-1])
    ]
    return Route(tuple(routers), links[-1], Host(open_tcp=(80, 443)))


def _busy(delay_ms: float, profile: PathProfile) -> Link:
    jitter_ms = profile.jitter_ms
    shape = Shape.EXPONENTIAL if jitter_ms else Shape.CONSTANT
    there, home = Delay(shape, delay_ms, jitter_ms), Delay(base_ms=delay_ms)
    return Link(there, home, loss=profile.loss_probability)


def _router(stream: Random, where: tuple[int, int]) -> Router:
    """Draw the manners of a router; four numbers are taken whatever comes of them."""
    manner, several, figure, width = (stream.random() for _ in range(4))
    faces = 2 + int(width * 3) if several < _MULTIPATH else 1
    return Router(
        "",
        tuple(face for number in range(faces) for face in _addresses(where, number)),
        silent=manner < _SILENT,
        icmp_per_s=1.0 if _SILENT <= manner < _LIMITED else None,
        icmp_burst=1 + int(figure * 6),
        slow_icmp=_slowness(figure, is_slow=_LIMITED <= manner < _SLOW),
    )


def _slowness(figure: float, *, is_slow: bool) -> Delay:
    """Routers answer in their spare time: most at once, some late."""
    return Delay(Shape.EXPONENTIAL, 0.0, 10 + 50 * figure if is_slow else 0.02 + 0.1 * figure)


def _addresses(where: tuple[int, int], number: int) -> tuple[Address, Address]:
    network, place = where
    last = place * 16 + number + 1
    return _PRIVATE_IPV4 + (network << 8) + last, _PRIVATE_IPV6 + (network << 64) + last


def _tunnel(stream: Random, routers: int) -> range:
    """Choose the hops inside an MPLS tunnel: often none, else two or more in a row."""
    wanted, first, length = stream.random(), _below(stream, routers), 2 + _below(stream, 3)
    return range(first, first + length) if wanted < _MPLS else range(0)


def _label(stream: Random) -> tuple[int, ...]:
    return (16 + _below(stream, 100_000),)


def _parts(whole_ms: float, count: int, stream: Random) -> list[float]:
    """Cut a delay into uneven parts whose sum is exactly that delay."""
    weights = [-math.log(1 - stream.random()) + 0.05 for _ in range(count)]
    share = whole_ms / math.fsum(weights)
    parts = [math.floor(weight * share * _GRID) / _GRID for weight in weights[:-1]]
    return [*parts, whole_ms - math.fsum(parts)]


def _below(stream: Random, limit: int) -> int:
    # Only random() is promised to give the same numbers in every version of Python.
    return int(stream.random() * limit)
