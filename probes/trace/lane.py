"""One flow of a trace: which TTL to probe next, and when enough is known. It does no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from probes.trace.shot import Shot

REPEAT_S = 0.005
"""Between two probes of one TTL: routers' processors are slow."""
LEAST_PATIENCE_S = 0.05
CONFIRMATIONS = 3
"""More probes of a TTL without an answer just before the target, which may be the target's."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a round is to find out.

    `ahead` is how many TTLs may be tried beyond the last router that answered; `length` how
    long the path was found to be before, 0 if that is not known, and `slowest_s` the slowest
    answer of then; `alone` forbids two probes of a lane at a time, for protocols in which a
    flow can have only one.
    """

    flows: int = 1
    probes_per_hop: int = 3
    most_hops: int = 30
    timeout_s: float = 1.0
    ahead: int = 16
    length: int = 0
    slowest_s: float = 0.0
    alone: bool = False

    @property
    def longest_s(self) -> float:
        """Most seconds that a course may take, whatever happens.

        That long it would take if every probe of a flow were lost, and sent after the one before
        was given up. What was not waited for by then does not count.
        """
        each_s = self.timeout_s + REPEAT_S
        return self.most_hops * (self.probes_per_hop + CONFIRMATIONS) * each_s


class Lane:
    """The probes of one flow, in sending order.

    TTLs are tried upwards, `ahead` at a time, until something answers that is no router on the
    way; TTLs that are known to lead somewhere are then repeated. A probe that passes the last
    router reaches the target whatever its TTL, so those that went too far count for the target.
    """

    def __init__(self, flow: int, order: Order, host: str) -> None:
        self.flow = flow
        self.order = order
        self.host = host
        self.shots: list[Shot] = []
        self.end: int | None = None
        self.eager = False
        self.source_port = 0
        self._alone = order.alone
        self._not_before_s = 0.0
        self._ahead = 1 if order.length else order.ahead
        self._limit = min(order.length or order.ahead, order.most_hops)
        self._next = 1
        self._highest = 0
        self._tries: dict[int, tuple[int, float]] = {}
        self._slowest_s = order.slowest_s
        self._stirred_s = 0.0
        self._settled = 0

    def due(self, now_s: float) -> int | None:
        """Return the TTL that may be probed now."""
        if self._alone and (now_s < self._not_before_s or self._open(now_s)):
            return None
        return self._fresh(now_s) or self._again(now_s)

    def sent(self, shot: Shot) -> None:
        """Note a probe."""
        tries, _ = self._tries.get(shot.ttl, (0, 0.0))
        self._tries[shot.ttl] = tries + 1, shot.at_s
        self._stirred_s = shot.at_s
        self.shots.append(shot)

    def heard(self, shot: Shot) -> None:
        """Note its answer; `eager` then tells whether there may be something to send."""
        if shot.answer is None or shot.rtt_ms is None:
            return
        elapsed_s = shot.rtt_ms / 1000
        self._slowest_s = max(self._slowest_s, elapsed_s)
        self._stirred_s = max(self._stirred_s, shot.at_s + elapsed_s)
        if self._alone or self.order.probes_per_hop > 1 or self._is_doubtful(shot):
            self.eager = True
        if shot.answer.is_final:
            self._end_at(shot.ttl)
        else:
            self._passed(shot.ttl)

    def _is_doubtful(self, shot: Shot) -> bool:
        is_early = shot.ttl > self._highest + 1 and shot.ttl > self.order.length
        return is_early and self.end is None

    def _end_at(self, ttl: int) -> None:
        if self.end is None or ttl < self.end:
            self.end = ttl

    def _passed(self, ttl: int) -> None:
        self._highest = max(self._highest, ttl)
        limit = min(ttl + self._ahead, self.order.most_hops)
        if limit > self._limit:
            self._limit, self.eager = limit, True

    def go_alone(self) -> list[Shot]:
        """Give up what is unanswered, to send it again one by one; nothing the second time.

        That begins when no answer to what was given up can come any more.
        """
        if self._alone:
            return []
        given_up = [shot for shot in self.shots if shot.answer is None]
        self.shots = [shot for shot in self.shots if shot.answer]
        self._tries = {shot.ttl: (1, shot.at_s) for shot in self.shots}
        self._alone, self._settled = True, 0
        self._next = min((shot.ttl for shot in given_up), default=self._next)
        self._not_before_s = max((shot.deadline_s for shot in given_up), default=0.0)
        return given_up

    @property
    def is_alone(self) -> bool:
        """Whether only one probe at a time is under way."""
        return self._alone

    def is_over(self, now_s: float) -> bool:
        """Tell whether nothing more is to be sent or awaited."""
        if self._open(now_s):
            return False
        most = self.order.most_hops if self.end is None else self.end - 1
        return self._untried() > most and not any(self._repeats())

    def wake_s(self, now_s: float) -> float:
        """Return when to ask again if nothing is heard; `due` has just had nothing."""
        waiting = self._open(now_s)
        if self._alone:
            return waiting.deadline_s if waiting else max(self._not_before_s, now_s)
        times = [at_s + REPEAT_S for _, at_s in self._repeats()]
        if self.end is None and self._limit < self.order.most_hops:
            times.append(self._stirred_s + self._patience_s)
        if waiting:
            times.append(self.shots[-1].deadline_s)
        return min(times, default=now_s)

    def last(self) -> int:
        """Return the TTL at which the path ended, or the last one that was answered."""
        return self.end or self._highest

    def judged(self, ended_s: float) -> list[Shot]:
        """Return the probes of the last hop that count: answered, or waited for in full."""
        return [shot for shot in self._beyond() if shot.answer or shot.deadline_s <= ended_s]

    def ends(self) -> list[Shot]:
        """Return the probes whose answers tell of the end, whether they count or not."""
        return [
            shot
            for shot in self.shots
            if self.end is not None
            and shot.ttl >= self.end
            and shot.answer is not None
            and shot.answer.is_final
        ]

    def missing(self, ended_s: float) -> int:
        """Return how many probes went beyond the last answer in vain, as far as they count."""
        last = self.last()
        lost = [
            shot
            for shot in self.shots
            if shot.ttl > last and shot.answer is None and shot.deadline_s <= ended_s
        ]
        return 0 if self.end else min(len(lost), self.order.probes_per_hop)

    def _fresh(self, now_s: float) -> int | None:
        untried = self._untried()
        if self.end is None and untried > self._limit and self._stalled(now_s):
            self._limit = min(self._limit + self.order.ahead, self.order.most_hops)
        top = self._limit if self.end is None else min(self._limit, self.end - 1)
        return untried if untried <= top else None

    def _untried(self) -> int:
        while self._next in self._tries:
            self._next += 1
        return self._next

    def _again(self, now_s: float) -> int | None:
        for ttl, at_s in self._repeats():
            if now_s - at_s >= REPEAT_S:
                return ttl
        return None

    def _repeats(self) -> Iterator[tuple[int, float]]:
        """Go through the TTLs that lack probes, each with the time of its last one."""
        wanted = self.order.probes_per_hop
        yield from self._doubtful()
        if wanted == 1:
            return
        top = self._highest if self.end is None else self.end - 1
        for ttl, (tries, at_s) in self._tries.items():
            if ttl <= top and tries < wanted:
                yield ttl, at_s
        if self.end is not None and len(list(self._beyond())) < wanted:
            yield self.end, self._tries[self.end][1]

    def _doubtful(self) -> Iterator[tuple[int, float]]:
        """Go through the TTLs before the end at which the target may have been lost.

        Without this the loss of one probe would pass for a path that has grown. A router may
        just be slow, so they get time to answer.
        """
        if self.end is None or self.end <= self.order.length:
            return
        first = max(self._highest + 1, self.order.length)
        grace_s = self._patience_s - REPEAT_S
        for ttl in range(first, self.end):
            tries, at_s = self._tries.get(ttl, (0, 0.0))
            if 0 < tries < self.order.probes_per_hop + CONFIRMATIONS:
                yield ttl, at_s + grace_s

    def _beyond(self) -> Iterator[Shot]:
        """Go through the first probes that had the TTL to reach what ended the path."""
        found = 0
        for shot in self.shots:
            astray = shot.answer is not None and not shot.answer.is_final
            if self.end is not None and shot.ttl >= self.end and not astray:
                yield shot
                found += 1
            if found == self.order.probes_per_hop:
                return

    def _open(self, now_s: float) -> Shot | None:
        """Return the first probe whose answer is still worth waiting for."""
        while self._settled < len(self.shots):
            shot = self.shots[self._settled]
            waiting = shot.answer is None and shot.deadline_s > now_s
            if waiting and self._matters(shot):
                return shot
            self._settled += 1
        return None

    def _matters(self, shot: Shot) -> bool:
        return self.end is None or shot.ttl < self.end or shot in self._beyond()

    def _stalled(self, now_s: float) -> bool:
        return now_s >= self._stirred_s + self._patience_s

    @property
    def _patience_s(self) -> float:
        return min(max(LEAST_PATIENCE_S, 2 * self._slowest_s), self.order.timeout_s)
