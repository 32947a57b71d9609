"""TCP handshakes over cables with faults: every lost SYN is known, and every delay imposed."""

import asyncio
import socket
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest
from netlab import Impair, Lab
from tcp_peers import FirstSyn, every_fourth_port, is_unlucky, measured, serve_forever

from probes import TargetPolicy
from probes.errors import TargetRefused
from probes.failure import FailureKind
from probes.tcp import TcpAttempt, TcpMode, TcpPlan, TcpResult
from probes.tcp.attempt import attempt, open_socket


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(routers=1, links={1: Impair()}) as made:
        yield made


@pytest.fixture(scope="module")
def port(lab: Lab) -> Iterator[int]:
    with lab.server.serving(serve_forever) as number:
        yield number


def shake(lab: Lab, port: int, host: str | None = None, **settings: Any) -> TcpResult:
    """Measure as nobody, without any right."""
    policy = TargetPolicy.allowing(lab.network(), "10.99.0.0/16")
    plan = TcpPlan(host or lab.address("server"), port, **{"interval_s": 0.002, **settings})
    result: TcpResult = lab.client.run_unprivileged(lambda: measured(plan, policy))
    return result


def test_exactly_the_syns_that_were_lost_are_reported(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(drops=every_fourth_port))
    result = shake(lab, port, mode="syn", count=50, timeout_s=0.5)
    lost = [a.port for a in result.attempts if not a.answered]
    assert lost == [a.port for a in result.attempts if is_unlucky(a.port)]
    assert lab.counters(1).forward["tcp"].dropped == len(lost) > 0
    assert result.packet_loss == 100 * len(lost) / 50


@pytest.mark.slow
def test_a_repeated_syn_makes_a_late_connection_and_no_round_trip(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(drops=FirstSyn()))
    result = shake(lab, port, count=2, timeout_s=20)
    assert (result.ok, result.packet_loss) == (True, 0)
    for each in result.attempts:
        assert each.retransmits == 1
        assert each.kernel_rtt_ms is None
        assert each.connect_ms >= 1000


@pytest.mark.slow
def test_the_first_syn_decides_even_when_its_repetition_is_answered(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(drops=FirstSyn()))
    result = shake(lab, port, mode="syn", count=2, timeout_s=1.0)
    assert (result.ok, result.received, result.packet_loss) == (False, 0, 100)
    assert result.failure.kind is FailureKind.TIMEOUT


def test_silence_gives_no_number(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(loss=1.0))
    result = shake(lab, port, count=2, timeout_s=0.2)
    assert result.failure.kind is FailureKind.TIMEOUT
    assert (result.time_ms, result.avg_rtt_ms, result.jitter_ms) == (None, None, None)
    assert result.rtts_ms == (None, None)


def test_a_router_that_knows_no_way_is_heard(lab: Lab, port: int) -> None:
    result = shake(lab, port, "10.99.0.1", count=1, timeout_s=20)
    assert result.failure.kind is FailureKind.UNREACHABLE
    assert result.rtts_ms == (None,)


def test_the_kernel_round_trip_is_the_imposed_delay(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(delay_s=0.010), Impair(delay_s=0.010))
    errors = []
    for _ in range(8):  # the machine is shared: judged is the best of eight
        result = shake(lab, port, count=40, interval_s=0.005)
        assert min(result.samples_ms) >= 20
        errors.append(median(result.samples_ms) - 20)
        if errors[-1] < 0.4:
            break
    assert min(errors) < 0.4


@pytest.mark.slow
def test_an_answer_to_a_repeated_syn_is_no_answer_to_the_first(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(drops=FirstSyn()))
    where = (lab.address("server"), port)

    async def use() -> TcpAttempt:
        with open_socket(socket.AF_INET) as sock:
            return await attempt(sock, where, TcpMode.SYN, 20.0)

    result = lab.client.run(use)
    assert result.failure.kind is FailureKind.TIMEOUT
    assert "repeated" in result.failure.message
    assert (result.connect_ms, result.kernel_rtt_ms, result.retransmits) == (None, None, 1)


@pytest.mark.slow
def test_an_answer_that_waited_in_the_kernel_is_in_time(lab: Lab, port: int) -> None:
    lab.impair(1, Impair(delay_s=0.02))
    where = (lab.address("server"), port)

    async def use() -> TcpAttempt:
        with open_socket(socket.AF_INET) as sock:
            # The loop is busy from before the answer comes until after the time-out.
            asyncio.get_running_loop().call_later(0.001, time.sleep, 1.0)
            return await attempt(sock, where, TcpMode.CONNECT, 0.5)

    result = lab.client.run(use)
    assert result.failure is None
    assert result.kernel_rtt_ms < 500 < result.connect_ms


def test_a_closed_target_gets_no_packet() -> None:
    def use() -> None:
        for target in ("10.77.1.2", "10.77.0.2"):
            with pytest.raises(TargetRefused):
                measured(TcpPlan(target, 80, TcpMode.SYN))

    with Lab(routers=1, links={0: Impair()}) as lab:
        lab.client.run(use)
        assert lab.counters(0).forward["all"].seen == 0
