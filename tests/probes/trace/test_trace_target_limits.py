"""What a target that limits its errors leaves unsaid is not counted as its loss."""

import pytest
from click.testing import CliRunner
from netlab import Impair, Lab
from trace_rig import PIN, Walk, traced, watched

from probes.cli.trace import rows, trace, watch_rows
from probes.icmp_errors import ErrorKind
from probes.trace import HopState, TracePlan, TraceResult
from probes.trace.assemble import result_of
from probes.trace.demand import Demand
from probes.trace.history import TraceHistory
from probes.trace.shot import Answer

HOST = str(PIN.address)


def limits(lab: Lab, per_ms: int = 1000) -> None:
    lab.server.set("ipv4/icmp_ratelimit", per_ms)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{"flows": 4}, {"probes_per_hop": 10}])
def test_a_limited_target_has_an_unknown_loss(asked: dict[str, int]) -> None:
    with Lab(routers=3) as lab:
        limits(lab)
        (result,) = traced(lab, TracePlan(lab.address("server"), "udp", timeout_s=0.5, **asked))
        truth = lab.hops()
    assert (result.reached, result.packet_loss) == (True, None)
    assert [hop.address for hop in result.hops[: len(truth)]] == truth
    assert any(hop.is_target and hop.state is HopState.RATE_LIMITED for hop in result.hops)
    assert dict(rows(result))["target"].endswith("loss unknown: it may limit its answers")


@pytest.mark.slow
def test_a_target_asked_by_udp_in_haste_has_an_unknown_loss_and_keeps_its_place() -> None:
    with Lab(routers=3, links={0: Impair()}) as lab:
        limits(lab)
        plan = TracePlan(lab.address("server"), "udp", probes_per_hop=1, timeout_s=0.4)
        ranges = [lab.network()]
        seen = lab.client.run_unprivileged(lambda: watched(ranges, plan, 0.5, 16))
        truth = lab.hops()
        asked = lab.counters(0).forward["udp"].seen
    # One round explores; another looks for a longer path when the first answer is missing.
    assert asked <= 16 * len(truth) + 20
    assert {result.packet_loss for result in seen} <= {0.0, None}
    assert seen[-1].packet_loss is None
    assert seen[-1].hops[-1].state is HopState.RATE_LIMITED
    assert [hop.addresses for hop in seen[-1].hops] == [(address,) for address in truth]
    assert "unknown" in dict(watch_rows(seen[-1]))["target"]


def ended(kind: ErrorKind | None, answered: int) -> TraceResult:
    """Trace a target one hop away that answers so many of three probes."""
    walk = Walk({}, probes_per_hop=3, most_hops=1)
    for number in range(3):
        walk.send()
        if number >= answered:
            walk.waiting.clear()
        answer(walk, kind)
    return result_of(TracePlan(HOST, "udp"), PIN, walk.finish())


def answer(walk: Walk, kind: ErrorKind | None) -> None:
    for shot in walk.waiting:
        shot.answer, shot.rtt_ms = Answer(HOST, kind, 3), 1.0
        shot.lane.heard(shot)
    walk.waiting.clear()
    walk.now_s += 0.01


@pytest.mark.parametrize(
    ("kind", "answered", "loss"),
    [
        (ErrorKind.UNREACHABLE, 3, 0.0),
        (ErrorKind.UNREACHABLE, 2, None),
        (None, 3, 0.0),
        (None, 2, 100 / 3),
    ],
)
def test_only_errors_may_be_limited(
    kind: ErrorKind | None, answered: int, loss: float | None
) -> None:
    result = ended(kind, answered)
    assert result.packet_loss == pytest.approx(loss)
    limited = result.hops[-1].state is HopState.RATE_LIMITED
    assert limited is (loss is None)


def test_a_flow_whose_target_was_mute_makes_the_loss_unknown() -> None:
    walk = Walk({}, probes_per_hop=1, most_hops=1, flows=2)
    walk.send()
    walk.waiting.pop()
    answer(walk, ErrorKind.UNREACHABLE)
    result = result_of(TracePlan(HOST, "udp", flows=2), PIN, walk.finish())
    assert (result.reached, result.packet_loss) == (True, None)


def rounds(interval_s: float, kind: ErrorKind | None) -> TraceHistory:
    """Watch a target that answers every other of ten rounds."""
    history = TraceHistory(PIN)
    for number in range(10):
        walk = Walk({}, probes_per_hop=1, length=min(number, 1), most_hops=1)
        walk.course.base_s = number * interval_s
        walk.send()
        if number % 2:
            walk.waiting.clear()
        answer(walk, kind)
        history.note(walk.finish())
    return history


@pytest.mark.parametrize(
    ("interval_s", "kind", "loss"),
    [
        (0.5, ErrorKind.UNREACHABLE, None),
        (2.5, ErrorKind.UNREACHABLE, 50.0),
        (0.5, None, 50.0),
    ],
)
def test_a_target_that_is_asked_rarely_enough_has_a_loss(
    interval_s: float, kind: ErrorKind | None, loss: float | None
) -> None:
    result = rounds(interval_s, kind).result()
    assert result.packet_loss == loss
    assert result.hops[-1].packet_loss == loss


def test_what_was_asked_before_the_first_probe_is_not_known() -> None:
    demand = Demand()
    demand.begin(0.0, [0.0])
    assert demand.is_hasty(0.0)
    demand.begin(5.0, [5.0, 5.0])
    assert demand.is_hasty(5.0)
    demand.begin(9.0, [9.0])
    assert not demand.is_hasty(9.0)


@pytest.mark.parametrize("watch", [[], ["--watch", "--count", "1"]])
def test_no_probes_at_all_is_refused(watch: list[str]) -> None:
    ran = CliRunner().invoke(trace, ["127.0.0.1", "--probes", "0", "--simulate", "1", *watch])
    assert ran.exit_code != 0
    assert "between 1 and 100, not 0" in ran.output


def test_a_failure_is_said_without_the_names_of_fields() -> None:
    nobody = Walk(dict.fromkeys(range(1, 3)), most_hops=2)
    result = result_of(TracePlan(HOST), PIN, nobody.finish())
    assert result.failure is not None
    assert result.failure.phase == "hops"
    assert dict(rows(result))["failure"] == result.failure.message
