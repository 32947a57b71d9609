"""The throughput probe over a simulated network."""

from __future__ import annotations

import math
from random import Random

from probes.agent_to_agent.plan import Direction
from probes.failure import Failure, FailureKind
from probes.journey import Journey
from probes.path_profile import PathProfile
from probes.resolve import check_name
from probes.responder.tally import SECOND_NS, Second
from probes.simulated import SimulatedNetwork
from probes.throughput.evaluation import bulk_flow, packet_flow
from probes.throughput.plan import Protocol, ThroughputPlan
from probes.throughput.result import Flow, ThroughputResult

SEGMENT_BYTES = 1448
_BOTTLENECKS = (10e6, 50e6, 100e6, 250e6, 1e9)
_HEADERS_LEFT = 0.955
"""Share of a link that is payload: what a shaper of 10 Mbit/s lets through of TCP."""
_LARGEST_WINDOW_BYTES = 6 << 20
_NS = 1e6


async def simulated_throughput(
    plan: ThroughputPlan, network: SimulatedNetwork
) -> ThroughputResult:
    """Give every path a bottleneck from the seed; loss and round trip limit TCP besides."""
    check_name(plan.target)
    stream = network.turn("throughput", plan.target)
    address, protocol = str(network.address(plan.target)), Protocol(plan.protocol)
    journey = Journey(network, plan.target, stream, plan.timeout_s * 1000)
    flows: list[Flow] = []
    for direction in plan.ways:
        if None in [journey.exchange_ms() for _ in range(2)]:
            await network.clock.sleep(journey.spent_ms / 1000)
            text = f"No answer came within {plan.timeout_s:g} s."
            failure = Failure(FailureKind.TIMEOUT, "connect", text)
            return ThroughputResult.of(plan.target, address, protocol, flows, failure)
        flows.append(_flow(plan, direction, network, stream))
    await network.clock.sleep(journey.spent_ms / 1000 + plan.duration_s * len(flows))
    return ThroughputResult.of(plan.target, address, protocol, flows)


def bottleneck_bits_per_s(network: SimulatedNetwork, target: str) -> float:
    """Return the rate of the narrowest link of the path, the same at every call."""
    chance = network.stream("bottleneck", target).random()
    return _BOTTLENECKS[int(chance * len(_BOTTLENECKS))]


def _flow(
    plan: ThroughputPlan, direction: Direction, network: SimulatedNetwork, stream: Random
) -> Flow:
    profile = network.describe(plan.target)
    link = bottleneck_bits_per_s(network, plan.target) * _HEADERS_LEFT
    if plan.protocol == Protocol.TCP:
        return _bytes(plan, direction, _tcp_rate(profile, link), profile, stream)
    return _packets(plan, direction, link, profile, stream)


def _tcp_rate(profile: PathProfile, link_bits_per_s: float) -> float:
    """Return bits/s: MSS/RTT * sqrt(3/2p) (Mathis et al., 1997), window and link allowing."""
    rtt_s = (profile.base_rtt_ms + profile.jitter_ms) / 1000
    if rtt_s == 0:
        return link_bits_per_s
    window = 8 * _LARGEST_WINDOW_BYTES / rtt_s
    if not profile.loss_probability:
        return min(link_bits_per_s, window)
    mathis = 8 * SEGMENT_BYTES / rtt_s * math.sqrt(1.5 / profile.loss_probability)
    return min(link_bits_per_s, window, mathis)


def _bytes(
    plan: ThroughputPlan,
    direction: Direction,
    rate: float,
    profile: PathProfile,
    stream: Random,
) -> Flow:
    received, sent, lost = [], [], 0
    for number, length_s in enumerate(_lengths(plan.duration_s)):
        amount = round(rate * length_s / 8 * (0.98 + 0.04 * stream.random()))
        rtt_us = round(
            (profile.base_rtt_ms - math.log(1 - stream.random()) * profile.jitter_ms) * 1e3
        )
        lost += round(amount / SEGMENT_BYTES * profile.loss_probability)
        window = max(1, round(rate * rtt_us / 8e6 / SEGMENT_BYTES))
        pieces = max(2, amount // SEGMENT_BYTES)
        received.append(_row(number, length_s, pieces, amount))
        sent.append(
            [number, lost, amount, rtt_us, window, round(profile.jitter_ms * 1e3), 0, 0, 0]
        )
    return bulk_flow(direction, received, sent)


def _packets(
    plan: ThroughputPlan,
    direction: Direction,
    link: float,
    profile: PathProfile,
    stream: Random,
) -> Flow:
    request = plan.request(direction)
    carried = min(1.0, link / request.bits_per_s) * (1 - profile.loss_probability)
    rows = []
    for number, length_s in enumerate(_lengths(plan.duration_s)):
        offered = request.packets * length_s / plan.duration_s
        # The spread of a count of independent losses, from one draw.
        spread = (stream.random() - 0.5) * math.sqrt(12 * offered * carried * (1 - carried))
        came = min(round(offered), max(0, round(offered * carried + spread)))
        jitter_ns = round(profile.jitter_ms * (0.9 + 0.2 * stream.random()) * _NS)
        rows.append(_row(number, length_s, came, came * request.size_bytes, jitter_ns))
    return packet_flow(direction, request, rows, request.packets)


def _lengths(duration_s: float) -> list[float]:
    whole = int(duration_s)
    rest = duration_s - whole
    return [1.0] * whole + ([rest] if rest > 0 else [])


def _row(number: int, length_s: float, pieces: int, amount: int, jitter_ns: int = 0) -> list[int]:
    first_ns = number * SECOND_NS
    last_ns = first_ns + round(length_s * SECOND_NS)
    return Second(number, pieces, amount, 0, 0, jitter_ns, first_ns, last_ns).row()
