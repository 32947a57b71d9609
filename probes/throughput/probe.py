"""The throughput probe over a live network."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing, suppress
from dataclasses import replace
from threading import Event

from probes.agent_to_agent.plan import Direction
from probes.errors import PacketError, PlanInvalid
from probes.live import LiveNetwork
from probes.resolve import PinnedTarget
from probes.responder.bulk import drink, pour
from probes.responder.caller import Call, CallEnded, calling, ending
from probes.responder.datagrams import DatagramSocket
from probes.responder.messages import OVER_TCP, Kind
from probes.responder.packets import decode_numbered, encode_numbered
from probes.responder.sessions import GRACE_S
from probes.responder.stream import demand_any, greet, open_socket
from probes.responder.tally import COLUMNS, Tally
from probes.responder.threads import apart, send_on_time
from probes.throughput.evaluation import bulk_flow, packet_flow
from probes.throughput.plan import Protocol, ThroughputPlan
from probes.throughput.result import Flow, ThroughputResult

_LATEST_MS = 1000


async def throughput(plan: ThroughputPlan, network: LiveNetwork) -> ThroughputResult:
    """Send to the responder at the target, or have it send, one direction after the other."""
    most = network.gate.limits.bits_per_s
    if plan.protocol == Protocol.UDP and plan.rate_bits_per_s > most:
        raise PlanInvalid(f"The rate is {plan.rate_bits_per_s} bit/s: expected {most} at most.")
    pinned = await network.gate.admit(plan.target)
    address, flows, failure = str(pinned.address), [], None
    try:
        for direction in plan.ways:
            flows.append(await _flow(plan, direction, pinned, most))  # noqa: PERF401 - may fail
    except CallEnded as ended:
        failure = ended.failure
    return ThroughputResult.of(plan.target, address, Protocol(plan.protocol), flows, failure)


async def _flow(
    plan: ThroughputPlan, direction: Direction, pinned: PinnedTarget, bits_per_s: int
) -> Flow:
    request = plan.request(direction)
    async with calling(pinned, plan.port, request, plan.timeout_s) as call:
        if request.kind in OVER_TCP:
            return await _bytes(call, direction, bits_per_s)
        with closing(open_socket(call, departures=False)) as sock:
            await greet(call, sock)
            if request.kind is Kind.UDP_SINK:
                return await _send(call, sock, direction)
            return await _receive(call, sock, direction)


async def _bytes(call: Call, direction: Direction, bits_per_s: int) -> Flow:
    duration_s = call.request.duration_ms / 1000
    reader, writer = await call.pipe()
    try:
        with ending("stream", duration_s):
            if call.request.kind is Kind.TCP_SINK:
                ours = await pour(writer, duration_s, bits_per_s)
                theirs = await call.report(0, COLUMNS, GRACE_S)
                return replace(bulk_flow(direction, theirs, ours), limit_bits_per_s=bits_per_s)
            ours = await drink(reader, duration_s + GRACE_S)
        theirs = await call.report(0, COLUMNS, GRACE_S)
        most = call.grant.bits_per_s
        return replace(bulk_flow(direction, ours, theirs), limit_bits_per_s=most)
    finally:
        writer.close()


async def _send(call: Call, sock: DatagramSocket, direction: Direction) -> Flow:
    request, taken = call.request, [0, 0]

    def send(number: int) -> None:
        packet = encode_numbered(call.grant.token, number, time.time_ns(), request.size_bytes)
        taken[1] += 1
        with suppress(OSError):
            sock.send(packet, call.where, number)
            taken[0] += 1

    await apart(lambda stop: send_on_time(request.packets, request.interval_ns, send, stop))
    demand_any(taken[0], None)
    rows = await call.report(_LATEST_MS, COLUMNS, call.patience_s + _LATEST_MS / 1000)
    with ending("report", 0):
        if sum(row[1] for row in rows) > taken[0]:
            raise ValueError("the report counts more packets than were sent")
    return packet_flow(direction, request, rows, taken[0])


async def _receive(call: Call, sock: DatagramSocket, direction: Direction) -> Flow:
    tally, ended = Tally(call.request.packets), Event()
    counting = asyncio.create_task(apart(lambda stop: _count(call, sock, tally, ended, stop)))
    try:
        patience_s = call.request.duration_ms / 1000 + GRACE_S
        ((sent, _),) = await _one_row(call, patience_s)
        ended.set()
        await counting
    finally:
        counting.cancel()
    return packet_flow(direction, call.request, tally.rows(sock.overflowed), sent)


async def _one_row(call: Call, patience_s: float) -> list[list[int]]:
    rows = await call.report(0, 2, patience_s)
    with ending("report", patience_s):
        if len(rows) != 1 or not 0 <= rows[0][0] <= call.request.packets:
            raise ValueError("the report is not one row of a count that was granted")
    return rows


def _count(call: Call, sock: DatagramSocket, tally: Tally, ended: Event, stop: Event) -> None:
    """Count until all came, or until a while after the sender said that it has ended."""
    until = None
    while not stop.is_set() and tally.distinct < call.request.packets:
        arrival = sock.receive()
        if arrival is not None and arrival.sender == call.where:
            with suppress(PacketError):
                number, sent_ns = decode_numbered(call.grant.token, arrival.packet)
                tally.note_packet(number, len(arrival.packet), sent_ns, arrival.stamp_ns)
        if ended.is_set():
            until = until or time.monotonic() + _LATEST_MS / 1000
            if time.monotonic() > until:
                return
