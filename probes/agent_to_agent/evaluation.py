"""From departures and arrivals at both ends to two one-way results; no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from probes.agent_to_agent.plan import AgentToAgentPlan, Direction
from probes.agent_to_agent.result import AgentToAgentResult, OneWay
from probes.responder.offset import ClockOffset

_NS = 1e6


@dataclass(frozen=True, slots=True)
class Seen:
    """A packet that arrived: its key in the order of sending, when in ns, its traffic class."""

    key: int
    stamp_ns: int
    traffic_class: int


@dataclass(frozen=True, slots=True)
class Travels:
    """What both ends know, times in ns of their own clocks.

    `left_here` is by number. `came_there` is in order of arrival, keyed by number; the n-th of
    them left there at `left_there[n]`, None or left out where it did not. `came_here` is in order
    of arrival, keyed by n.
    """

    left_here: Mapping[int, int]
    came_there: Sequence[Seen]
    left_there: Mapping[int, int]
    came_here: Sequence[Seen]


def evaluate(
    plan: AgentToAgentPlan, address: str, travels: Travels, offset: ClockOffset
) -> AgentToAgentResult:
    """Judge each direction by itself, and the way there and back."""
    reflected = plan.direction != Direction.TO_TARGET
    there = one_way(travels.left_here, travels.came_there, offset.offset_ns)
    back = one_way(travels.left_there, travels.came_here, -offset.offset_ns)
    return AgentToAgentResult(
        plan.target,
        address,
        plan.direction,
        plan.dscp,
        there if plan.direction != Direction.FROM_TARGET else None,
        back if reflected else None,
        _round_trips_ms(travels) if reflected else (),
        offset.offset_ns / _NS,
        offset.error_ns / _NS,
    )


def one_way(left: Mapping[int, int], came: Sequence[Seen], offset_ns: int) -> OneWay:
    """Match arrivals with departures; arrivals of what was never sent are left out."""
    known = [seen for seen in came if seen.key in left]
    first = {seen.key: seen for seen in reversed(known)}
    latencies = [
        (first[key].stamp_ns - offset_ns - left[key]) / _NS if key in first else None
        for key in sorted(left)
    ]
    marks = Counter(seen.traffic_class >> 2 for seen in known).most_common(1)
    return OneWay(
        len(left),
        len(first),
        len(known) - len(first),
        _reordered([seen.key for seen in known if first[seen.key] is seen]),
        marks[0][0] if marks else None,
        tuple(latencies),
    )


def _reordered(keys: Sequence[int]) -> int:
    following = late = 0
    for key in keys:
        late += key < following
        following = max(following, key + 1)
    return late


def _round_trips_ms(travels: Travels) -> tuple[float | None, ...]:
    """By number; of several copies the first that came back counts."""
    trips: dict[int, float] = {}
    for seen in travels.came_here:
        if not 0 <= seen.key < len(travels.came_there) or seen.key not in travels.left_there:
            continue
        turned = travels.came_there[seen.key]
        if turned.key not in travels.left_here:
            continue
        spent_ns = travels.left_there[seen.key] - turned.stamp_ns
        trip_ns = seen.stamp_ns - travels.left_here[turned.key] - spent_ns
        trips.setdefault(turned.key, trip_ns / _NS)
    return tuple(trips.get(number) for number in sorted(travels.left_here))
