"""The tcp probe over a simulated path: handshakes that take what the path takes."""

import math
from random import Random

from probes.failure import Failure, FailureKind
from probes.journey import Journey
from probes.resolve import check_name
from probes.simulated import SimulatedNetwork
from probes.tcp.plan import TcpPlan
from probes.tcp.result import PHASE, TcpAttempt, TcpMode, TcpResult, verdict

_FIRST_PORT, _PORTS = 32_768, 28_232
"""The range of Linux (ip_local_port_range)."""


async def simulated_tcp(plan: TcpPlan, network: SimulatedNetwork) -> TcpResult:
    """Shake hands down the imagined path; every port of a host that can be reached is open."""
    check_name(plan.target)
    address = str(network.address(plan.target))
    stream = network.turn("tcp", plan.target)
    first = int(stream.random() * _PORTS)
    attempts = tuple(
        _attempt(plan, network, stream, _FIRST_PORT + (first + turn) % _PORTS)
        for turn in range(plan.count)
    )
    await network.clock.sleep(_duration_s(plan, attempts))
    failure = verdict(plan.mode, attempts)
    return TcpResult(plan.target, address, plan.port, plan.mode, attempts, failure)


def _attempt(plan: TcpPlan, network: SimulatedNetwork, stream: Random, port: int) -> TcpAttempt:
    patience_ms = plan.timeout_s * 1000
    time_ms = Journey(network, plan.target, stream, patience_ms).exchange_ms()
    if time_ms is None:
        silence = Failure(FailureKind.TIMEOUT, PHASE, "The server did not answer in time.")
        return TcpAttempt(port, None, None, _repeats(patience_ms), silence)
    repeats = _repeats(time_ms)
    if repeats and plan.mode is TcpMode.SYN:
        late = Failure(FailureKind.TIMEOUT, PHASE, "Only a repeated SYN was answered.")
        return TcpAttempt(port, None, None, repeats, late)
    return TcpAttempt(port, time_ms, None if repeats else time_ms, repeats)


def _repeats(elapsed_ms: float) -> int:
    """Count the SYNs that are sent again after 1, 3, 7 … seconds of waiting."""
    return int(math.log2(elapsed_ms / 1000 + 1))


def _duration_s(plan: TcpPlan, attempts: tuple[TcpAttempt, ...]) -> float:
    times_ms = [attempt.connect_ms for attempt in attempts]
    waits = (plan.timeout_s if time is None else time / 1000 for time in times_ms)
    return max(turn * plan.interval_s + wait for turn, wait in enumerate(waits))
