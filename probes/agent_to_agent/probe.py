"""The agent-to-agent probe over a live network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

from probes.agent_to_agent.evaluation import Seen, Travels, evaluate
from probes.agent_to_agent.plan import AgentToAgentPlan
from probes.agent_to_agent.result import AgentToAgentResult
from probes.errors import PacketError, PlanInvalid
from probes.live import LiveNetwork
from probes.resolve import PinnedTarget
from probes.responder.caller import Call, CallEnded, calling
from probes.responder.datagrams import Arrival
from probes.responder.messages import Kind
from probes.responder.offset import ClockOffset
from probes.responder.packets import decode_numbered, encode_numbered
from probes.responder.stream import Stream, demand_any, greet, greet_again, open_socket, send

_LATEST_S = 1.0


async def agent_to_agent(plan: AgentToAgentPlan, network: LiveNetwork) -> AgentToAgentResult:
    """Exchange the packets with the responder at the target, and put both views together."""
    _check(plan, network)
    pinned = await network.gate.admit(plan.target)
    address = str(pinned.address)
    try:
        travels, offset = await _converse(plan, pinned)
    except CallEnded as ended:
        return AgentToAgentResult(
            plan.target, address, plan.direction, plan.dscp, failure=ended.failure
        )
    return evaluate(plan, address, travels, offset)


def _check(plan: AgentToAgentPlan, network: LiveNetwork) -> None:
    limits = network.gate.limits
    if plan.request.bits_per_s > limits.bits_per_s:
        asked = f"{plan.request.bits_per_s:.0f} bit/s"
        raise PlanInvalid(f"The packets make {asked}: expected {limits.bits_per_s} at most.")
    if 1 / plan.interval_s > limits.packets_per_s:
        asked = f"{1 / plan.interval_s:.0f} packets/s"
        raise PlanInvalid(f"The plan means {asked}: expected {limits.packets_per_s} at most.")


async def _converse(plan: AgentToAgentPlan, pinned: PinnedTarget) -> tuple[Travels, ClockOffset]:
    def make(number: int) -> bytes:
        return encode_numbered(call.grant.token, number, 0, plan.size_bytes)

    async with calling(pinned, plan.port, plan.request, plan.timeout_s) as call:
        with closing(open_socket(call)) as sock:
            before = await greet(call, sock)
            stream = await send(call, sock, make, _LATEST_S)
            demand_any(stream.sent, stream.refused)
            offset = await greet_again(call, sock, before)
            width = 4 if plan.request.kind is Kind.REFLECT else 3
            wait_ms = round(_LATEST_S * 1000)
            rows = await call.report(wait_ms, width, plan.timeout_s + _LATEST_S)
            return _travels(call, stream, rows), offset


def _travels(call: Call, stream: Stream, rows: Sequence[Sequence[int]]) -> Travels:
    return Travels(
        {number: left for number, left in enumerate(stream.left_ns) if left is not None},
        [Seen(*row[:3]) for row in rows],
        {count: row[3] for count, row in enumerate(rows) if len(row) == 4 and row[3]},
        list(_came_back(call, stream.came)),
    )


def _came_back(call: Call, arrivals: Sequence[Arrival]) -> Iterator[Seen]:
    for arrival in arrivals:
        try:
            _, count = decode_numbered(call.grant.token, arrival.packet)
        except PacketError:
            continue
        yield Seen(count, arrival.stamp_ns, arrival.traffic_class)
