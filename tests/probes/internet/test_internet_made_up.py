"""Paths that the seed makes up: possible, varied, and ending in the figures that are described."""

import math
from collections import Counter
from random import Random
from socket import AF_INET, AF_INET6, AF_UNSPEC, AddressFamily
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st
from internet_calls import SITE, SITE_6, Caller, error_of, router, speaker_of, topology

from probes.errors import TargetUnresolvable
from probes.internet import (
    Delay,
    Host,
    Internet,
    Link,
    Route,
    Shape,
    Target,
    Topology,
    Unreachable,
)
from probes.path_profile import PathProfile, draw_profile
from probes.simulated import SimulatedNetwork
from probes.targets import parse_range

NAMES = [f"host{number}.example" for number in range(300)]


def route(seed: int, target: str) -> Route:
    found = Internet(seed=seed).route(target)
    assert found
    return found


@given(st.integers(), st.sampled_from(NAMES))
def test_a_path_has_3_to_15_hops_none_of_them_twice(seed: int, name: str) -> None:
    routers = route(seed, name).routers
    assert 3 <= len(routers) + 1 <= 15
    for version in (4, 6):
        faces = [face for router_ in routers for face in router_.faces(version)]
        assert len(set(faces)) == len(faces) >= len(routers)
        assert all(face.is_private for face in faces)


@given(st.integers(), st.sampled_from(NAMES))
def test_the_parts_of_a_path_add_up_to_its_profile_exactly(seed: int, name: str) -> None:
    network, made_up = SimulatedNetwork(seed), route(seed, name)
    links = [*(router_.link for router_ in made_up.routers), made_up.link]
    there = math.fsum(link.delay.base_ms for link in links)
    profile = network.describe(name)
    assert 2 * there == profile.base_rtt_ms
    assert min(link.delay.base_ms for link in links) >= 0
    assert max(link.loss for link in links) == profile.loss_probability
    assert max(link.delay.spread_ms for link in links) == profile.jitter_ms


def test_the_profile_is_the_one_the_seed_has_always_given() -> None:
    for name in NAMES[:50]:
        assert SimulatedNetwork(5).describe(name) == draw_profile(Random(f"5 path {name}"))


def test_paths_show_everything_that_paths_can_show() -> None:
    seen: Counter[str] = Counter()
    for name in NAMES:
        routers = route(3, name).routers
        seen["long"] += len(routers) == 14
        seen["short"] += len(routers) == 2
        for router_ in routers:
            seen["hops"] += 1
            seen["silent"] += router_.silent
            seen["limited"] += router_.icmp_per_s is not None
            seen["several"] += len(router_.faces(4)) > 1
            seen["labelled"] += bool(router_.mpls)
            seen["slow"] += router_.slow_icmp.spread_ms > 5
    assert seen["long"] > 5
    assert seen["short"] > 5
    for kind in ("silent", "limited", "several", "labelled", "slow"):
        assert 0.04 < seen[kind] / seen["hops"] < 0.25, kind


@pytest.mark.parametrize("to", ["198.51.100.7", "2001:db8::7"])
def test_every_hop_that_is_not_silent_answers_as_itself(to: str) -> None:
    for seed in range(15):
        caller, truth = Caller(Internet(seed=seed), to), route(seed, to)
        for ttl, router_ in enumerate(truth.routers, 1):
            replies = [reply for at in range(40) for reply in caller.echo(at, ttl, at * 60.0)]
            if router_.silent or truth_is_unreachable(seed, to):
                continue
            faces = {str(face) for face in router_.faces(caller.destination.version)}
            assert {speaker_of(reply) for reply in replies} == faces
            labels = {tuple(label.label for label in error_of(reply).labels) for reply in replies}
            assert labels == {router_.mpls}


def truth_is_unreachable(seed: int, target: str) -> bool:
    return not SimulatedNetwork(seed).describe(target).reachable


def test_a_name_and_its_address_take_the_path_of_the_name() -> None:
    internet = Internet(seed=2)
    address = internet.address("a.example")
    expected = len(route(2, "a.example").routers)
    (reply,) = Caller(internet, str(address)).echo(ttl=255)
    assert 64 - expected == ttl_of(reply.packet)


def ttl_of(packet: bytes) -> int:
    return packet[8]


def test_the_name_that_was_asked_for_last_decides_where_two_share_an_address() -> None:
    internet = Internet(seed=2)
    shared = internet.address("a.example")
    lengths = []
    for name in ("a.example", str(shared), "a.example"):
        internet.address(name)
        (reply,) = Caller(internet, str(shared)).echo(ttl=255)
        lengths.append(64 - ttl_of(reply.packet))
    assert lengths == [len(route(2, name).routers) for name in ("a.example", str(shared))] + [
        lengths[0]
    ]
    assert internet.counts().received == 3


def test_a_profile_handed_in_shapes_the_path_even_of_a_listed_target() -> None:
    profile = PathProfile(100.0, 0.0, 0.0)
    internet = Internet(topology([router(1)]), profiles={"www.example": profile})
    assert internet.describe("www.example") == profile
    assert internet.round_trip_ms("www.example", 0.0, Random(1)) == 100.0


def test_probes_above_ip_meet_the_delays_of_the_path() -> None:
    network = SimulatedNetwork(1, profiles={"a": PathProfile(20.0, 4.0, 0.25)})
    stream = Random(3)
    drawn = [network.round_trip_ms("a", stream) for _ in range(4000)]
    times = [time for time in drawn if time is not None]
    assert min(times) == pytest.approx(20.0, abs=0.05)
    assert fmean(times) == pytest.approx(24.0, rel=0.02)
    assert len(times) / 4000 == pytest.approx(0.75, abs=0.025)


def test_a_listed_path_is_described_by_its_sums() -> None:
    noisy = Link(Delay(Shape.EXPONENTIAL, 4.0, 2.0), Delay(Shape.UNIFORM, 3.0, 1.0), 0.1, 0.5)
    internet = Internet(topology([router(1)], noisy))
    assert internet.describe("www.example") == PathProfile(9.0, 2.5, 1 - 0.9 * 0.5)


def test_a_target_that_is_turned_away_is_described_as_unreachable() -> None:
    host = Host(unreachable=Unreachable.HOST)
    internet = Internet(topology([router(1)], host=host))
    assert not internet.describe("www.example").reachable
    assert internet.round_trip_ms("www.example", 0.0, Random(1)) is None


def test_the_longest_range_that_holds_an_address_decides() -> None:
    def far(hops: int) -> Route:
        return Route(tuple(router(number) for number in range(1, hops + 1)))

    internet = Internet(
        Topology((
            Target((parse_range("203.0.113.0/24"),), route=far(1)),
            Target((parse_range("203.0.113.64/26"), parse_range("2001:db8::/32")), route=far(2)),
            Target((parse_range(SITE), parse_range(SITE_6)), route=far(3)),
        ))
    )  # fmt: skip
    for to, hops in (("203.0.113.1", 1), ("203.0.113.65", 2), (SITE, 3), ("2001:db8::1", 2),
                     (SITE_6, 3)):  # fmt: skip
        found = internet.route(to)
        assert found
        assert len(found.routers) == hops


def test_a_range_may_have_paths_made_up() -> None:
    internet = Internet(Topology((Target((parse_range("203.0.113.0/24"),)),), others=False), 8)
    assert internet.route("203.0.113.9") == route(8, "203.0.113.9")
    assert internet.route("203.0.114.9") is None


def test_paths_beyond_the_most_are_forgotten_but_not_what_came_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("probes.internet.paths.MOST_PATHS", 5)
    internet = Internet(seed=1)
    for number in range(1, 21):
        Caller(internet, f"203.0.113.{number}").echo()
    assert internet.counts().received == 20
    assert len(internet._paths._kept) == 5


@pytest.mark.parametrize(("family", "version"), [(AF_UNSPEC, 4), (AF_INET, 4), (AF_INET6, 6)])
def test_names_have_an_address_of_each_version(family: AddressFamily, version: int) -> None:
    network = SimulatedNetwork(1)
    address = network.address("a.example", family)
    assert address.version == network.source(address).version == version
    assert network.round_trip_ms("a.example", Random(1)) is not None


def test_an_address_has_none_of_the_other_version() -> None:
    with pytest.raises(TargetUnresolvable, match="AF_INET6"):
        SimulatedNetwork(1).address("203.0.113.1", AF_INET6)


def test_a_name_that_a_complete_topology_does_not_list_leads_nowhere() -> None:
    network = SimulatedNetwork(1, topology=topology([router(1)]))
    with pytest.raises(TargetUnresolvable, match="does not list"):
        network.address("elsewhere.example")


def test_an_address_that_a_complete_topology_does_not_list_never_answers() -> None:
    network = SimulatedNetwork(1, topology=topology([router(1)]))
    assert network.round_trip_ms("198.51.100.1", Random(1)) is None
    assert not network.describe("198.51.100.1").reachable


def test_a_profile_handed_in_makes_its_target_exist() -> None:
    profiles = {"a.example": PathProfile(10.0, 0.0)}
    network = SimulatedNetwork(1, profiles=profiles, topology=topology([router(1)]))
    assert network.round_trip_ms("a.example", Random(1)) == 10.0
