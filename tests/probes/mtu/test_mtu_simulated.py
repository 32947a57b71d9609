"""A simulated search follows from the path, and looks like a real one."""

import asyncio
import json
from collections import Counter

import pytest
from click.testing import CliRunner

from probes import PathProfile, SimulatedNetwork, TargetUnresolvable
from probes.cli import main
from probes.clock import InstantClock
from probes.mtu import MtuPlan, MtuResult
from probes.records import as_json

GOOD = PathProfile(20.0, 0.0, 0.0)


def simulate(name: str, profile: PathProfile = GOOD, seed: int = 7) -> MtuResult:
    network = SimulatedNetwork(seed, profiles={name: profile})
    return asyncio.run(network.measure(MtuPlan(name)))


def test_paths_differ_and_some_are_black_holes() -> None:
    results = [simulate(f"host{number}.test") for number in range(200)]
    widths = Counter(result.mtu_bytes for result in results)
    assert set(widths) == {1280, 1400, 1480, 1492, 1500}
    assert widths.most_common(1)[0][0] == 1500
    narrow = [result for result in results if result.mtu_bytes != 1500]
    assert {result.black_hole for result in narrow} == {True, False}
    assert all((result.limited_by is None) == result.black_hole for result in narrow)


def test_an_unreachable_host_has_no_mtu() -> None:
    result = simulate("host.test", PathProfile(20.0, 0.0, 1.0))
    assert (result.ok, result.mtu_bytes, result.time_ms) == (False, None, None)
    assert result.failure is not None


def test_answers_later_than_the_next_packet_still_count() -> None:
    result = simulate("host.test", PathProfile(400.0, 0.0, 0.0))
    assert result.rtt_ms == 400.0


def test_the_same_seed_gives_the_same_bytes() -> None:
    rough = PathProfile(20.0, 3.0, 0.1)
    assert as_json(simulate("a.test", rough)) == as_json(simulate("a.test", rough))


def test_the_search_takes_its_time_on_the_clock() -> None:
    clock = InstantClock()
    network = SimulatedNetwork(7, clock, {"host.test": PathProfile(20.0, 0.0, 1.0)})
    asyncio.run(network.measure(MtuPlan("host.test", spacing_s=0.5, timeout_s=2.0)))
    assert clock.now_ms() == 3000


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(TargetUnresolvable):
        asyncio.run(SimulatedNetwork(7).measure(MtuPlan("")))


def test_the_verb_says_it_to_programs_and_people() -> None:
    arguments = ["mtu", "2001:db8::1", "--simulate", "7"]
    document = json.loads(CliRunner().invoke(main, [*arguments, "--json"]).output)
    assert document["mtu_bytes"] >= 1280
    assert f"path mtu: {document['mtu_bytes']} bytes" in CliRunner().invoke(main, arguments).output


def test_what_cannot_begin_ends_with_two() -> None:
    result = CliRunner().invoke(main, ["mtu", "192.0.2.1"])
    assert result.exit_code == 2
    assert result.output.count("\n") == 1
