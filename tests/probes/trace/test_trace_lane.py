"""Which TTL is probed when, and when enough is known: no packets, a clock of the test's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trace_rig import HOST, Walk, routers

from probes.trace.assemble import path_of, shots_by_ttl
from probes.trace.lane import CONFIRMATIONS
from probes.trace.plan import TracePlan
from probes.trace.result import HopState, TracePath
from probes.trace.shot import Answer

FAMILY = 2
PLAN = TracePlan(HOST)


def path(walk: Walk) -> TracePath:
    course = walk.finish()
    return path_of(course.lanes[0], course.ended_s, FAMILY, PLAN)


def test_all_ttls_ahead_leave_at_once() -> None:
    assert Walk({}, ahead=16).send() == list(range(1, 17))


def test_no_more_than_the_window_goes_beyond_the_last_router_that_answered() -> None:
    walk = Walk(routers(*range(1, 9)), ahead=8, probes_per_hop=1)
    assert walk.send()[-1] == 8
    walk.waiting = walk.waiting[:2]
    walk.answer()
    assert walk.send() == [9, 10]


def test_every_hop_gets_its_probes_and_no_more() -> None:
    found = path(Walk(routers(1, 2, 3, 4)))
    assert [hop.sent for hop in found.hops] == [3] * 5


def test_probes_that_went_too_far_take_the_place_of_repeats_at_the_target() -> None:
    walk = Walk(routers(1, 2), probes_per_hop=3, ahead=8)
    walk.finish()
    assert [shot.ttl for shot in walk.course.shots() if shot.ttl >= 3] == [3, 4, 5, 6, 7, 8]


def test_two_probes_of_one_ttl_keep_a_distance() -> None:
    walk = Walk(routers(1, 2, 3, 4), ahead=8)
    walk.send()
    walk.answer(rtt_ms=1)
    assert walk.send() == []
    walk.now_s = 0.005
    assert walk.send() == [1, 2, 3, 4]


def test_a_path_ends_where_the_target_answers() -> None:
    found = path(Walk(routers(1, 2, 3)))
    assert found.addresses == ("10.0.1.1", "10.0.2.1", "10.0.3.1", HOST)
    assert found.reached


def test_a_silent_hop_is_told_by_those_behind_it() -> None:
    found = path(Walk(routers(1, 2, 4) | {3: None}))
    assert [hop.state for hop in found.hops][2] is HopState.SILENT
    assert found.hops[2].sent == 3


def test_more_silent_hops_than_the_window_do_not_end_the_trace() -> None:
    silent: dict[int, str | None] = dict.fromkeys(range(2, 15))
    found = path(Walk(routers(1) | silent, ahead=8))
    assert (len(found.hops), found.reached) == (15, True)


def test_nothing_at_all_ends_after_the_patience() -> None:
    walk = Walk(dict.fromkeys(range(1, 31)), timeout_s=1.0)
    found = path(walk)
    assert (found.hops, found.reached) == ((), False)
    assert walk.now_s >= 1.0


def test_a_known_length_is_not_exceeded() -> None:
    walk = Walk(routers(1, 2, 3, 4), length=5, most_hops=10, probes_per_hop=1)
    assert walk.send() == [1, 2, 3, 4, 5]
    walk.answer()
    assert walk.send() == []
    assert walk.course.is_over(walk.now_s)


def test_a_path_that_grew_is_followed_within_the_round() -> None:
    walk = Walk(routers(1, 2, 3, 4, 5, 6), length=5, most_hops=10, probes_per_hop=1)
    found = path(walk)
    assert (len(found.hops), found.reached) == (7, True)


def test_a_path_that_grew_by_a_silent_hop_is_followed_within_the_round() -> None:
    walk = Walk(routers(1, 2, 3, 4) | {5: None}, length=5, most_hops=10, probes_per_hop=1)
    assert path(walk).reached


def test_a_path_that_shrank_is_seen_by_an_earlier_answer_of_the_target() -> None:
    walk = Walk(routers(1, 2), length=5, most_hops=10, probes_per_hop=1)
    assert len(path(walk).hops) == 3


def test_alone_means_one_probe_at_a_time() -> None:
    walk = Walk(routers(1, 2), alone=True, probes_per_hop=1)
    assert walk.send() == [1]
    walk.answer()
    assert walk.send() == [2]


def test_a_lane_that_goes_alone_waits_until_late_answers_cannot_come() -> None:
    walk = Walk(routers(1, 2), probes_per_hop=1, timeout_s=1.0)
    walk.send()
    lane = walk.course.lanes[0]
    assert len(lane.go_alone()) == 16
    walk.waiting.clear()
    walk.now_s = 0.9
    assert walk.send() == []
    walk.now_s = 1.0
    assert walk.send() == [1]


def test_a_lane_goes_alone_only_once() -> None:
    walk = Walk({}, ahead=4)
    walk.send()
    lane = walk.course.lanes[0]
    assert len(lane.go_alone()) == 4
    assert lane.go_alone() == []


def test_a_lane_that_went_alone_finds_the_same_path() -> None:
    walk = Walk(routers(1, 2, 3), probes_per_hop=2)
    walk.send()
    walk.course.lanes[0].go_alone()
    walk.waiting.clear()
    found = path(walk)
    assert found.addresses == ("10.0.1.1", "10.0.2.1", "10.0.3.1", HOST)


def test_what_was_not_waited_for_is_not_lost() -> None:
    walk = Walk(routers(1, 2), probes_per_hop=1)
    walk.send()
    walk.waiting = [shot for shot in walk.waiting if shot.ttl < 4]
    walk.answer()
    assert walk.course.is_over(walk.now_s)
    counted = shots_by_ttl(walk.course.lanes[0], walk.now_s)
    assert [len(shots) for shots in counted.values()] == [1, 1, 1]


def test_an_answer_from_a_router_behind_the_end_is_not_the_targets() -> None:
    walk = Walk(routers(1, 2) | {5: "10.0.5.1"}, ahead=6, probes_per_hop=3)
    found = path(walk)
    assert found.hops[-1].addresses == (HOST,)


def test_a_slow_router_just_before_the_target_is_not_asked_more_often() -> None:
    walk = Walk(routers(1, 2, 3), probes_per_hop=1, ahead=4)
    walk.send()
    slow = [shot for shot in walk.waiting if shot.ttl == 3]
    walk.waiting = [shot for shot in walk.waiting if shot.ttl != 3]
    walk.answer()
    walk.now_s = 0.04
    assert walk.send() == []
    walk.waiting = slow
    walk.answer(40.0)
    assert walk.course.is_over(walk.now_s)


def test_a_target_whose_counted_probes_were_lost_is_known_all_the_same() -> None:
    walk = Walk(routers(1, 2), probes_per_hop=1, ahead=4, timeout_s=1.0)
    walk.send()
    walk.waiting = [shot for shot in walk.waiting if shot.ttl != 3]
    found = path(walk)
    assert found.addresses == ("10.0.1.1", "10.0.2.1", HOST)
    assert (found.reached, found.hops[-1].sent, found.hops[-1].received) == (True, 1, 0)


@given(
    st.lists(st.booleans(), min_size=0, max_size=29),
    st.integers(1, 4),
    st.sampled_from([8, 16]),
    st.integers(1, 3),
)
def test_every_path_is_found_as_it_is(
    answers: list[bool], probes: int, ahead: int, flows: int
) -> None:
    ways = {
        ttl: f"10.0.{ttl}.1" if answering else None for ttl, answering in enumerate(answers, 1)
    }
    walk = Walk(ways, ahead=ahead, probes_per_hop=probes, flows=flows)
    course = walk.finish()
    for lane in course.lanes:
        found = path_of(lane, course.ended_s, FAMILY, PLAN)
        assert found.addresses == (*ways.values(), HOST)
        assert all(hop.sent == probes for hop in found.hops if hop.received)
        assert all(probes <= hop.sent <= probes + CONFIRMATIONS for hop in found.hops)


@pytest.mark.parametrize("rtt_ms", [None, 1.0])
def test_an_answer_without_a_time_changes_nothing(rtt_ms: float | None) -> None:
    walk = Walk({})
    walk.send()
    shot = walk.waiting[0]
    shot.answer, shot.rtt_ms = (Answer(HOST), None) if rtt_ms is None else (None, rtt_ms)
    shot.lane.heard(shot)
    assert shot.lane.end is None
