"""The agent-to-agent probe over a simulated network."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from probes.agent_to_agent.evaluation import Seen, Travels, evaluate
from probes.agent_to_agent.plan import AgentToAgentPlan, Direction
from probes.agent_to_agent.result import AgentToAgentResult
from probes.failure import Failure, FailureKind
from probes.journey import Journey
from probes.resolve import check_name
from probes.responder.offset import ClockOffset
from probes.simulated import SimulatedNetwork

_TURN_NS = 30_000
"""What a responder takes to send a packet back."""
_NS = 1e6


async def simulated_exchange(
    plan: AgentToAgentPlan, network: SimulatedNetwork
) -> AgentToAgentResult:
    """Let each way be half a round trip of the path, lost as often as one."""
    check_name(plan.target)
    stream = network.turn("agent-to-agent", plan.target)
    address = str(network.address(plan.target))
    journey = Journey(network, plan.target, stream, plan.timeout_s * 1000)
    talks = [journey.exchange_ms() for _ in range(2)]
    if None in talks:
        await network.clock.sleep(journey.spent_ms / 1000)
        text = f"No answer came within {plan.timeout_s:g} s."
        failure = Failure(FailureKind.TIMEOUT, "connect", text)
        return AgentToAgentResult(plan.target, address, plan.direction, plan.dscp, failure=failure)
    travels = _travels(plan, network, stream)
    best_ms = min((trip for trip in talks if trip is not None), default=0.0)
    await network.clock.sleep((journey.spent_ms + plan.request.duration_ms) / 1000)
    return evaluate(plan, address, travels, ClockOffset(0, round(best_ms / 2 * _NS)))


def _travels(plan: AgentToAgentPlan, network: SimulatedNetwork, stream: Random) -> Travels:
    left = {number: number * plan.request.interval_ns for number in range(plan.count)}
    there = _carry(left, plan, network, stream)
    if plan.direction == Direction.TO_TARGET:
        return Travels(left, there, {}, [])
    turned = {count: seen.stamp_ns + _TURN_NS for count, seen in enumerate(there)}
    return Travels(left, there, turned, _carry(turned, plan, network, stream))


def _carry(
    left: Mapping[int, int], plan: AgentToAgentPlan, network: SimulatedNetwork, stream: Random
) -> list[Seen]:
    came = []
    for key, left_ns in left.items():
        rtt_ms = network.round_trip_ms(plan.target, stream)
        if rtt_ms is not None:
            came.append(Seen(key, left_ns + round(rtt_ms / 2 * _NS), plan.dscp << 2))
    return sorted(came, key=lambda seen: seen.stamp_ns)
