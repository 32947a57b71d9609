"""Every way in which the other end can be absent or odd is a failure in words."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
from voice_rig import HOME, measured, posing, udp_socket

from probes import FailureKind, Limits, LiveNetwork, PlanInvalid, TargetPolicy, TargetRefused
from probes.agent_to_agent import AgentToAgentPlan, AgentToAgentResult, Direction
from probes.records import as_json
from probes.responder.messages import Grant, line
from probes.responder.packets import Greeting
from probes.throughput import Protocol, ThroughputPlan
from probes.voice import VoicePlan

TOKEN = bytes(range(16))


def plan(port: int, **settings: Any) -> AgentToAgentPlan:
    usual: dict[str, Any] = {"count": 3, "interval_s": 0.001, "timeout_s": 0.5}
    return AgentToAgentPlan(HOME, port, **(usual | {"direction": Direction.TO_TARGET} | settings))


def against(answers: Callable[[bytes], bytes | None], **settings: Any) -> AgentToAgentResult:
    async def main() -> AgentToAgentResult:
        async with posing(answers) as port:
            result = await measured(plan(port, **settings))
            assert isinstance(result, AgentToAgentResult)
            return result

    return asyncio.run(main())


def failed(result: Any) -> tuple[FailureKind, str]:
    assert not result.ok
    assert result.time_ms is None
    return result.failure.kind, result.failure.phase


def test_where_nobody_listens_the_connection_is_refused() -> None:
    with socket.socket() as idle:
        idle.bind((HOME, 0))
        result = asyncio.run(measured(plan(idle.getsockname()[1])))
    assert failed(result) == (FailureKind.REFUSED, "connect")
    assert "responder" in str(result.failure)


def test_one_who_says_nothing_is_not_waited_for_for_ever() -> None:
    assert failed(against(lambda _: b"")) == (FailureKind.TIMEOUT, "request")


def test_one_who_hangs_up() -> None:
    assert failed(against(lambda _: None)) == (FailureKind.RESET, "request")


@pytest.mark.parametrize(
    "answer",
    [
        b"hello\n",
        b"[]\n",
        b"{}\n",
        b"\xff\xfe\n",
        line({"port": 0, "token": TOKEN.hex(), "machine": "", "bits_per_s": 1}),
        line({"port": 70_000, "token": TOKEN.hex(), "machine": "", "bits_per_s": 1}),
        line({"port": "1", "token": TOKEN.hex(), "machine": "", "bits_per_s": 1}),
        line({"port": 1, "token": "zz", "machine": "", "bits_per_s": 1}),
        line({"port": 1, "token": None, "machine": "", "bits_per_s": 1}),
        line(
            {"port": 1, "token": TOKEN.hex(), "machine": "", "bits_per_s": 1, "host": "127.0.0.9"}
        ),
    ],
)
def test_one_who_speaks_otherwise(answer: bytes) -> None:
    assert failed(against(lambda _: answer)) == (FailureKind.PROTOCOL, "request")


def test_one_who_never_ends_a_line() -> None:
    assert failed(against(lambda _: b"x" * (5 << 20))) == (FailureKind.PROTOCOL, "request")


def test_one_who_says_no() -> None:
    result = against(lambda _: line({"error": "not today"}))
    assert failed(result) == (FailureKind.STATUS, "request")
    assert "not today" in str(result.failure)


def test_where_udp_is_blocked_the_greeting_times_out() -> None:
    with udp_socket() as deaf:
        grant = Grant(deaf.getsockname()[1], TOKEN, "", 1).line()
        result = against(lambda _: grant)
    assert failed(result) == (FailureKind.TIMEOUT, "greeting")


class Pretender:
    """Greets as it should, and then tells what it likes."""

    def __init__(self, report: bytes | None) -> None:
        self.report = report

    async def __call__(self, measure: Callable[[int], Any]) -> Any:
        loop = asyncio.get_running_loop()
        with udp_socket() as sock:
            sock.setblocking(False)  # noqa: FBT003
            loop.add_reader(sock, self._greet, sock)
            grant = Grant(sock.getsockname()[1], TOKEN, "", 1).line()

            def answers(said: bytes) -> bytes | None:
                return grant if b"kind" in said else self.report

            try:
                async with posing(answers) as port:
                    return await measure(port)
            finally:
                loop.remove_reader(sock)

    def _greet(self, sock: socket.socket) -> None:
        packet, sender = sock.recvfrom(2048)
        if packet[:4] == b"PRG1":
            sock.sendto(Greeting(TOKEN, Greeting.decode(packet).number, 5, 5).encode(), sender)
            return
        with udp_socket() as elsewhere:
            elsewhere.sendto(packet, sender)


def told(report: bytes | None, make: Callable[[int], Any] = plan) -> Any:
    return asyncio.run(Pretender(report)(lambda port: measured(make(port))))


@pytest.mark.parametrize(
    "report", [b"?\n", line({"rows": 1}), line({"rows": [[1, 2]]}), line({"rows": [[None] * 3]})]
)
def test_a_report_of_another_shape(report: bytes) -> None:
    assert failed(told(report)) == (FailureKind.PROTOCOL, "report")


def test_a_report_that_never_comes() -> None:
    assert failed(told(None)) == (FailureKind.RESET, "report")


@pytest.mark.parametrize("row", [[99, 5, 0], [-1, 5, 0], [0, -5, -1], [2**62, 0, 2**62]])
def test_a_report_of_what_was_not_sent_counts_for_nothing(row: list[int]) -> None:
    way = told(line({"rows": [row]})).to_target
    assert (way.sent, way.received) == (3, int(row[0] == 0))


def test_a_report_of_odd_numbers_is_no_trouble_to_voice() -> None:
    def make(port: int) -> VoicePlan:
        return VoicePlan(HOME, port, duration_s=0.1, timeout_s=0.5)

    rows = [[2**62, 2**62, 2**62], [-1, -1, -1], [0, -(2**62), -1]]
    result = told(line({"rows": rows}), make)
    assert (result.sent, result.received) == (5, 1)
    assert result.mos >= 1


def test_a_report_of_more_packets_than_were_sent_is_not_believed() -> None:
    def make(port: int) -> ThroughputPlan:
        return ThroughputPlan(
            HOME, port, Protocol.UDP, Direction.TO_TARGET, 100_000, 0.1, timeout_s=0.5
        )

    result = told(line({"rows": [[0, 10**6, 10**9, 0, 0, 0, 1, 2, 0]]}), make)
    assert failed(result) == (FailureKind.PROTOCOL, "report")


def test_datagrams_from_another_port_are_not_counted() -> None:
    """They come from the right address with the right token, and are ignored all the same."""

    def make(port: int) -> AgentToAgentPlan:
        return plan(port, direction=Direction.BOTH)

    result = told(line({"rows": [[number, 5, 0, 6] for number in range(3)]}), make)
    assert (result.from_target.sent, result.from_target.received) == (3, 0)


@pytest.mark.parametrize("make", [plan, lambda port: VoicePlan("10.9.9.9", port)])
def test_a_target_that_is_not_open_is_refused_before_any_packet(make: Any) -> None:
    async def main() -> None:
        live = LiveNetwork(TargetPolicy(allowed=()))
        try:
            await live.measure(make(9))
        finally:
            await live.close()

    with pytest.raises(TargetRefused):
        asyncio.run(main())


@pytest.mark.parametrize(
    "make",
    [
        lambda port: VoicePlan(HOME, port),
        lambda port: ThroughputPlan(HOME, port, Protocol.UDP),
        lambda port: plan(port, size_bytes=1000),
    ],
)
def test_the_rate_of_a_stream_is_bounded_by_the_network(make: Any) -> None:
    with pytest.raises(PlanInvalid, match="bit/s"):
        asyncio.run(measured(make(9), Limits(bits_per_s=10_000)))


def test_packets_a_second_are_bounded_by_the_network() -> None:
    with pytest.raises(PlanInvalid, match="packets/s"):
        asyncio.run(measured(plan(9), Limits(packets_per_s=999)))


@pytest.mark.parametrize(
    "settings",
    [
        {"count": 0},
        {"count": 30_001},
        {"interval_s": 0},
        {"interval_s": float("nan")},
        {"interval_s": 30},
        {"size_bytes": 19},
        {"dscp": 64},
        {"direction": "sideways"},
        {"timeout_s": 0},
        {"port": 0},
    ],
)
def test_impossible_plans_say_what_is_expected(settings: dict[str, Any]) -> None:
    with pytest.raises(PlanInvalid, match=r"expected|must"):
        plan(**{"port": 9, **settings})


def test_json_of_a_failure_has_no_numbers() -> None:
    document = json.loads(as_json(against(lambda _: None)))
    assert document["failure"]["kind"] == "reset"
    assert document["avg_rtt_ms"] is None
