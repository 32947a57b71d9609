"""What rounds of a trace add up to: the table that mtr and PingPlotter show."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from probes import statistics
from probes.icmp_errors import MplsLabel
from probes.resolve import PinnedTarget
from probes.targets import family_of
from probes.trace.assemble import answers_by_errors, has_reached, shots_by_ttl, state_of
from probes.trace.course import Course
from probes.trace.demand import Demand
from probes.trace.lane import Lane
from probes.trace.result import HopState
from probes.trace.shot import Shot

WINDOW = 100
"""Probes per hop that figures are taken over."""
MOST_ADDRESSES = 16


@dataclass(frozen=True, slots=True)
class HopStatistics:
    """One TTL over the last probes; `unanswered` is percent, and a loss only at the target.

    `stdev_ms` is the population's; `jitter_ms` the mean difference of consecutive answers.
    """

    ttl: int
    addresses: tuple[str, ...]
    state: HopState
    is_target: bool
    sent: int
    received: int
    unanswered: float | None
    packet_loss: float | None
    last_rtt_ms: float | None
    avg_rtt_ms: float | None
    min_rtt_ms: float | None
    max_rtt_ms: float | None
    stdev_ms: float | None
    jitter_ms: float | None
    labels: tuple[MplsLabel, ...] | None = None


@dataclass(frozen=True, slots=True)
class TraceWatchResult:
    """A table of hops after so many rounds; the last row is the target's own, once it is known.

    Its loss is counted by rounds and not by TTL: a path that grows or shrinks loses nothing.
    Where the target answers by ICMP errors, which hosts limit, it is None (and the row
    `rate_limited`) if an answer is missing to a probe that followed another within two seconds:
    the limit explains that as well as a loss does.
    """

    SUMMARY: ClassVar = ("packet_loss", "time_ms")

    target: str
    address: str
    rounds: int
    reached: bool
    """In the last round."""
    hops: tuple[HopStatistics, ...]

    @property
    def ok(self) -> bool:
        """Whether the target was reached in the last round."""
        return self.reached

    @property
    def end(self) -> HopStatistics | None:
        """The target's row; None as long as it has never answered."""
        return self.hops[-1] if self.hops and self.hops[-1].is_target else None

    @property
    def packet_loss(self) -> float | None:
        """Percent of the probes to the target; None if it never answered, or nothing tells."""
        return self.end.packet_loss if self.end else None

    @property
    def time_ms(self) -> float | None:
        """Mean round trip to the target."""
        return self.end.avg_rtt_ms if self.end else None


class _Row:
    """The samples of one hop, oldest first; None for a probe without an answer."""

    __slots__ = ("addresses", "labels", "samples")

    def __init__(self, window: int) -> None:
        self.samples: deque[float | None] = deque(maxlen=window)
        self.addresses: dict[str, None] = {}
        self.labels: tuple[MplsLabel, ...] | None = None

    def note(self, shot: Shot) -> None:
        self.samples.append(shot.rtt_ms)
        answer = shot.answer
        if answer is None:
            return
        self.labels = answer.labels
        if answer.host not in self.addresses:
            self.addresses[answer.host] = None
            if len(self.addresses) > MOST_ADDRESSES:
                del self.addresses[next(iter(self.addresses))]

    def miss(self) -> None:
        self.samples.append(None)

    @property
    def share(self) -> float:
        """Answered part of the samples."""
        answered = sum(sample is not None for sample in self.samples)
        return answered / len(self.samples) if self.samples else 0.0

    def statistics(self, ttl: int, state: HopState, *, is_target: bool) -> HopStatistics:
        rtts_ms = [rtt for rtt in self.samples if rtt is not None]
        sent, received = len(self.samples), len(rtts_ms)
        unanswered = statistics.packet_loss_percent(sent, received) if sent else None
        return HopStatistics(
            ttl,
            tuple(self.addresses),
            state,
            is_target,
            sent,
            received,
            unanswered,
            unanswered if is_target else None,
            rtts_ms[-1] if rtts_ms else None,
            statistics.average(rtts_ms),
            statistics.minimum(rtts_ms),
            statistics.maximum(rtts_ms),
            statistics.standard_deviation_jitter(rtts_ms),
            statistics.consecutive_difference_jitter(rtts_ms),
            self.labels,
        )


class TraceHistory:
    """The rounds of one continuous trace, in a bounded window; it grows by `note`."""

    def __init__(self, pinned: PinnedTarget, window: int = WINDOW) -> None:
        self.pinned = pinned
        self.rounds = 0
        self.misses = 0
        self.length = 0
        self.reached = False
        self.slowest_ms = 0.0
        self._window = window
        self._routers: dict[int, _Row] = {}
        self._target = _Row(window)
        self._demand = Demand()
        self._excused: deque[bool] = deque(maxlen=window)
        self._by_errors = False

    def note(self, course: Course) -> None:
        """Add a round that is over."""
        self.rounds += 1
        family = family_of(self.pinned.address)
        ends = [lane.end for lane in course.lanes if lane.end and has_reached(lane, family)]
        self.reached = bool(ends)
        self.misses = 0 if ends else self.misses + 1
        self.length = max(ends, default=self.length)
        self._note_demand(course)
        for lane in course.lanes:
            self._note_lane(lane, course, is_reached=has_reached(lane, family))
        if ends:
            self._routers = {ttl: row for ttl, row in self._routers.items() if ttl < self.length}

    @property
    def is_limited(self) -> bool:
        """Whether the target may owe answers that are missing to a limit of its own."""
        return self._by_errors and any(self._excused)

    def result(self) -> TraceWatchResult:
        """Work out the table."""
        rows = [*(self._routers[ttl] for ttl in sorted(self._routers)), self._target]
        states = _states([row.share for row in rows])
        if self.is_limited:
            states[-1] = HopState.RATE_LIMITED
        routers = [
            self._routers[ttl].statistics(ttl, state, is_target=False)
            for ttl, state in zip(sorted(self._routers), states, strict=False)
        ]
        end = self._target.statistics(self.length, states[-1], is_target=True)
        end = replace(end, packet_loss=None) if self.is_limited else end
        hops = (*routers, end) if self.length else tuple(routers)
        address = str(self.pinned.address)
        return TraceWatchResult(self.pinned.name, address, self.rounds, self.reached, hops)

    def _note_demand(self, course: Course) -> None:
        asked: list[float] = []
        for lane in course.lanes:
            end = lane.end or max(lane.last() + 1, self.length)
            asked += [course.base_s + shot.at_s for shot in lane.shots if shot.ttl >= end]
        self._demand.begin(course.base_s + (course.began_s or 0.0), asked)

    def _note_lane(self, lane: Lane, course: Course, *, is_reached: bool) -> None:
        self._by_errors = self._by_errors or (is_reached and answers_by_errors(lane))
        for ttl, shots in shots_by_ttl(lane, course.ended_s).items():
            row = self._target if is_reached and ttl == lane.end else self._router(ttl)
            for shot in shots:
                row.note(shot)
                if row is self._target:
                    self._excuse(shot, course)
                if shot.rtt_ms is not None and shot.rtt_ms > self.slowest_ms:
                    self.slowest_ms = shot.rtt_ms
        if not is_reached:
            self._note_miss(lane, course)

    def _excuse(self, shot: Shot, course: Course) -> None:
        """Note whether a limit of the target's may be why the probe has no answer."""
        hasty = shot.answer is None and self._demand.is_hasty(course.base_s + shot.at_s)
        self._excused.append(hasty)

    def _note_miss(self, lane: Lane, course: Course) -> None:
        """Count what should have reached the target, and was not answered by a router."""
        most = lane.order.probes_per_hop
        last = max(lane.last(), self.length - 1)
        lost = [
            shot
            for shot in lane.shots
            if shot.ttl > last and shot.answer is None and shot.deadline_s <= course.ended_s
        ]
        if lane.end:
            # A router refused to go on: all are lost, whatever their TTL.
            self._miss(most)
            return
        for shot in lost[:most]:
            self._target.miss()
            self._excuse(shot, course)

    def _miss(self, probes: int) -> None:
        for _ in range(probes):
            self._target.miss()
            self._excused.append(False)

    def _router(self, ttl: int) -> _Row:
        row = self._routers.get(ttl)
        if row is None:
            row = self._routers[ttl] = _Row(self._window)
        return row


def _states(shares: Sequence[float]) -> list[HopState]:
    best_behind, states = 0.0, []
    for share in reversed(shares):
        states.append(state_of(share, best_behind))
        best_behind = max(best_behind, share)
    return states[::-1]
