"""FTP over imagined paths, and the verb."""

import asyncio
import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from probes import FailureKind, PathProfile, SimulatedNetwork
from probes.cli import main
from probes.errors import TargetUnresolvable
from probes.ftp import FtpPlan, FtpRequest, FtpResult, FtpSecurity

STEADY = PathProfile(base_rtt_ms=20.0, jitter_ms=0.0)


def measure(network: SimulatedNetwork, target: str = "h/a/b", **settings: Any) -> FtpResult:
    return asyncio.run(network.measure(FtpPlan(target, **settings)))


def steady() -> SimulatedNetwork:
    return SimulatedNetwork(1, profiles={"h": STEADY})


def test_the_same_seed_gives_the_same_results_whatever_happens_to_others() -> None:
    alone, beside = SimulatedNetwork(7), SimulatedNetwork(7)
    first = [measure(alone), measure(alone)]
    second = [measure(beside)]
    measure(beside, "other/x")
    second.append(measure(beside))
    assert first == second
    assert first[0] != first[1]


def test_phases_follow_from_the_round_trip() -> None:
    result = measure(steady())
    assert result.connect_ms == pytest.approx(20.1)
    assert result.negotiation_ms == pytest.approx(7 * 20.1 + 4.9, abs=1)
    assert result.wait_ms == pytest.approx(23, abs=3)


@pytest.mark.parametrize("action", FtpRequest)
def test_every_field_is_filled(action: FtpRequest) -> None:
    result = measure(steady(), request=action, security=FtpSecurity.EXPLICIT)
    assert result.ok
    assert result.total_ms
    assert result.tls_version
    assert result.tls_ms
    assert result.wire_bytes > 0
    assert (result.reply_code, bool(result.listing)) == (226, action is FtpRequest.LIST)


def test_a_file_keeps_its_size() -> None:
    network = steady()
    assert measure(network).wire_bytes == measure(network).wire_bytes


def test_a_limit_ends_the_download() -> None:
    result = measure(steady(), download_limit_bytes=500)
    assert (result.wire_bytes, result.limited) == (500, True)


def test_an_unreachable_host_is_a_timeout_of_the_connect() -> None:
    dead = SimulatedNetwork(1, profiles={"h": PathProfile(loss_probability=1.0)})
    result = measure(dead)
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "connect")
    assert (result.connect_ms, result.total_ms, result.wire_bytes) == (None, None, 0)


def test_patience_that_ends_in_the_middle_keeps_what_was_reached() -> None:
    result = measure(steady(), timeout_s=0.1)
    assert result.failure
    assert result.failure.phase == "negotiation"
    assert result.connect_ms is not None
    assert result.negotiation_ms is None


def test_the_clock_moves_by_what_it_took() -> None:
    network = steady()
    result = measure(network)
    assert result.total_ms
    assert network.clock.now_ms() == pytest.approx(result.total_ms, abs=1)


def test_a_reply_that_is_not_the_desired_is_a_status() -> None:
    result = measure(steady(), desired_reply_code=250)
    assert result.failure
    assert result.failure.kind is FailureKind.STATUS


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(TargetUnresolvable):
        measure(steady(), "a b/c")


def test_the_examples_of_the_verb_work() -> None:
    text = CliRunner().invoke(main, ["ftp", "--help"]).stdout
    examples = re.findall(r"^ +probes (ftp .+)$", text, re.MULTILINE)
    assert len(examples) == 4
    for example in examples:
        ran = CliRunner().invoke(main, [*example.split(), "--simulate", "1"])
        assert ran.exit_code == 0, ran.output


def test_the_verb_speaks_json_without_the_password() -> None:
    arguments = ["ftp", "h/a", "--simulate", "1", "--json", "--password", "secret word"]
    ran = CliRunner().invoke(main, arguments)
    report = json.loads(ran.stdout)
    assert report["total_ms"] == report["response_ms"] + report["transfer_ms"]
    assert "secret word" not in ran.stdout


def test_a_failure_is_exit_status_1_and_is_told() -> None:
    arguments = ["ftp", "h/a", "--simulate", "1", "--timeout", "0.000001"]
    ran = CliRunner().invoke(main, arguments)
    assert ran.exit_code == 1
    assert "failure: timeout in connect: " in ran.stdout


def test_a_plan_that_cannot_be_is_exit_status_2() -> None:
    ran = CliRunner().invoke(main, ["ftp", "h/directory/", "--simulate", "1"])
    assert (ran.exit_code, ran.stdout) == (2, "")
