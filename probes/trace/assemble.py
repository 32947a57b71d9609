"""From what a course heard to what a trace found."""

import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from probes.failure import Failure, FailureKind
from probes.icmp_errors import ErrorKind
from probes.resolve import PinnedTarget
from probes.targets import family_of
from probes.trace.course import Course
from probes.trace.lane import Lane
from probes.trace.plan import TracePlan, TraceProtocol
from probes.trace.result import HopResponse, HopState, TraceHop, TracePath, TraceResult
from probes.trace.shot import Answer, Shot

PHASE = "hops"
PORT_CODES: Mapping[int, int] = MappingProxyType({socket.AF_INET: 3, socket.AF_INET6: 4})
"""Code of the error that says that nobody listens on the port: then the host was reached."""

# The letters of traceroute(8).
_MARKS: Mapping[int, Mapping[int, str]] = MappingProxyType(
    {
        socket.AF_INET: {0: "!N", 1: "!H", 2: "!P", 5: "!S", 6: "!N", 7: "!H", 9: "!X"}
        | {10: "!X", 11: "!N", 12: "!H", 13: "!X", 14: "!V", 15: "!C"},
        socket.AF_INET6: {0: "!N", 1: "!X", 2: "!S", 3: "!H", 5: "!X", 6: "!X"},
    }
)
_MEANINGS = MappingProxyType(
    {
        "!N": "the network cannot be reached",
        "!H": "the host cannot be reached",
        "!P": "the host does not speak the protocol",
        "!X": "traffic to it is prohibited",
        "!S": "the route or source address failed",
        "!F": "the packet does not fit the next link",
    }
)


def result_of(plan: TracePlan, pinned: PinnedTarget, course: Course) -> TraceResult:
    """Say what was found; the course is over."""
    family = family_of(pinned.address)
    paths = tuple(path_of(lane, course.ended_s, family, plan) for lane in course.lanes)
    protocol, port = TraceProtocol(plan.protocol), plan.probed_port
    result = TraceResult(pinned.name, str(pinned.address), protocol, port, paths)
    return result if result.reached else replace(result, failure=_failure(result, course))


def path_of(lane: Lane, ended_s: float, family: int, plan: TracePlan) -> TracePath:
    """Say what one flow found."""
    counted = shots_by_ttl(lane, ended_s)
    reached = has_reached(lane, family)
    hops = [
        _hop(ttl, shots, family, is_target=reached and ttl == lane.end)
        for ttl, shots in counted.items()
    ]
    if reached:
        hops[-1] = replace(hops[-1], by_errors=answers_by_errors(lane))
    if lane.end is not None and not hops[-1].responses:
        # The probes that count were lost, but others found who is there.
        known = _response(lane.ends()[:1], family)
        hops[-1] = replace(hops[-1], responses=(replace(known, rtts_ms=()),))
    constant = plan.protocol != TraceProtocol.TCP or plan.flows > 1
    return TracePath(lane.flow, labelled(hops), reached, constant, lane.missing(ended_s))


def shots_by_ttl(lane: Lane, ended_s: float) -> dict[int, list[Shot]]:
    """Return the probes that count for every hop: answered, or waited for in full.

    What went beyond the end of the path counts there.
    """
    last = lane.last()
    counted: dict[int, list[Shot]] = {ttl: [] for ttl in range(1, last + 1)}
    for shot in lane.shots:
        waited = shot.answer is not None or shot.deadline_s <= ended_s
        if waited and shot.ttl <= last and shot.ttl != lane.end:
            counted[shot.ttl].append(shot)
    if lane.end is not None:
        counted[lane.end] = lane.judged(ended_s)
    return counted


def has_reached(lane: Lane, family: int) -> bool:
    """Tell whether the flow got to the target."""
    answers = (shot.answer for shot in lane.ends())
    return any(reaches(answer, lane.host, family) for answer in answers if answer)


def answers_by_errors(lane: Lane) -> bool:
    """Tell whether the end of the path gave an ICMP error where a service would have answered."""
    return any(shot.answer is not None and shot.answer.kind is not None for shot in lane.ends())


def reaches(answer: Answer, host: str, family: int) -> bool:
    """Tell whether the answer shows that the probe got to the target."""
    if answer.kind is None:
        return True
    return answer.kind is ErrorKind.UNREACHABLE and (
        answer.host == host or answer.code == PORT_CODES[family]
    )


def merged(paths: Sequence[TracePath]) -> tuple[TraceHop, ...]:
    """Put the hops of several paths together by TTL."""
    if len(paths) == 1:
        return paths[0].hops
    by_ttl: dict[int, list[TraceHop]] = {}
    for hop in (hop for path in paths for hop in path.hops):
        by_ttl.setdefault(hop.ttl, []).append(hop)
    return labelled([_joined(by_ttl[ttl]) for ttl in sorted(by_ttl)])


def labelled(hops: Sequence[TraceHop]) -> tuple[TraceHop, ...]:
    """Give every hop its state, which follows from the hops behind it."""
    best_behind, states = 0.0, []
    for hop in reversed(hops):
        share = hop.received / hop.sent if hop.sent else 0.0
        states.append(_state(hop, share, best_behind))
        best_behind = max(best_behind, share)
    return tuple(
        replace(hop, state=state) for hop, state in zip(hops, reversed(states), strict=True)
    )


def _state(hop: TraceHop, share: float, best_behind: float) -> HopState:
    if hop.is_target and hop.by_errors and share < 1:
        return HopState.RATE_LIMITED
    return state_of(share, best_behind)


def state_of(share: float, best_behind: float) -> HopState:
    """Name what the share of answered probes means, given the best share of any later hop."""
    if share == 0:
        return HopState.SILENT if best_behind else HopState.LOST
    return HopState.RATE_LIMITED if share < best_behind else HopState.ANSWERS


def mark_of(answer: Answer, family: int) -> str | None:
    """Return traceroute's mark for an error that ends the path before the target's port."""
    if answer.kind is ErrorKind.PACKET_TOO_BIG:
        return "!F"
    if answer.kind is not ErrorKind.UNREACHABLE or answer.code == PORT_CODES[family]:
        return None
    return _MARKS[family].get(answer.code, f"!<{answer.code}>")


def _hop(ttl: int, shots: Sequence[Shot], family: int, *, is_target: bool) -> TraceHop:
    answers: dict[str, list[Shot]] = {}
    for shot in shots:
        if shot.answer:
            answers.setdefault(shot.answer.host, []).append(shot)
    responses = tuple(_response(answered, family) for answered in answers.values())
    return TraceHop(ttl, len(shots), responses, HopState.ANSWERS, is_target)


def _response(shots: Sequence[Shot], family: int) -> HopResponse:
    answers = [shot.answer for shot in shots if shot.answer]
    rtts_ms = tuple(shot.rtt_ms for shot in shots if shot.rtt_ms is not None)
    marks = (mark_of(answer, family) for answer in answers)
    return HopResponse(
        answers[0].host, rtts_ms, answers[-1].labels, next(filter(None, marks), None)
    )


def _joined(hops: Sequence[TraceHop]) -> TraceHop:
    first, sent = hops[0], sum(hop.sent for hop in hops)
    known: dict[str, HopResponse] = {}
    for response in (response for hop in hops for response in hop.responses):
        before = known.get(response.address)
        known[response.address] = _together(before, response) if before else response
    is_target = any(hop.is_target for hop in hops)
    by_errors = any(hop.by_errors for hop in hops)
    responses = tuple(known.values())
    return TraceHop(first.ttl, sent, responses, HopState.ANSWERS, is_target, by_errors)


def _together(before: HopResponse, more: HopResponse) -> HopResponse:
    return replace(
        before,
        rtts_ms=before.rtts_ms + more.rtts_ms,
        labels=before.labels or more.labels,
        unreachable=before.unreachable or more.unreachable,
    )


def _failure(result: TraceResult, course: Course) -> Failure:
    if course.send_error is not None:
        message = f"The probes could not be sent: {course.send_error.lower()}."
        return Failure(FailureKind.UNREACHABLE, PHASE, message)
    if refusal := _refusal(result.hops):
        return refusal
    if course.is_cut:
        message = f"The trace was stopped after {course.order.longest_s:.4g} s without an end."
        return Failure(FailureKind.TIMEOUT, PHASE, message)
    answering = [hop for hop in result.hops if hop.address]
    if not answering:
        message = f"Neither {result.address} nor a router on the way to it answered."
        return Failure(FailureKind.TIMEOUT, PHASE, message)
    last = answering[-1]
    message = f"{result.address} did not answer; the last that did was {last.address}"
    return Failure(FailureKind.TIMEOUT, PHASE, f"{message} at hop {last.ttl}.")


def _refusal(hops: Iterable[TraceHop]) -> Failure | None:
    for hop in hops:
        for response in hop.responses:
            mark = response.unreachable
            if mark:
                meaning = _MEANINGS.get(mark, "it cannot be reached")
                message = f"{response.address} at hop {hop.ttl} says that {meaning} ({mark})."
                return Failure(FailureKind.UNREACHABLE, PHASE, message)
    return None
