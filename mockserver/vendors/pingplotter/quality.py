"""Quality definitions: how a sample of a path becomes a score and a verdict.

The manual gives the names of the four definitions and the formula: 100 less one penalty each for
latency, jitter and packet loss. It does not give the penalties; these curves are ours. A curve
has two knots: up to `good` the penalty grows with the square, so that small values cost little,
and reaches 20 there; from there it grows steadily, through 40 at `fair`, to 100 at most. A score
of 80 or more is Good, of 60 or more Fair. So a single value at the edge of what is good makes the
whole just Good, as on the page Quality Monitor, whose knots for latency are 100 and 135 ms.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mockserver.core.store import Document

GOOD_FROM, FAIR_FROM = 80, 60
_AT_GOOD, _AT_FAIR, _MOST = 20, 40, 100


@dataclass(frozen=True, slots=True)
class Sample:
    """What a minute of tracing showed; `latency_ms` is None if nothing came back."""

    latency_ms: float | None
    jitter_ms: float
    loss_percent: float


@dataclass(frozen=True, slots=True)
class Curve:
    """The penalty for one quantity, by the values up to which it is good and fair."""

    good: float
    fair: float

    def penalty(self, value: float) -> float:
        """Return 0 to 100 points."""
        if value <= self.good:
            return _AT_GOOD * (value / self.good) ** 2
        beyond = (value - self.good) / (self.fair - self.good)
        return min(_MOST, _AT_GOOD + (_AT_FAIR - _AT_GOOD) * beyond)


@dataclass(frozen=True, slots=True)
class Definition:
    """What one use of the network asks for."""

    id: str
    name: str
    latency_ms: Curve
    jitter_ms: Curve
    loss_percent: Curve

    def score(self, sample: Sample) -> float:
        """Return 100 less the penalties, never under 0, with one digit after the point."""
        penalties = (
            self.latency_ms.penalty(sample.latency_ms or 0.0),
            self.jitter_ms.penalty(sample.jitter_ms),
            self.loss_percent.penalty(sample.loss_percent),
        )
        return round(max(0.0, 100 - sum(penalties)), 1)


# fmt: off
DEFINITIONS = (
    #           id, name                             latency ms       jitter ms        loss percent
    Definition("remote-desktop", "Remote Desktop", Curve(150, 200), Curve(40, 60), Curve(2, 5)),
    Definition("web-email", "Web/Email", Curve(300, 400), Curve(100, 150), Curve(3, 8)),
    Definition("voice-over-ip", "Voice-over-IP", Curve(100, 135), Curve(20, 40), Curve(1, 3)),
    Definition("video-call", "Video Call", Curve(120, 160), Curve(30, 50), Curve(1, 4)),
)
# fmt: on


def verdict(score: float) -> str:
    """Return the word for a score."""
    if score >= GOOD_FROM:
        return "Good"
    return "Fair" if score >= FAIR_FROM else "Poor"


def chosen(ids: Collection[str] | None) -> tuple[Definition, ...]:
    """Return the definitions asked for: all, unless some are named."""
    return tuple(one for one in DEFINITIONS if not ids or one.id in ids)


def expected(id_: str | None) -> Document | None:
    """Return the `ExpectedQuality` that names a definition, None for none."""
    return next(({"Id": one.id, "Name": one.name} for one in DEFINITIONS if one.id == id_), None)
