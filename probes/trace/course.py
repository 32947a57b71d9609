"""One round of a trace over all its flows: what to send when. It does no I/O."""

from probes.trace.lane import Lane, Order
from probes.trace.shot import Shot

BURST = 16
"""Probes that a course sends at once; the next follow a tick later."""


class Course:
    """The lanes of one target, probed by turns.

    `base_s` is when the clock of its probes began, by a clock that all courses share; `is_cut`
    tells that it was stopped before it was over.
    """

    def __init__(self, order: Order, host: str) -> None:
        self.order = order
        self.lanes = tuple(Lane(flow, order, host) for flow in range(order.flows))
        self.began_s: float | None = None
        self.ended_s = 0.0
        self.send_error: str | None = None
        self.is_cut = False
        self.base_s = 0.0
        self._turn = 0

    def next(self, now_s: float) -> Shot | None:
        """Return a probe that may be sent now; `sent` says that it was."""
        if self.send_error is not None:
            return None
        for _ in self.lanes:
            lane = self.lanes[self._turn]
            self._turn = (self._turn + 1) % len(self.lanes)
            ttl = lane.due(now_s)
            if ttl is not None:
                return Shot(lane, ttl, now_s, now_s + self.order.timeout_s)
        return None

    def sent(self, shot: Shot) -> None:
        """Note that it left."""
        if self.began_s is None:
            self.began_s = shot.at_s
        shot.lane.sent(shot)

    def reject(self, reason: str) -> None:
        """Note why nothing can be sent at all."""
        self.send_error = reason

    def cut(self, now_s: float) -> None:
        """End it before its time."""
        self.ended_s, self.is_cut = now_s, True

    def wake_s(self, now_s: float) -> float:
        """Return when to ask again if nothing is heard."""
        return min(lane.wake_s(now_s) for lane in self.lanes if not lane.is_over(now_s))

    def is_over(self, now_s: float) -> bool:
        """Tell whether everything is known, and note the time if so."""
        over = self.send_error is not None or all(lane.is_over(now_s) for lane in self.lanes)
        if over:
            self.ended_s = now_s
        return over

    def shots(self) -> list[Shot]:
        """Return all probes."""
        return [shot for lane in self.lanes for shot in lane.shots]

    def release(self) -> None:
        """Let go of the probes, which refer to their lanes as these do to them.

        What is left to the collector of cycles stops a busy program for a tenth of a second.
        """
        for lane in self.lanes:
            lane.shots.clear()
