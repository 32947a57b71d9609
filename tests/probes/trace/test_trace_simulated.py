"""Simulated traces, and the command: no packet is sent."""

import asyncio
import json
from typing import Any

import pytest
from click.testing import CliRunner

from probes.cli import main
from probes.clock import InstantClock
from probes.errors import TargetUnresolvable
from probes.records import as_document
from probes.simulated import SimulatedNetwork
from probes.trace import HopState, TracePlan, TraceProtocol, TraceResult

protocols = pytest.mark.parametrize("protocol", TraceProtocol)


def found(plan: TracePlan, seed: int = 7, network: SimulatedNetwork | None = None) -> TraceResult:
    network = network or SimulatedNetwork(seed, InstantClock())
    return asyncio.run(network.measure(plan))


@protocols
@pytest.mark.parametrize("flows", [1, 5])
def test_the_same_seed_gives_the_same_trace(protocol: TraceProtocol, flows: int) -> None:
    plan = TracePlan("some.name", protocol, flows=flows)
    assert found(plan) == found(plan)
    assert as_document(found(plan)) != as_document(found(plan, seed=8))


def test_other_targets_change_nothing() -> None:
    busy = SimulatedNetwork(7, InstantClock())
    found(TracePlan("other.name"), network=busy)
    assert found(TracePlan("some.name"), network=busy).paths == found(TracePlan("some.name")).paths


def test_the_trace_takes_its_time() -> None:
    network = SimulatedNetwork(7, InstantClock())
    result = found(TracePlan("some.name"), network=network)
    assert result.time_ms is not None
    assert network.clock.now_ms() >= result.time_ms


def test_a_trace_goes_through_what_the_internet_is_made_of() -> None:
    network = SimulatedNetwork(1, InstantClock())
    result = found(TracePlan("some.name", flows=16), network=network)
    route = network.internet.route("some.name")
    assert route is not None
    assert len(result.hops) == len(route.routers) + 1
    for hop, router in zip(result.hops, route.routers, strict=False):
        assert set(hop.addresses) <= {str(face) for face in router.faces(4)}
        assert (hop.state is HopState.SILENT) == router.silent


def test_a_name_that_is_none_is_unresolvable() -> None:
    with pytest.raises(TargetUnresolvable):
        found(TracePlan("two words"))


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["trace", *arguments])


def test_the_command_prints_a_hop_a_line() -> None:
    said = run("some.name", "--simulate", "1")
    assert said.exit_code == 0
    hops = len(found(TracePlan("some.name"), seed=1).hops)
    assert said.output.count("\n") == hops + 2


def test_the_command_prints_json() -> None:
    said = run("some.name", "--simulate", "1", "--json", "--flows", "2", "--protocol", "udp")
    document = json.loads(said.output)
    assert (document["protocol"], document["port"], len(document["paths"])) == ("udp", 33_434, 2)


def test_the_command_keeps_to_the_largest_ttl() -> None:
    said = run("some.name", "--simulate", "1", "--max-hops", "2")
    assert said.exit_code == 1
    assert "did not answer; the last that did was" in said.output


def test_the_command_watches() -> None:
    said = run("some.name", "--simulate", "1", "--watch", "--count", "2", "--interval", "0")
    assert said.exit_code == 0
    assert "round 2" in said.output


def test_the_command_watches_in_json() -> None:
    said = run(
        *("some.name", "--simulate", "1", "--watch", "--json", "--count", "2"),
        *("--interval", "0"),
    )
    rounds = [json.loads(line)["rounds"] for line in said.output.splitlines()]
    assert rounds == [1, 2]


def test_the_command_traces_loopback() -> None:
    said = run("127.0.0.1", "--protocol", "udp", "--probes", "1", "--json")
    assert said.exit_code == 0
    assert json.loads(said.output)["hops"][0]["address"] == "127.0.0.1"


@pytest.mark.parametrize(
    "arguments",
    [("10.0.0.1",), ("127.0.0.1", "--port", "1"), ("127.0.0.1", "--flows", "99")],
)
def test_the_command_says_why_it_cannot(arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert (said.exit_code, said.output.count("\n")) == (2, 1)
