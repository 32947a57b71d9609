"""Topologies from TOML, checked strictly: what is not understood is an error that says where."""

import ipaddress
import tomllib
from collections.abc import Mapping
from pathlib import Path

from probes.internet.table import Keys, Table, choice, flag, number, sequence, text, whole
from probes.internet.topology import (
    Delay,
    Host,
    Link,
    Outage,
    Route,
    Router,
    Shape,
    Target,
    Topology,
    TopologyInvalid,
    Unreachable,
)
from probes.targets import Address, parse_range

_GENERATED = "generated"


def load_topology(path: str | Path) -> Topology:
    """Read a topology file, or raise TopologyInvalid; probes/topologies/office.toml shows all."""
    try:
        content = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TopologyInvalid(f"The topology {path} cannot be read: {error}.") from None
    return parse_topology(content, Path(path).name)


def parse_topology(content: str, name: str = "topology") -> Topology:
    """Read the text of a topology file, or raise TopologyInvalid; `name` begins its messages."""
    try:
        top = Table(name, tomllib.loads(content))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TopologyInvalid(f"{name} is no TOML: {error}.") from None
    values = top.pick(_TOP)
    vantage = top.table("vantage")
    values |= vantage.pick(_VANTAGE)
    vantage.finish()
    routers = {key: _router(key, table) for key, table in top.tables("hops").items()}
    targets = tuple(_target(table, routers) for table in top.list_of_tables("targets"))
    top.finish()
    return top.made(lambda: Topology(targets, **values))


def _router(name: str, table: Table) -> Router:
    link = _link(table)
    values = table.pick(_HOP)
    table.finish()
    return table.made(lambda: Router(name, link=link, **values))


def _target(table: Table, routers: Mapping[str, Router]) -> Target:
    values = table.pick({"names": ("names", sequence(text))})
    ranges = table.read("addresses", sequence(lambda value: parse_range(text(value))))
    path = table.read("path", lambda value: _path(value, routers))
    route = None if path is None else _route(path, table)
    table.finish()
    return table.made(lambda: Target(ranges, route=route, **values))


def _path(value: object, routers: Mapping[str, Router]) -> tuple[Router, ...] | None:
    if value == _GENERATED:
        return None
    if not isinstance(value, list):
        raise TopologyInvalid(f'{value!r}: expected a list of hops, or "{_GENERATED}"')
    return sequence(choice(routers))(value)


def _route(routers: tuple[Router, ...], table: Table) -> Route:
    link, values = _link(table), table.pick(_HOST)
    return table.made(lambda: Route(routers, link, Host(**values)))


def _link(table: Table) -> Link:
    values = table.pick(_LINK)
    outages = tuple(map(_outage, table.list_of_tables("outages")))
    return table.made(lambda: Link(outages=outages, **values))


def _outage(table: Table) -> Outage:
    ends = table.read("from_s", number), table.read("to_s", number)
    table.finish()
    return table.made(lambda: Outage(*ends))


def _delay(value: object) -> Delay:
    if not isinstance(value, dict):
        return Delay(base_ms=number(value))
    table = Table("delay", value)
    kind = table.read("kind", choice({str(shape): shape for shape in Shape}))
    sizes = table.pick({"base": ("base_ms", number), "spread": ("spread_ms", number)})
    table.finish()
    return Delay(kind, **sizes)


def _ip(value: object) -> Address:
    return ipaddress.ip_address(text(value))


# What may stand in which table: the key, the field that it fills, and how it is read.
_TOP: Keys = {
    "title": ("title", text),
    "others": ("others", choice({_GENERATED: True, "none": False})),
}
_VANTAGE: Keys = {
    "ipv4": ("ipv4", lambda value: ipaddress.IPv4Address(text(value))),
    "ipv6": ("ipv6", lambda value: ipaddress.IPv6Address(text(value))),
}
_LINK: Keys = {
    "delay_ms": ("delay", _delay),
    "back_delay_ms": ("back_delay", _delay),
    "loss": ("loss", number),
    "back_loss": ("back_loss", number),
    "rate_mbps": ("rate_mbps", number),
    "queue_ms": ("queue_ms", number),
}
_HOP: Keys = {
    "addresses": ("addresses", sequence(_ip)),
    "silent": ("silent", flag),
    "icmp_per_s": ("icmp_per_s", number),
    "icmp_burst": ("icmp_burst", whole),
    "slow_icmp_ms": ("slow_icmp", _delay),
    "mpls": ("mpls", sequence(whole)),
}
_HOST: Keys = {
    "echo": ("echo", flag),
    "open_tcp": ("open_tcp", sequence(whole)),
    "open_udp": ("open_udp", sequence(whole)),
    "filtered": ("filtered", flag),
    "unreachable": ("unreachable", choice({str(reason): reason for reason in Unreachable})),
}
