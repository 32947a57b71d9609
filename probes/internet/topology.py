"""What a simulated internet consists of: links, routers, hosts and who is found where."""

import math
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from probes.errors import ProbeError
from probes.targets import Address, Range

LARGEST_LABEL = 2**20 - 1
VANTAGE_IPV4 = IPv4Address("192.0.2.10")
VANTAGE_IPV6 = IPv6Address("2001:db8::10")


class TopologyInvalid(ProbeError):
    """A topology that contradicts itself or says something unknown."""


def _expect(holds: bool, given: str, expected: str) -> None:  # noqa: FBT001 - a condition
    if not holds:
        raise TopologyInvalid(f"{given}: expected {expected}")


class Shape(StrEnum):
    """How delays spread above (and, where normal, around) their base."""

    CONSTANT = "constant"
    """Always the base."""
    UNIFORM = "uniform"
    """Base to base + spread, all equally likely."""
    NORMAL = "normal"
    """Mean base, standard deviation spread; never below zero."""
    EXPONENTIAL = "exponential"
    """Base and an exponential queue of mean spread."""
    PARETO = "pareto"
    """Base and a heavy tail (Lomax, shape 3) of mean spread."""


@dataclass(frozen=True, slots=True)
class Delay:
    """How long something takes, in ms."""

    kind: Shape = Shape.CONSTANT
    base_ms: float = 0.0
    spread_ms: float = 0.0

    def __post_init__(self) -> None:
        """Refuse times that run backwards, and a spread that would have no effect."""
        _expect(0 <= self.base_ms < math.inf, f"a delay of {self.base_ms} ms", "0 or more")
        _expect(0 <= self.spread_ms < math.inf, f"a spread of {self.spread_ms} ms", "0 or more")
        if self.kind is Shape.CONSTANT:
            _expect(self.spread_ms == 0, f"a constant delay of spread {self.spread_ms}", "none")


@dataclass(frozen=True, slots=True)
class Outage:
    """When nothing passes, in seconds since the simulation began; `to_s` is the first good one."""

    from_s: float
    to_s: float

    def __post_init__(self) -> None:
        """Refuse what ends before it begins."""
        given = f"an outage from {self.from_s} to {self.to_s} s"
        _expect(0 <= self.from_s < self.to_s, given, "0 or more, and an end after it")


@dataclass(frozen=True, slots=True)
class Link:
    """A cable: what it does on the way there, and (`back_…`) on the way back.

    With a `rate_mbps` (10^6 bits a second) packets wait for those before them, at most
    `queue_ms`; what would wait longer is lost.
    """

    delay: Delay = Delay()
    back_delay: Delay | None = None
    loss: float = 0.0
    back_loss: float = 0.0
    rate_mbps: float | None = None
    queue_ms: float = 100.0
    outages: tuple[Outage, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no cable can do; 30 percent is written 0.3."""
        for loss in (self.loss, self.back_loss):
            _expect(0 <= loss <= 1, f"a loss of {loss}", "0 to 1")
        if self.rate_mbps is not None:
            _expect(0 < self.rate_mbps < math.inf, f"a rate of {self.rate_mbps}", "more than 0")
        _expect(0 <= self.queue_ms < math.inf, f"a queue of {self.queue_ms} ms", "0 or more")


@dataclass(frozen=True, slots=True)
class Router:
    """A hop and the link that leads to it; several addresses of a version are an ECMP set."""

    name: str
    addresses: tuple[Address, ...] = ()
    link: Link = Link()
    silent: bool = False
    icmp_per_s: float | None = None
    icmp_burst: int = 1
    slow_icmp: Delay = Delay()
    mpls: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse labels and limits that cannot be."""
        if self.icmp_per_s is not None:
            given = f"icmp_per_s {self.icmp_per_s}"
            _expect(0 < self.icmp_per_s < math.inf, given, "more than 0 (or silent = true)")
        _expect(self.icmp_burst >= 1, f"icmp_burst {self.icmp_burst}", "1 or more")
        for label in self.mpls:
            _expect(0 <= label <= LARGEST_LABEL, f"MPLS label {label}", f"0 to {LARGEST_LABEL}")

    def faces(self, version: int) -> tuple[Address, ...]:
        """Addresses of this IP version; without any the router cannot answer in it."""
        return tuple(address for address in self.addresses if address.version == version)


class Unreachable(StrEnum):
    """What the last router says instead of passing packets on (RFC 792 and 4443 codes)."""

    NETWORK = "network"
    HOST = "host"
    PROHIBITED = "prohibited"


@dataclass(frozen=True, slots=True)
class Host:
    """How the end of a path behaves.

    Closed ports are answered (UDP: port unreachable, TCP: RST) unless the host is `filtered`;
    open TCP ports give SYN-ACK, open UDP ports stay silent.
    """

    echo: bool = True
    open_tcp: tuple[int, ...] = ()
    open_udp: tuple[int, ...] = ()
    filtered: bool = False
    unreachable: Unreachable | None = None

    def __post_init__(self) -> None:
        """Refuse ports that are none."""
        for port in (*self.open_tcp, *self.open_udp):
            _expect(0 < port <= 0xFFFF, f"port {port}", "1 to 65535")


@dataclass(frozen=True, slots=True)
class Route:
    """The truth about one path: its routers in order, the last link, and the host."""

    routers: tuple[Router, ...]
    link: Link = Link()
    host: Host = Host()

    def __post_init__(self) -> None:
        """Refuse longer paths than the TTL of an ordinary packet can cross."""
        _expect(len(self.routers) < 60, f"a path of {len(self.routers)} routers", "below 60")
        if self.host.unreachable:
            _expect(bool(self.routers), "an unreachable host without routers", "one that says so")


@dataclass(frozen=True, slots=True)
class Target:
    """Addresses (single or ranges), names that lead to the single ones, and the route to all.

    Without a route each address has one made up from the seed.
    """

    ranges: tuple[Range, ...]
    names: tuple[str, ...] = ()
    route: Route | None = None

    def __post_init__(self) -> None:
        """Refuse a target that could not be found."""
        _expect(bool(self.ranges), "a target without addresses", "one or more")
        if self.names:
            _expect(bool(self.addresses), f"the name {self.names[0]!r}", "a single address for it")

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Single addresses, as they are listed."""
        return tuple(
            range_.network_address
            for range_ in self.ranges
            if range_.prefixlen == range_.max_prefixlen
        )


@dataclass(frozen=True, slots=True)
class Topology:
    """A whole internet as one vantage point sees it.

    `others` tells whether targets that are not listed have paths made up from the seed (True)
    or do not exist (False).
    """

    targets: tuple[Target, ...] = ()
    title: str = ""
    ipv4: IPv4Address = VANTAGE_IPV4
    ipv6: IPv6Address = VANTAGE_IPV6
    others: bool = True

    def __post_init__(self) -> None:
        """Refuse two meanings of one range or name."""
        ranges = [range_ for target in self.targets for range_ in target.ranges]
        names = [name for target in self.targets for name in target.names]
        for entry, times in (*Counter(ranges).items(), *Counter(names).items()):
            _expect(times == 1, f"{entry} in {times} targets", "one")
