"""Delays, losses, queues and limits: what is drawn follows the distributions that are stated."""

import math
from collections.abc import Callable
from itertools import pairwise
from random import Random
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st
from internet_calls import SITE, SITE_6, Caller, router, topology

from probes.internet import Condition, Counts, Delay, Host, Internet, Link, Shape

DRAWS = 4000
# Two-sided Kolmogorov-Smirnov bound for 0.1 percent (Smirnov's asymptotic formula).
WORST_DISTANCE = 1.949 / math.sqrt(DRAWS)

DISTRIBUTIONS: dict[Shape, Callable[[float], float]] = {
    Shape.UNIFORM: lambda ms: min(1.0, max(0.0, (ms - 10) / 4)),
    Shape.NORMAL: NormalDist(10, 4 / 4).cdf,
    Shape.EXPONENTIAL: lambda ms: 1 - math.exp(-max(0.0, ms - 10) / 4),
    # Lomax of shape 3 with the mean 4 has the scale 8.
    Shape.PARETO: lambda ms: 1 - (1 + max(0.0, ms - 10) / 8) ** -3,
}


def delays_ms(link: Link, count: int = DRAWS, seed: int = 5) -> list[float]:
    """Round trips over this link alone."""
    caller = Caller(Internet(topology([], link), seed))
    return [reply.delay_ms for seq in range(count) for reply in caller.echo(seq)]


def distance(samples: list[float], distribution: Callable[[float], float]) -> float:
    """Largest difference of the two cumulative distributions (Kolmogorov-Smirnov)."""
    expected = [distribution(sample) for sample in sorted(samples)]
    size = len(samples)
    return max(
        max(place + 1 - size * share, size * share - place) / size
        for place, share in enumerate(expected)
    )


@pytest.mark.parametrize("kind", DISTRIBUTIONS)
@pytest.mark.parametrize("way", ["there", "back"])
def test_a_delay_is_distributed_as_stated(kind: Shape, way: str) -> None:
    varies = Delay(kind, 10.0, 1.0 if kind is Shape.NORMAL else 4.0)
    still = Delay()
    link = Link(varies, still) if way == "there" else Link(still, varies)
    assert distance(delays_ms(link), DISTRIBUTIONS[kind]) < WORST_DISTANCE


def test_the_distance_tells_distributions_apart() -> None:
    samples = delays_ms(Link(Delay(Shape.UNIFORM, 10.0, 4.0), Delay()))
    assert distance(samples, DISTRIBUTIONS[Shape.EXPONENTIAL]) > 4 * WORST_DISTANCE


def test_a_constant_delay_is_met_on_both_ways() -> None:
    assert set(delays_ms(Link(Delay(base_ms=3.0)), 50)) == {6.0}


def test_no_normal_delay_is_below_zero() -> None:
    samples = delays_ms(Link(Delay(Shape.NORMAL, 1.0, 5.0), Delay()))
    assert min(samples) == 0.0


@pytest.mark.parametrize("to", [SITE, SITE_6])
@pytest.mark.parametrize("way", ["there", "back"])
@pytest.mark.parametrize("loss", [0.01, 0.05, 0.1, 0.3])
def test_loss_is_as_probable_as_stated(to: str, way: str, loss: float) -> None:
    link = Link(loss=loss) if way == "there" else Link(back_loss=loss)
    caller = Caller(Internet(topology([], link), 3), to)
    for seq in range(DRAWS):
        caller.echo(seq)
    counts = caller.internet.counts()
    lost, other = (counts.lost, counts.answer_lost)[:: 1 if way == "there" else -1]
    deviation = math.sqrt(DRAWS * loss * (1 - loss))
    assert other == 0
    assert abs(lost - DRAWS * loss) < 3.3 * deviation


def test_losses_do_not_come_in_a_pattern() -> None:
    caller = Caller(Internet(topology([], Link(loss=0.5)), 3))
    came = [bool(caller.echo(seq)) for seq in range(DRAWS)]
    changes = sum(one != other for one, other in pairwise(came))
    assert abs(changes - DRAWS / 2) < 3.3 * math.sqrt(DRAWS) / 2


def test_a_hop_is_met_by_what_lies_before_it_only() -> None:
    lossy = router(2, link=Link(Delay(base_ms=5.0), loss=1.0))
    caller = Caller(Internet(topology([router(1), lossy, router(3)])))
    assert [reply.delay_ms for reply in caller.echo(ttl=1)] == [2.0]
    assert [caller.echo(ttl=ttl) for ttl in (2, 3, 64)] == [[], [], []]


def test_the_slow_path_of_a_router_delays_its_own_answers_alone() -> None:
    slow = router(1, slow_icmp=Delay(base_ms=80.0))
    caller = Caller(Internet(topology([slow, router(2)])))
    delays = [caller.echo(ttl=ttl)[0].delay_ms for ttl in (1, 2, 64)]
    assert delays == [82.0, 4.0, 6.0]


def test_a_rate_limited_router_answers_a_burst_and_then_so_many_a_second() -> None:
    caller = Caller(Internet(topology([router(1, icmp_per_s=2.0, icmp_burst=3)])))
    at_once = [bool(caller.echo(ttl=1, at_s=10.0)) for _ in range(5)]
    later = [bool(caller.echo(ttl=1, at_s=10.0 + step / 10)) for step in range(1, 21)]
    assert at_once == [True, True, True, False, False]
    assert sum(later) == 4
    assert caller.internet.counts() == Counts(answered=7, rate_limited=18)


def test_a_limit_of_a_router_is_no_loss_at_the_target() -> None:
    caller = Caller(Internet(topology([router(1, icmp_per_s=0.001)])))
    for seq in range(100):
        caller.echo(seq, ttl=1, at_s=seq)
        assert caller.echo(seq, at_s=seq)


def test_a_limit_counts_from_the_arrival_at_the_router() -> None:
    internet = Internet(topology([router(1, icmp_per_s=1.0)]))
    caller = Caller(internet)
    assert len(caller.echo(ttl=1, at_s=0.0)) == 1
    assert caller.echo(ttl=1, at_s=0.6) == []
    internet.set_condition("hop1", Condition(delay_ms=500.0))
    assert len(caller.echo(ttl=1, at_s=0.6)) == 1


def test_time_that_runs_backwards_fills_no_bucket() -> None:
    caller = Caller(Internet(topology([router(1, icmp_per_s=1.0)])))
    assert [bool(caller.echo(ttl=1, at_s=at)) for at in (100.0, 0.0, 50.0)] == [True, False, False]


def test_packets_wait_for_those_before_them() -> None:
    # 84 bytes at 0.672 Mbit/s take 1 ms each.
    caller = Caller(Internet(topology([], Link(rate_mbps=0.672, queue_ms=3.5))))
    delays = [[reply.delay_ms for reply in caller.echo(seq)] for seq in range(8)]
    assert delays[:4] == [[pytest.approx(count + 1)] for count in (1, 2, 3, 4)]
    assert delays[4:] == [[], [], [], []]


def test_a_queue_empties_with_time() -> None:
    caller = Caller(Internet(topology([], Link(rate_mbps=0.672, queue_ms=3.5))))
    for seq in range(8):
        caller.echo(seq)
    (reply,) = caller.echo(at_s=1.0)
    assert reply.delay_ms == pytest.approx(2.0)


@given(seed=st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_bytes_at_the_same_times(seed: int) -> None:
    def all_answers() -> list[object]:
        link = Link(Delay(Shape.PARETO, 1.0, 1.0), loss=0.2)
        routers = [router(1, slow_icmp=Delay(Shape.UNIFORM, 0, 5)), router(2, icmp_per_s=3.0)]
        caller = Caller(Internet(topology(routers, link, Host(open_tcp=(80,))), seed))
        echoes = [caller.echo(seq, seq % 5 + 1, seq / 7) for seq in range(40)]
        return [*echoes, caller.udp(), caller.tcp(), caller.tcp(81)]

    assert all_answers() == all_answers()


def test_another_seed_gives_other_delays() -> None:
    link = Link(Delay(Shape.UNIFORM, 10.0, 4.0))
    assert delays_ms(link, 5, seed=1) != delays_ms(link, 5, seed=2)


def test_addresses_do_not_influence_one_another() -> None:
    def answers(internet: Internet, others: int) -> list[object]:
        first = Caller(internet, "198.51.100.1")
        found: list[object] = []
        for seq in range(40):
            found.append(first.echo(seq, seq % 12 + 1, seq / 5))
            for other in range(others):
                Caller(internet, f"198.51.100.{other + 2}").echo(seq, seq % 9 + 1, seq / 5)
        return found

    assert answers(Internet(seed=4), 0) == answers(Internet(seed=4), 5)


def test_a_stream_that_is_handed_in_decides_alone() -> None:
    busy, fresh = (Caller(Internet(topology([], Link(loss=0.5)), 6)) for _ in range(2))
    for seq in range(17):
        busy.echo(seq)
    mine = [[bool(who.echo(seq, stream=stream)) for seq in range(30)]
            for who, stream in ((busy, Random("x")), (fresh, Random("x")))]  # fmt: skip
    assert mine[0] == mine[1]
