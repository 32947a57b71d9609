"""SIP over imagined paths, and the verb."""

import asyncio
import json
import re
from typing import Any

import pytest
from click.testing import CliRunner

from probes import FailureKind, PathProfile, SimulatedNetwork
from probes.cli import main
from probes.sip import SipMethod, SipPlan, SipResult, SipTransport

ALL = (SipMethod.REGISTER, SipMethod.OPTIONS, SipMethod.INVITE)
STEADY = PathProfile(base_rtt_ms=20.0, jitter_ms=0.0)


def measure(network: SimulatedNetwork, target: str = "h", **settings: Any) -> SipResult:
    return asyncio.run(network.measure(SipPlan(target, **settings)))


def steady() -> SimulatedNetwork:
    return SimulatedNetwork(1, profiles={"h": STEADY})


def test_the_same_seed_gives_the_same_results_whatever_happens_to_others() -> None:
    alone, beside = SimulatedNetwork(7), SimulatedNetwork(7)
    first = [measure(alone), measure(alone)]
    second = [measure(beside)]
    measure(beside, "other")
    second.append(measure(beside))
    assert first == second
    assert first[0] != first[1]


def test_options_takes_a_round_trip() -> None:
    result = measure(steady())
    assert result.options_ms == pytest.approx(21.2, abs=1.1)
    assert result.wait_ms == result.options_ms


@pytest.mark.parametrize("transport", SipTransport)
def test_every_field_is_filled(transport: SipTransport) -> None:
    result = measure(steady(), methods=ALL, transport=transport, password="x")
    assert result.ok, result
    assert (result.connect_ms is not None) == transport.reliable
    assert (result.tls_ms is not None) == (transport is SipTransport.TLS)
    assert [step.code for step in result.steps] == [401, 200, 200, 200, 200]
    assert result.register_ms == pytest.approx(42.4, abs=2.3)
    assert result.invite_ms
    assert result.invite_ms > 70
    assert result.total_ms
    assert str(result.options_response).startswith("SIP/2.0 200 OK\r\n")


def test_without_a_password_nobody_asks_for_one() -> None:
    assert len(measure(steady(), methods=(SipMethod.REGISTER,)).steps) == 1


def test_what_is_lost_is_sent_again_by_the_timers() -> None:
    network = SimulatedNetwork(5, profiles={"h": PathProfile(20.0, 0.0, 0.5)})
    results = [measure(network, timeout_s=30) for _ in range(30)]
    again = next(result for result in results if result.retransmissions == 1)
    assert again.options_ms == pytest.approx(521.2, abs=1.1)


def test_an_unreachable_server_is_a_timeout() -> None:
    dead = SimulatedNetwork(1, profiles={"h": PathProfile(loss_probability=1.0)})
    result = measure(dead)
    assert result.failure
    assert (result.failure.kind, result.failure.phase) == (FailureKind.TIMEOUT, "options")
    assert (result.wait_ms, result.total_ms, result.retransmissions) == (None, None, 3)


def test_an_unreachable_server_is_a_timeout_of_the_connect() -> None:
    dead = SimulatedNetwork(1, profiles={"h": PathProfile(loss_probability=1.0)})
    result = measure(dead, transport=SipTransport.TLS)
    assert result.failure
    assert result.failure.phase == "connect"
    assert result.steps == ()


def test_the_clock_moves_by_what_it_took() -> None:
    network = steady()
    result = measure(network, transport=SipTransport.TCP)
    assert result.total_ms
    assert network.clock.now_ms() == pytest.approx(result.total_ms, abs=1)


def test_another_code_than_the_desired_is_a_status() -> None:
    result = measure(steady(), desired_code=404)
    assert result.failure
    assert result.failure.kind is FailureKind.STATUS


def test_the_examples_of_the_verb_work() -> None:
    text = CliRunner().invoke(main, ["sip", "--help"]).stdout
    examples = re.findall(r"^ +probes (sip .+)$", text, re.MULTILINE)
    assert len(examples) == 4
    for example in examples:
        words = [word.strip("'") for word in re.findall(r"'[^']*'|\S+", example)]
        ran = CliRunner().invoke(main, [*words, "--simulate", "1"])
        assert ran.exit_code == 0, ran.output


def test_the_verb_speaks_json_without_the_password() -> None:
    arguments = ["sip", "h", "--method", "register", "--password", "secret word"]
    ran = CliRunner().invoke(main, [*arguments, "--simulate", "1", "--json"])
    report = json.loads(ran.stdout)
    assert (report["ok"], report["response_code"], len(report["steps"])) == (True, 200, 2)
    assert "secret word" not in ran.stdout


def test_a_failure_is_exit_status_1_and_is_told() -> None:
    ran = CliRunner().invoke(main, ["sip", "h", "--simulate", "1", "--code", "404"])
    assert ran.exit_code == 1
    assert "failure: status in options: " in ran.stdout


@pytest.mark.parametrize("wrong", [["--header", "Via: x"], ["--user", "a b"], ["--port", "0"]])
def test_a_plan_that_cannot_be_is_exit_status_2(wrong: list[str]) -> None:
    ran = CliRunner().invoke(main, ["sip", "h", "--simulate", "1", *wrong])
    assert (ran.exit_code, ran.stdout) == (2, "")
