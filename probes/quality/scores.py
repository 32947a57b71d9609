"""Quality scores: 100 less a penalty each for latency, jitter and loss.

The names of the four uses, the sum and its example (100 - 6 - 12 - 2 = 80) are from PingPlotter
Cloud's manual, "Quality Score Definitions". The manual's penalty curves are not public: these are
ours. Up to the knot `good` a penalty grows with the square, so that small values cost little, and
reaches 20 there; beyond it grows in proportion, through 40 at the knot `fair`, to 100 at most. So
one quantity at the edge of good makes the whole just good. For latency of Voice-over-IP the knots
are the 100 and 135 ms that the manual names as its default limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

GOOD_FROM, FAIR_FROM = 80.0, 60.0
_AT_GOOD, _AT_FAIR, _MOST = 20.0, 40.0, 100.0


class Verdict(StrEnum):
    """The word for a score."""

    GOOD = "Good"
    FAIR = "Fair"
    POOR = "Poor"
    UNKNOWN = "NoData"


@dataclass(frozen=True, slots=True)
class Sample:
    """What was measured over a window; times are None if nothing came back."""

    latency_ms: float | None
    jitter_ms: float | None
    loss_percent: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The penalty for one quantity, by the values up to which it is good and fair."""

    good: float
    fair: float

    def penalty(self, value: float) -> float:
        """Return 0 to 100 points."""
        if value <= self.good:
            return _AT_GOOD * (max(0.0, value) / self.good) ** 2
        beyond = (value - self.good) / (self.fair - self.good)
        return min(_MOST, _AT_GOOD + (_AT_FAIR - _AT_GOOD) * beyond)


@dataclass(frozen=True, slots=True)
class Score:
    """Points from 0 to 100, and what was taken off for each quantity."""

    points: float
    latency_penalty: float
    jitter_penalty: float
    loss_penalty: float

    @classmethod
    def of(cls, latency_penalty: float, jitter_penalty: float, loss_penalty: float) -> Score:
        """Take the three penalties off 100, but not below 0."""
        points = max(0.0, 100 - latency_penalty - jitter_penalty - loss_penalty)
        return cls(points, latency_penalty, jitter_penalty, loss_penalty)


@dataclass(frozen=True, slots=True)
class Definition:
    """What one use of the network asks of it."""

    id: str
    name: str
    latency_ms: Curve
    jitter_ms: Curve
    loss_percent: Curve

    def score(self, sample: Sample) -> Score:
        """Score a window; one without any answer has the loss's penalty alone."""
        return Score.of(
            self.latency_ms.penalty(sample.latency_ms or 0.0),
            self.jitter_ms.penalty(sample.jitter_ms or 0.0),
            self.loss_percent.penalty(sample.loss_percent),
        )


# fmt: off
DEFINITIONS = (
    #           id, name                             latency ms       jitter ms        loss percent
    Definition("remote-desktop", "Remote Desktop", Curve(150, 200), Curve(40, 60), Curve(2, 5)),
    Definition("web-email", "Web/Email", Curve(300, 400), Curve(100, 150), Curve(3, 8)),
    Definition("voice-over-ip", "Voice-over-IP", Curve(100, 135), Curve(20, 40), Curve(1, 3)),
    Definition("video-call", "Video Call", Curve(120, 160), Curve(30, 50), Curve(1, 4)),
)
# fmt: on


def verdict(points: float | None) -> Verdict:
    """Say a score in a word; None, where nothing was measured, has one of its own."""
    if points is None:
        return Verdict.UNKNOWN
    if points >= GOOD_FROM:
        return Verdict.GOOD
    return Verdict.FAIR if points >= FAIR_FROM else Verdict.POOR
