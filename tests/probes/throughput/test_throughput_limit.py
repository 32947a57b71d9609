"""Who sets the rate is told: the path, this side's limits or the responder's."""

import asyncio
import json
from typing import Any

from click.testing import CliRunner
from voice_rig import HOME, measured, with_responder

from probes import Limits
from probes.agent_to_agent import Direction
from probes.cli import main
from probes.cli.tables import Tally
from probes.cli.throughput import rows
from probes.responder.server import Terms
from probes.throughput import Flow, Protocol, ThroughputPlan, ThroughputResult

SLOW = 80_000_000


def one_way(
    direction: Direction, terms: Terms | None = None, limits: Limits | None = None
) -> Flow:
    async def use(responder: Any) -> Any:
        plan = ThroughputPlan(HOME, responder.port, direction=direction, duration_s=1)
        return await measured(plan, limits)

    (flow,) = with_responder(use, terms=terms).flows
    assert isinstance(flow, Flow)
    return flow


def flow(direction: Direction, bits_per_s: float, limit: int | None) -> Flow:
    return Flow(direction, 1, 1.0, bits_per_s, (), limit_bits_per_s=limit)


def result(one: Flow) -> ThroughputResult:
    return ThroughputResult.of("a", "a", Protocol.TCP, [one])


def test_from_the_target_the_responders_rate_is_the_limit() -> None:
    found = one_way(Direction.FROM_TARGET, terms=Terms(bits_per_s=SLOW))
    assert (found.limit_bits_per_s, found.reached_limit) == (SLOW, True)


def test_to_the_target_it_is_ours() -> None:
    found = one_way(Direction.TO_TARGET, limits=Limits(bits_per_s=SLOW))
    assert (found.limit_bits_per_s, found.reached_limit) == (SLOW, True)


def test_a_path_that_carries_far_less_has_not_reached_it() -> None:
    assert flow(Direction.FROM_TARGET, 8e8, 1_000_000_000).reached_limit is False


def test_where_there_is_no_limit_none_is_reached() -> None:
    assert flow(Direction.FROM_TARGET, 8e8, None).reached_limit is None


def test_people_are_told_that_it_is_the_responders() -> None:
    said = dict(rows(result(flow(Direction.FROM_TARGET, 996e6, 1_000_000_000))))
    assert said["limit"] == (
        "the responder's --rate of 1000 Mbit/s was reached: the path may carry more"
    )


def test_people_are_told_that_it_is_ours() -> None:
    said = dict(rows(result(flow(Direction.TO_TARGET, 9.9e9, 10_000_000_000))))
    assert said["limit"].startswith("this side's limit of 10000 Mbit/s")


def test_people_are_told_of_no_limit_where_the_path_was_it() -> None:
    assert "limit" not in dict(rows(result(flow(Direction.FROM_TARGET, 8e8, 1_000_000_000))))


def test_json_says_it() -> None:
    async def use(responder: Any) -> Any:
        argv = ["throughput", HOME, "--port", str(responder.port), "--duration", "1", "--json"]
        argv += ["--direction", "from-target"]
        return await asyncio.to_thread(CliRunner().invoke, main, argv)

    said = json.loads(with_responder(use, terms=Terms(bits_per_s=SLOW)).output)["from_target"]
    assert (said["limit_bits_per_s"], said["reached_limit"]) == (SLOW, True)


def test_a_watch_counts_streams_and_shows_no_time() -> None:
    tally = Tally()
    tally.note(result(flow(Direction.TO_TARGET, 5e8, None)))
    assert tally.rows() == [("results", "1, 1 good")]


def test_a_row_says_mbit_a_second() -> None:
    said = dict(rows(result(flow(Direction.TO_TARGET, 5e8, None))))
    assert said["to-target"].startswith("500.000 Mbit/s")
