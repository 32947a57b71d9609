"""A laboratory of network namespaces: client, r1 … rn, server in a row, with faults on demand.

    with Lab(routers=3, links={1: (Impair(delay_s=.02), Impair(loss=.1))}) as lab:
        result = lab.client.run(lambda: asyncio.run(probe(lab.address("server"))))

`run(body)` forks into the namespace, `run_unprivileged(body)` does so as nobody without rights;
what body returns (or a coroutine gives) must be picklable, failures and skips carry over.
Link k joins the k-th machine and the next (0: client to r1). A link in `links` is a TUN cable
(`cable.py`: Impair, or a pair of them, client to server first); others are veth pairs.
`lab.impair(k, there, back, seed)` changes a cable and zeroes it; `lab.counters(k)` counts exactly:
`.forward["icmp"].dropped`, `.backward[server_address].seen`; a `drops` rule must be picklable.
`lab.address("server" | "client" | "r2", version=4)`; `lab.network()` is the range to allow;
`lab.hops()` is the truth for a trace: the routers' addresses, then the server's; with
`parallel={2: 2}` (two machines in place of r2: ECMP by flow) see `lab.paths()`, `lab.hop_sets()`.
`lab.client`, `lab.server`, `lab.routers[i]` (and `.r2b` by `lab.node("r2b")`) are Nodes:
`run`, `run_unprivileged`, `serving(body)`, `running(argv, log, ready)`, `popen`, `exec("nft …")`,
`listens(port)`, `socket(family, kind)`, `within(body)`, `set("ipv4/…", 1)`, `command(argv)`.
Devices are `left0`, `right0` (towards the client, towards the server; lane b is `right1`).
`mtus={1: 1400}` sets a link's MTU (later by `ip link` at both ends: a veth drops what its other
end would not send); routers in `kernel_limits={2}` keep the kernel's ICMP rate limits (else none);
`Lab(routers=0).client` is a loopback of one's own; without `ipv6=True` there is no IPv6 at all.
Needs root, and cables need /dev/net/tun: skipped by name, but failing where CI is set.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Self

from cable import Cable, Count, Impair, Traffic
from netlab_node import Node
from netlab_topology import Link, chain, paths, routes
from peers import needs, needs_root

__all__ = ["Count", "Impair", "Lab", "Link", "Node", "Traffic"]

Impairs = Impair | tuple[Impair, Impair]
_NO_LIMITS = {
    "ipv4/icmp_ratelimit": 0,
    "ipv4/icmp_msgs_per_sec": 1_000_000,
    "ipv4/icmp_msgs_burst": 1_000_000,
    "ipv6/icmp/ratelimit": 0,
}
_SETTINGS = {
    "ipv4/conf/all/rp_filter": 0,
    "ipv4/conf/default/rp_filter": 0,
    "ipv4/ping_group_range": "0 2147483647",
    "ipv4/fib_multipath_hash_policy": 1,
    "ipv4/icmp_errors_use_inbound_ifaddr": 1,
    "ipv6/fib_multipath_hash_policy": 1,
    "ipv6/conf/default/accept_dad": 0,
    "ipv6/conf/default/router_solicitations": 0,
}


class Lab:
    """Made on entering, gone on leaving, and gone as well when the test process dies."""

    def __init__(  # one argument for each thing that a test may want otherwise
        self,
        routers: int = 4,
        *,
        links: Mapping[int | tuple[int, int], Impairs] | None = None,
        mtus: Mapping[int, int] | None = None,
        parallel: Mapping[int, int] | None = None,
        ipv6: bool = False,
        kernel_limits: frozenset[int] | set[int] = frozenset(),
        seed: int = 1,
    ) -> None:
        self._names = chain(routers, parallel or {})
        self._impairs = {_place(place): impairs for place, impairs in (links or {}).items()}
        self._mtus, self._ipv6, self._seed = mtus or {}, ipv6, seed
        self._limited = {f"r{number}" for number in kernel_limits}
        self._nodes: dict[str, Node] = {}
        self._cables: dict[tuple[int, int], Cable] = {}

    def __enter__(self) -> Self:
        needs_root()
        needs("ip", "nsenter", "setpriv")
        with ExitStack() as undo:
            self._undo = undo
            self._build()
            undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        for cable in self._cables.values():
            cable.close()
        for node in self._nodes.values():
            node.close()

    @property
    def client(self) -> Node:
        return self._nodes["client"]

    @property
    def server(self) -> Node:
        return self._nodes["server"]

    @property
    def routers(self) -> list[Node]:
        """Return r1, r2 …; of parallel ones the first."""
        return [self._nodes[names[0]] for names in self._names[1:-1]]

    def node(self, name: str) -> Node:
        return self._nodes[name]

    def address(self, name: str = "server", version: int = 4) -> str:
        """Return the address that a machine is known by to the client."""
        if name == "client":
            return self._links[0].address("left", version)
        arriving = next(link for link in self._links if link.right == name)
        return arriving.address("right", version)

    def network(self, version: int = 4) -> str:
        """Return the range that holds all addresses here, and that is to be allowed."""
        return "10.77.0.0/16" if version == 4 else "fd77::/16"

    def hops(self, version: int = 4) -> list[str]:
        """Return what a trace from the client must find."""
        return self.paths(version)[0]

    def paths(self, version: int = 4) -> list[list[str]]:
        """Return every way to the server that a flow can take."""
        end = self.address("server", version)
        ways = paths(self._links, len(self._names) - 1)
        return [[*(link.address("right", version) for link in way[:-1]), end] for way in ways]

    def hop_sets(self, version: int = 4) -> list[set[str]]:
        """Return which addresses can be seen at each hop."""
        return [set(hop) for hop in zip(*self.paths(version), strict=True)]

    def impair(
        self,
        place: int | tuple[int, int],
        there: Impair,
        back: Impair | None = None,
        seed: Any = 1,
    ) -> None:
        """Change a cable, both ways alike if only one is given, and count from zero."""
        self._cables[_place(place)].impair(there, there if back is None else back, seed)

    def counters(self, place: int | tuple[int, int]) -> Traffic:
        """Count what crossed a cable since it was last changed."""
        return self._cables[_place(place)].counters()

    def _build(self) -> None:
        names = [name for position in self._names for name in position]
        for name in names:
            self._nodes[name] = Node(name)
        self._undo.callback(self.__exit__)
        for node in self._nodes.values():
            self._prepare(node)
        self._links = [
            Link(stage, left, right, lane)
            for stage, (lefts, rights) in enumerate(
                zip(self._names, self._names[1:], strict=False)
            )
            for lane, (left, right) in enumerate(
                (left, right) for left in lefts for right in rights
            )
        ]
        for link in self._links:
            self._connect(link)
        for name in names:
            self._batch(name, routes(name, self._names, self._links, ipv6=self._ipv6))

    def _prepare(self, node: Node) -> None:
        for setting, value in _SETTINGS.items():
            node.set(setting, value)
        is_router = node.name not in ("client", "server")
        for family in ("ipv4/conf/all/forwarding", "ipv6/conf/all/forwarding"):
            node.set(family, int(is_router))
        for which in ("all", "default", "lo"):
            node.set(f"ipv6/conf/{which}/disable_ipv6", int(not self._ipv6))
        if node.name.rstrip("ab") not in self._limited:
            for setting, value in _NO_LIMITS.items():
                node.set(setting, value)

    def _connect(self, link: Link) -> None:
        left, right = self._nodes[link.left], self._nodes[link.right]
        if impairs := self._impairs.get((link.stage, link.lane)):
            there, back = impairs if isinstance(impairs, tuple) else (impairs, impairs)
            cable = Cable((left, link.device("left")), (right, link.device("right")))
            self._cables[link.stage, link.lane] = cable
            cable.impair(there, back, f"{self._seed} {link.stage} {link.lane}")
        else:
            self._batch(link.left, [link.veth(right.path)])
        for side, name in (("left", link.left), ("right", link.right)):
            self._batch(name, link.setup(side, self._mtus.get(link.stage, 1500), ipv6=self._ipv6))

    def _batch(self, name: str, lines: list[str]) -> None:
        self._nodes[name].exec(["ip", "-batch", "-"], "\n".join(lines))


def _place(place: int | tuple[int, int]) -> tuple[int, int]:
    return (place, 0) if isinstance(place, int) else place
