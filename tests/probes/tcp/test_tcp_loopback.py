"""TCP handshakes at home: who answered, from which ports, and what is never contacted."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import uvloop
from tcp_peers import accepting, closed_port, measured

from probes import (
    LiveNetwork,
    PlanInvalid,
    ProbeError,
    TargetPolicy,
    TargetRefused,
    TargetUnresolvable,
)
from probes.failure import FailureKind
from probes.tcp import TcpMode, TcpPlan, TcpResult


async def live(plan: TcpPlan, **settings: Any) -> TcpResult:
    network = LiveNetwork(TargetPolicy(), **settings)
    try:
        return await network.measure(plan)
    finally:
        await network.close()


@pytest.mark.parametrize("mode", TcpMode)
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_open_port_answers_every_attempt(mode: TcpMode, host: str) -> None:
    async def use(port: int, came: list[int]) -> TcpResult:
        return await live(TcpPlan(host, port, mode, count=5, interval_s=0))

    result = accepting(use, host)
    assert (result.ok, result.sent, result.received, result.refused) == (True, 5, 5, 0)
    assert result.packet_loss == 0
    assert all(attempt.retransmits == 0 for attempt in result.attempts)


def test_the_kernel_never_sees_a_longer_round_trip_than_the_program() -> None:
    async def use(port: int, came: list[int]) -> TcpResult:
        return await live(TcpPlan("127.0.0.1", port, count=20, interval_s=0))

    for attempt in accepting(use).attempts:
        assert 0 < attempt.kernel_rtt_ms <= attempt.connect_ms


def test_fifty_syns_come_from_fifty_ports_as_the_server_sees_them() -> None:
    async def use(port: int, came: list[int]) -> tuple[TcpResult, list[int]]:
        result = await live(TcpPlan("127.0.0.1", port, "syn", count=50, interval_s=0))
        while len(came) < 50:
            await asyncio.sleep(0.01)
        return result, came

    result, came = accepting(use)
    assert sorted(attempt.port for attempt in result.attempts) == sorted(came)
    assert len(set(came)) == 50


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_closed_port_is_a_failure_whose_time_is_kept(host: str) -> None:
    with closed_port(host) as port:
        result = measured(TcpPlan(host, port, count=3, interval_s=0))
    assert not result.ok
    assert result.failure.kind is FailureKind.REFUSED
    assert (result.received, result.refused, result.packet_loss) == (3, 3, 0)
    assert len(result.samples_ms) == 3
    assert result.avg_connect_ms is None
    assert [attempt.kernel_rtt_ms for attempt in result.attempts] == [None] * 3


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_another_event_loop_hears_the_same(host: str) -> None:
    with closed_port(host) as port:
        result = measured(TcpPlan(host, port, "syn", count=3, interval_s=0), run=uvloop.run)
    assert (result.received, result.refused) == (3, 3)


def test_a_closed_port_answers_syns() -> None:
    with closed_port() as port:
        result = measured(TcpPlan("127.0.0.1", port, TcpMode.SYN, count=3, interval_s=0))
    assert result.ok
    assert (result.received, result.refused, result.failure) == (3, 3, None)
    assert result.time_ms == result.avg_rtt_ms is not None


def test_a_connection_to_itself_is_a_closed_port(namespace: Any) -> None:
    def use() -> TcpResult:
        Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("40000 40000")
        return measured(TcpPlan("127.0.0.1", 40000, count=1))

    result = namespace().run(use)
    assert result.failure.kind is FailureKind.REFUSED
    assert "itself" in result.failure.message


def test_no_source_port_comes_twice_and_running_out_of_them_is_said(namespace: Any) -> None:
    def use() -> str:
        Path("/proc/sys/net/ipv4/ip_local_port_range").write_text("40000 40001")
        with pytest.raises(ProbeError) as caught:
            measured(TcpPlan("127.0.0.1", 50_000, TcpMode.SYN, count=5, interval_s=0.02))
        return str(caught.value)

    message = "No TCP connection can be begun here: address already in use."
    assert namespace().run(use) == message


def test_a_closed_target_is_refused() -> None:
    with pytest.raises(TargetRefused):
        measured(TcpPlan("192.0.2.1", 80))


def test_a_name_is_resolved_once_and_its_address_pinned() -> None:
    asked: list[str] = []

    async def rebinding(name: str, _: Any) -> Sequence[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["192.0.2.1"]

    async def use(port: int, came: list[int]) -> TcpResult:
        plan = TcpPlan("rebinding.test", port, count=5, interval_s=0)
        return await live(plan, lookup=rebinding)

    result = accepting(use)
    assert asked == ["rebinding.test"]
    assert (result.target, result.address, result.received) == ("rebinding.test", "127.0.0.1", 5)


def test_an_unknown_zone_is_no_target() -> None:
    policy = TargetPolicy.allowing("fe80::1/128")
    with pytest.raises(TargetUnresolvable):
        measured(TcpPlan("fe80::1%nowhere", 80), policy)


def test_cancelling_leaves_no_task_behind() -> None:
    async def use(port: int, came: list[int]) -> int:
        plan = TcpPlan("127.0.0.1", port, count=100, interval_s=10)
        before = len(asyncio.all_tasks())
        task = asyncio.create_task(live(plan))
        while not came:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return len(asyncio.all_tasks()) - before

    assert accepting(use) <= 0


@pytest.mark.parametrize(
    "settings",
    [
        {"port": 0},
        {"port": 65_536},
        {"count": 0},
        {"count": 1001},
        {"mode": "syn", "count": 51},
        {"mode": "syn", "timeout_s": 1.5},
        {"mode": "sack"},
        {"interval_s": -1},
        {"interval_s": float("nan")},
        {"timeout_s": 0},
        {"timeout_s": float("inf")},
    ],
)
def test_impossible_settings_make_no_plan(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid):
        TcpPlan(**{"target": "127.0.0.1", "port": 80, **settings})
