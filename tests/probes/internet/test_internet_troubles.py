"""Outages by the clock and conditions set while running: seen by all measurements at once."""

import asyncio
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from internet_calls import SITE, Caller, router, topology

from probes.clock import InstantClock
from probes.internet import Condition, Counts, Internet, Link, Outage, TopologyInvalid
from probes.journey import Journey
from probes.ping import PingPlan
from probes.simulated import SimulatedNetwork

CHAIN = [router(1), router(2), router(3)]


def out(*seconds: float) -> Link:
    return Link(outages=(Outage(*seconds),))


def network_of(internet_link: Link, start_ms: int = 0) -> SimulatedNetwork:
    return SimulatedNetwork(1, InstantClock(start_ms), topology=topology(CHAIN, internet_link))


def received(network: SimulatedNetwork, count: int = 1) -> int:
    plan = PingPlan("www.example", count=count, interval_s=1.0)
    return asyncio.run(network.measure(plan)).received


@given(st.floats(0, 100), st.floats(0.001, 100), st.floats(0, 250))
def test_nothing_passes_from_the_beginning_of_an_outage_until_its_end(
    from_s: float, length_s: float, at_s: float
) -> None:
    link = out(from_s, from_s + length_s)
    caller = Caller(Internet(topology([], link)))
    is_out = from_s <= at_s < from_s + length_s
    assert caller.echo(at_s=at_s) == [] if is_out else caller.echo(at_s=at_s) != []


def test_an_outage_is_counted_from_the_beginning_of_the_simulation() -> None:
    caller = Caller(Internet(topology([], out(10, 20)), begins_s=1_700_000_000.0))
    assert len(caller.echo(at_s=1_700_000_005.0)) == 1
    assert caller.echo(at_s=1_700_000_015.0) == []


def test_an_outage_begins_while_the_packet_is_on_its_way() -> None:
    caller = Caller(Internet(topology(CHAIN, out(1.0, 2.0))))
    assert caller.echo(at_s=0.998) == []
    assert caller.internet.counts() == Counts(lost=1)
    assert len(caller.echo(at_s=0.9)) == 1


def test_hops_before_an_outage_still_answer() -> None:
    caller = Caller(Internet(topology(CHAIN, out(0, 10))))
    assert [len(caller.echo(ttl=ttl)) for ttl in (1, 2, 3, 4)] == [1, 1, 1, 0]


def test_a_ping_sees_an_outage_come_and_go_as_the_clock_moves() -> None:
    network = network_of(out(10, 20), start_ms=1_700_000_000_000)
    before = received(network)
    asyncio.run(network.clock.sleep(10.0))
    during = received(network)
    asyncio.run(network.clock.sleep(10.0))
    assert (before, during, received(network)) == (1, 0, 1)


def test_a_long_ping_loses_just_what_it_sends_during_an_outage() -> None:
    assert received(network_of(out(5, 12)), count=20) == 20 - 7


def test_probes_above_ip_meet_the_outage_too() -> None:
    network = network_of(out(10, 20))
    journey = Journey(network, "www.example", Random(1), patience_ms=500.0)
    assert journey.exchange_ms() is not None
    asyncio.run(network.clock.sleep(15.0))
    assert network.round_trip_ms("www.example", Random(1)) is None
    assert journey.exchange_ms() is None


@pytest.mark.parametrize("place", ["www.example", SITE, f"{SITE}/32", "hop2", "10.0.0.2"])
def test_a_condition_names_a_target_or_a_hop(place: str) -> None:
    network = network_of(Link())
    network.set_condition(place, Condition(down=True))
    assert received(network) == 0
    assert network.round_trip_ms("www.example", Random(1)) is None
    network.clear_condition(place)
    assert received(network) == 1


def test_a_condition_set_before_the_first_packet_counts() -> None:
    internet = Internet(topology(CHAIN))
    internet.set_condition("hop1", Condition(delay_ms=30.0))
    (reply,) = Caller(internet).echo()
    assert reply.delay_ms == 8.0 + 30.0


def test_trouble_at_a_hop_is_met_from_there_on() -> None:
    internet = Internet(topology(CHAIN))
    internet.set_condition("hop2", Condition(delay_ms=50.0))
    delays = [Caller(internet).echo(ttl=ttl)[0].delay_ms for ttl in (1, 2, 3, 4)]
    assert delays == [2.0, 54.0, 56.0, 58.0]


def test_a_condition_leaves_other_targets_alone() -> None:
    network = SimulatedNetwork(1)
    good = next(n for n in range(100) if not network.describe(f"host{n}").loss_probability)
    name = f"host{good}"
    network.set_condition("another.example", Condition(down=True))
    assert network.round_trip_ms(name, Random(1)) is not None
    network.set_condition(name, Condition(down=True))
    assert network.round_trip_ms(name, Random(1)) is None


def test_losses_of_link_and_condition_are_independent() -> None:
    internet = Internet(topology([], Link(loss=0.3)))
    internet.set_condition(SITE, Condition(loss=0.5))
    caller = Caller(internet)
    answered = sum(bool(caller.echo(seq)) for seq in range(4000))
    assert answered / 4000 == pytest.approx(0.35, abs=0.025)


def test_conditions_of_hop_and_target_add_up() -> None:
    internet = Internet(topology(CHAIN))
    for place in ("hop3", "10.0.0.3", "www.example"):
        internet.set_condition(place, Condition(delay_ms=10.0))
    assert Caller(internet).echo()[0].delay_ms == 8.0 + 30.0


def test_a_condition_replaces_the_one_before() -> None:
    internet = Internet(topology(CHAIN))
    internet.set_condition("hop1", Condition(delay_ms=10.0))
    internet.set_condition("hop1", Condition(delay_ms=20.0))
    assert internet.conditions == {"hop1": Condition(delay_ms=20.0)}
    assert Caller(internet).echo()[0].delay_ms == 28.0


def test_clearing_what_was_never_set_does_nothing() -> None:
    Internet().clear_condition("nowhere")


def test_after_a_condition_all_is_as_it_would_have_been() -> None:
    troubled, calm = SimulatedNetwork(9), SimulatedNetwork(9)
    troubled.set_condition("a.example", Condition(loss=0.7, delay_ms=3.0))
    for network in (troubled, calm):
        asyncio.run(network.measure(PingPlan("a.example")))
    troubled.clear_condition("a.example")
    results = [asyncio.run(network.measure(PingPlan("a.example"))) for network in (troubled, calm)]
    assert results[0] == results[1]


@pytest.mark.parametrize("wrong", [{"loss": 30.0}, {"loss": -0.1}, {"delay_ms": -1.0},
                                   {"delay_ms": float("inf")}])  # fmt: skip
def test_an_impossible_condition_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(TopologyInvalid):
        Condition(**wrong)
