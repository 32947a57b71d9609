"""From rows a second to flows; no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from probes.agent_to_agent.plan import Direction
from probes.responder.messages import Request
from probes.responder.tally import SECOND_NS, Second
from probes.throughput.result import Flow, Interval

_SHORTEST_NS = SECOND_NS // 10

Rows = Sequence[Sequence[int]]


def bulk_flow(direction: Direction, received: Rows, sent: Rows) -> Flow:
    """Judge a TCP stream by its receiver's rows, and by its sender's for TCP's own figures."""
    flow = _flow(direction, _seconds(received))
    if not sent:
        return flow
    last = sent[-1]
    return replace(
        flow,
        intervals=_with_tcp(flow.intervals, sent),
        retransmits=last[1],
        rtt_ms=last[3] / 1000,
        rtt_deviation_ms=last[5] / 1000,
        congestion_window=last[4],
    )


def packet_flow(direction: Direction, request: Request, received: Rows, sent: int) -> Flow:
    """Judge a UDP stream by its receiver's rows; `sent` is what the sender's kernel took."""
    seconds = _seconds(received)
    offered = request.bits_per_s * sent / request.packets
    return replace(
        _flow(direction, seconds),
        sent=sent,
        received=sum(second.packets for second in seconds),
        duplicates=sum(second.duplicates for second in seconds),
        reordered=sum(second.reordered for second in seconds),
        overflowed=sum(second.overflowed for second in seconds),
        jitter_ms=seconds[-1].jitter_ns / 1e6 if seconds else None,
        offered_bits_per_s=offered,
    )


def _seconds(rows: Rows) -> list[Second]:
    return [Second(*row) for row in rows]


def _flow(direction: Direction, seconds: Sequence[Second]) -> Flow:
    total = sum(second.bytes for second in seconds)
    pieces = sum(second.packets for second in seconds)
    span_ns = seconds[-1].last_ns - seconds[0].first_ns if seconds else 0
    # Of n pieces n - 1 came within the time from the first to the last.
    rate = total * (pieces - 1) / pieces * 8e9 / span_ns if pieces > 1 and span_ns > 0 else None
    return Flow(direction, total, span_ns / 1e9, rate, _intervals(seconds))


def _intervals(seconds: Sequence[Second]) -> tuple[Interval, ...]:
    if not seconds:
        return ()
    ended_ns = seconds[-1].last_ns - seconds[0].first_ns
    lengths = [min(SECOND_NS, ended_ns - second.number * SECOND_NS) for second in seconds]
    return tuple(
        Interval(second.number, second.bytes * 8e9 / length_ns)
        for second, length_ns in zip(seconds, lengths, strict=True)
        # A handful of packets over a moment has no rate worth telling.
        if length_ns >= _SHORTEST_NS
    )


def _with_tcp(intervals: Sequence[Interval], sent: Rows) -> tuple[Interval, ...]:
    by_second = {row[0]: row for row in sent}
    before = {row[0]: earlier[1] for earlier, row in zip([[0] * 8, *sent], sent, strict=False)}
    return tuple(
        replace(
            interval,
            retransmits=row[1] - before[interval.second],
            rtt_ms=row[3] / 1000,
            congestion_window=row[4],
        )
        if (row := by_second.get(interval.second))
        else interval
        for interval in intervals
    )
