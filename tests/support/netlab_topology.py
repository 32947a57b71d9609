"""How a laboratory is laid out: machines in a row, links, addresses and routes; no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Network

LANES = 32
_FABRIC = IPv6Network("fd77::/32")
_ANYWHERE = {4: "0.0.0.0/0", 6: "::/0"}
# Both ends of every veth have this, so that no ARP or neighbour discovery is ever needed.
_HARDWARE = "02:00:00:00:00:01"


@dataclass(frozen=True)
class Link:
    """The `lane`-th connection between the machines of position `stage` and of the next."""

    stage: int
    left: str
    right: str
    lane: int

    def device(self, side: str) -> str:
        """Name the device at this end: the left machine's points right."""
        return f"{'right' if side == 'left' else 'left'}{self.lane}"

    def address(self, side: str, version: int) -> str:
        """Return the address of this end."""
        number, last = self.stage + LANES * self.lane, 1 if side == "left" else 2
        return f"10.77.{number}.{last}" if version == 4 else str(_FABRIC[number * 2**64 + last])

    def subnet(self, version: int) -> str:
        """Return the range of both ends."""
        number = self.stage + LANES * self.lane
        return f"10.77.{number}.0/24" if version == 4 else f"{_FABRIC[number * 2**64]}/64"

    def veth(self, right_namespace: str) -> str:
        """Write the line for `ip -batch` in the left machine that makes a pair of devices."""
        left, right = self.device("left"), self.device("right")
        pair = f"link add {left} address {_HARDWARE} type veth"
        return f"{pair} peer name {right} address {_HARDWARE} netns {right_namespace}"

    def setup(self, side: str, mtu: int, *, ipv6: bool) -> list[str]:
        """Write the lines for `ip -batch` that bring this end up."""
        device = self.device(side)
        lines = [
            "link set lo up",
            f"link set {device} mtu {mtu} txqueuelen 10000 arp off up",
            f"addr add {self.address(side, 4)}/24 dev {device}",
        ]
        if ipv6:
            lines.append(f"addr add {self.address(side, 6)}/64 dev {device} nodad")
        return lines


def chain(routers: int, parallel: Mapping[int, int]) -> list[list[str]]:
    """Name the machines of every position, several where routers stand side by side."""
    positions = [["client"]]
    for number in range(1, routers + 1):
        width = parallel.get(number, 1)
        lanes = [f"r{number}"] if width == 1 else [f"r{number}{'abcd'[n]}" for n in range(width)]
        positions.append(lanes)
    return [*positions, ["server"]]


def paths(links: Sequence[Link], stages: int) -> list[list[Link]]:
    """Return every chain of links from the client to the server."""
    return list(_onwards(links, "client", stages))


def _onwards(links: Sequence[Link], name: str, left: int) -> Iterator[list[Link]]:
    if left == 0:
        yield []
        return
    for link in links:
        if link.left == name:
            yield from ([link, *rest] for rest in _onwards(links, link.right, left - 1))


def routes(
    name: str, positions: Sequence[Sequence[str]], links: Sequence[Link], *, ipv6: bool
) -> list[str]:
    """Write the lines for `ip -batch` that tell one machine the way to all links."""
    place = next(index for index, names in enumerate(positions) if name in names)
    lines = []
    for version in (4, 6) if ipv6 else (4,):
        onward = [link.address("right", version) for link in links if link.left == name]
        return_ = [link.address("left", version) for link in links if link.right == name]
        if name in ("client", "server"):
            lines.append(_route(_ANYWHERE[version], onward or return_))
            continue
        for link in links:
            if name not in (link.left, link.right):
                ways = onward if link.stage >= place else return_
                lines.append(_route(link.subnet(version), ways))
    return lines


def _route(where: str, ways: Sequence[str]) -> str:
    hops = f"via {ways[0]}" if len(ways) == 1 else " ".join(f"nexthop via {way}" for way in ways)
    return f"route add {where} {hops}"
