"""Topology files: all that is documented is read, and nothing that is not understood passes."""

import re
import tomllib
from importlib.resources import files
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.internet import (
    Delay,
    Host,
    Link,
    Outage,
    Shape,
    Topology,
    TopologyInvalid,
    Unreachable,
)
from probes.internet import reader as reading
from probes.internet.reader import load_topology, parse_topology

OFFICE = files("probes").joinpath("topologies/office.toml").read_text("utf-8")


def office() -> Topology:
    return parse_topology(OFFICE, "office.toml")


def keys_of(content: object) -> set[str]:
    if isinstance(content, list):
        return set().union(*map(keys_of, content))
    if not isinstance(content, dict):
        return set()
    return set(content) | set().union(*map(keys_of, content.values()))


def test_the_example_shows_every_key() -> None:
    tables = (reading._TOP, reading._VANTAGE, reading._LINK, reading._HOP, reading._HOST)
    fixed = {"vantage", "hops", "targets", "path", "names", "outages", "from_s", "to_s", "kind"}
    known = fixed.union(*tables, {"base", "spread"})
    shown = keys_of(tomllib.loads(OFFICE))
    assert known <= shown


def test_the_example_shows_every_choice() -> None:
    for word in (*Shape, *Unreachable, "generated", "none"):
        assert f'"{word}"' in OFFICE


def test_every_key_of_the_example_means_something() -> None:
    """Each line with a key is left out in turn: the topology is another one, or is none."""
    lines = OFFICE.splitlines()
    whole = office()
    for number, line in enumerate(lines):
        if not re.match(r"\w+ =", line) or line.endswith("["):
            continue
        without = "\n".join(lines[:number] + lines[number + 1 :])
        try:
            changed = parse_topology(without)
        except TopologyInvalid:
            continue
        # What the example says in passing although it is the default.
        spoken_default = line.startswith(("ipv4", "ipv6", "echo"))
        assert (changed == whole) == spoken_default, line


def test_a_router_is_read_as_written() -> None:
    core = office().targets[0].route.routers[4]
    assert core.name == "core"
    assert core.mpls == (16001, 24005)
    assert len(core.faces(4)) == 3
    assert len(core.faces(6)) == 2
    assert core.link.delay == Delay(Shape.PARETO, 1.5, 0.2)


def test_a_link_is_read_as_written() -> None:
    assert office().targets[0].route.routers[1].link == Link(
        Delay(Shape.EXPONENTIAL, 4.0, 0.5),
        Delay(Shape.UNIFORM, 3.0, 1.0),
        0.001,
        0.002,
        50.0,
        80.0,
        (Outage(600.0, 630.0), Outage(7200.0, 7260.0)),
    )


def test_a_target_is_read_as_written() -> None:
    www, lan, closed, made_up = office().targets
    assert www.addresses == (IPv4Address("203.0.113.80"), IPv6Address("2001:db8:80::80"))
    assert www.names == ("www.office.example",)
    assert www.route.host == Host(open_tcp=(80, 443), open_udp=(53,))
    assert lan.route.host.filtered
    assert closed.route.host.unreachable is Unreachable.PROHIBITED
    assert made_up.route is None


HOP = "[hops.a]\n"
TARGET = '[[targets]]\naddresses = ["203.0.113.1"]\npath = []\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("colour = 1", ("file.toml", "colour", "others, targets, title")),
        (HOP + "loos = 0.1", ("file.toml.hops.a", "'loos'", "back_loss")),
        (TARGET + "silent = true", ("file.toml.targets[0]", "'silent'", "filtered")),
        (HOP + "delay_ms = { kind = 'uniform', bass = 1 }", ("hops.a.delay_ms", "'bass'")),
        (HOP + "delay_ms = { base = 1 }", ("hops.a.delay_ms", "kind is missing")),
        (HOP + "delay_ms = { kind = 'odd' }", ("'odd'", "constant, uniform, normal")),
        (HOP + "delay_ms = { kind = 'constant', spread = 1 }", ("hops.a.delay_ms", "spread")),
        (HOP + "delay_ms = '5'", ("hops.a.delay_ms", "'5'", "a number")),
        (HOP + "delay_ms = true", ("hops.a.delay_ms", "a number")),
        (HOP + "delay_ms = -1", ("hops.a.delay_ms", "-1.0 ms", "0 or more")),
        (HOP + "delay_ms = nan", ("hops.a.delay_ms", "nan")),
        (HOP + "delay_ms = 1" + "0" * 400, ("hops.a.delay_ms", "less than")),
        (HOP + "loss = 30", ("hops.a", "30.0", "0 to 1")),
        (HOP + "rate_mbps = 0", ("hops.a", "more than 0")),
        (HOP + "icmp_per_s = 0", ("hops.a", "silent = true")),
        (HOP + "icmp_burst = 0", ("hops.a", "1 or more")),
        (HOP + "icmp_burst = 1.5", ("hops.a.icmp_burst", "whole number")),
        (HOP + "mpls = [1048576]", ("hops.a", "1048575")),
        (HOP + "silent = 1", ("hops.a.silent", "true or false")),
        (HOP + "addresses = '10.0.0.1'", ("hops.a.addresses", "a list")),
        (HOP + "addresses = [167772161]", ("hops.a.addresses", "text")),
        (HOP + "addresses = ['10.0.0.999']", ("hops.a.addresses", "10.0.0.999")),
        (HOP + "outages = [{ from_s = 5 }]", ("hops.a.outages[0]", "to_s is missing")),
        (HOP + "outages = [{ from_s = 5, to_s = 5 }]", ("hops.a.outages[0]", "an end after")),
        (HOP + "outages = [{ from_s = 1, to_s = 5, each = 1 }]", ("outages[0]", "'each'")),
        ("hops = 5", ("file.toml.hops", "no table")),
        ("[hops]\na = 5", ("file.toml.hops.a", "no table")),
        ("targets = 5", ("file.toml.targets", "a list")),
        ("[[targets]]\npath = []", ("targets[0]", "addresses is missing")),
        ("[[targets]]\naddresses = []\npath = []", ("targets[0]", "one or more")),
        ("[[targets]]\naddresses = ['203.0.113.1/24']\npath = []", ("203.0.113.1/24",)),
        (TARGET.replace("[]", "['x']"), ("targets[0].path", "'x'")),
        (TARGET.replace("[]", "'x'"), ("targets[0].path", "'x'", "generated")),
        (TARGET.replace("[]", "'generated'") + "loss = 0.1", ("targets[0]", "'loss'")),
        (TARGET + "open_tcp = [0]", ("targets[0]", "port 0")),
        (TARGET + "unreachable = 'gone'", ("targets[0].unreachable", "prohibited")),
        (TARGET + "unreachable = 'host'", ("targets[0]", "without routers")),
        (TARGET.replace("113.1", "113.0/24") + "names = ['a']", ("targets[0]", "'a'", "single")),
        (TARGET + TARGET, ("file.toml", "203.0.113.1/32 in 2 targets")),
        ("others = 'some'", ("file.toml.others", "'some'", "generated, none")),
        ("title = ''", ("file.toml.title", "text")),
        ("[vantage]\nipv4 = 'fd00::1'", ("file.toml.vantage.ipv4", "fd00::1")),
        ("[vantage]\nipv5 = 'fd00::1'", ("file.toml.vantage", "'ipv5'")),
        ("a = = 1", ("file.toml", "no TOML", "line 1")),
    ],
)
def test_what_is_wrong_is_an_error_that_says_where_and_what(
    content: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(TopologyInvalid) as caught:
        parse_topology(content, "file.toml")
    for word in words:
        assert word in str(caught.value)


values = st.recursive(
    st.booleans() | st.integers(-5, 2000) | st.floats(-2, 5) | st.sampled_from(
        ["10.0.0.1", "fd00::/16", "generated", "uniform", "a", ""]),
    lambda inner: st.lists(inner, max_size=2)
    | st.dictionaries(st.sampled_from(["kind", "base", "spread", "from_s", "to_s"]), inner),
    max_leaves=4,
)  # fmt: skip
entries = st.dictionaries(
    st.sampled_from([*reading._LINK, *reading._HOP, *reading._HOST, "path", "names", "outages"]),
    values,
    max_size=4,
)


def toml_of(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {toml_of(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_of, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


@given(entries, entries)
def test_whatever_a_file_says_is_a_topology_or_the_one_error(
    hop: dict[str, object], target: dict[str, object]
) -> None:
    content = f"hops = {{a = {toml_of(hop)}}}\ntargets = [{toml_of(target)}]"
    try:
        assert isinstance(parse_topology(content), Topology)
    except TopologyInvalid:
        return


def test_an_empty_file_is_an_internet_made_up_from_the_seed() -> None:
    assert parse_topology("") == Topology()


def test_a_file_that_is_not_there_is_the_same_kind_of_error(tmp_path: Path) -> None:
    with pytest.raises(TopologyInvalid, match="cannot be read"):
        load_topology(tmp_path / "none.toml")


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("colour = 1")
    with pytest.raises(TopologyInvalid, match=r"mine\.toml: unknown key 'colour'"):
        load_topology(file)
