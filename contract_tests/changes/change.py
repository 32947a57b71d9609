"""A change of a contract, and how the two directions of a call decide what it does to clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What a change does to clients that were right before it."""

    BREAKS = "breaks"
    MAY_BREAK = "may break"
    COMPATIBLE = "compatible"


class Direction(StrEnum):
    """Who writes what a schema describes: the client a request, the server an answer."""

    REQUEST = "request"
    ANSWER = "answer"


class Shift(StrEnum):
    """What becomes of the values that a schema allows.

    `LOOSENED` is a widening that a careful client of an answer is ready for: another value of an
    enumeration, a wider range. `REPLACED` is neither narrower nor wider; `UNCLEAR` may be any.
    """

    NARROWED = "narrowed"
    WIDENED = "widened"
    LOOSENED = "loosened"
    REPLACED = "replaced"
    UNCLEAR = "unclear"


# The one place where the two directions are told apart: clients send less than they may, and
# must take all that they may get.
_EFFECTS: Mapping[tuple[Shift, Direction], Effect] = {
    (Shift.NARROWED, Direction.REQUEST): Effect.BREAKS,
    (Shift.NARROWED, Direction.ANSWER): Effect.COMPATIBLE,
    (Shift.WIDENED, Direction.REQUEST): Effect.COMPATIBLE,
    (Shift.WIDENED, Direction.ANSWER): Effect.BREAKS,
    (Shift.LOOSENED, Direction.REQUEST): Effect.COMPATIBLE,
    (Shift.LOOSENED, Direction.ANSWER): Effect.MAY_BREAK,
    (Shift.REPLACED, Direction.REQUEST): Effect.BREAKS,
    (Shift.REPLACED, Direction.ANSWER): Effect.BREAKS,
    (Shift.UNCLEAR, Direction.REQUEST): Effect.MAY_BREAK,
    (Shift.UNCLEAR, Direction.ANSWER): Effect.MAY_BREAK,
}


def effect_of(shift: Shift, direction: Direction) -> Effect:
    """Return what a shift of the allowed values does to clients in one direction."""
    return _EFFECTS[shift, direction]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `place` is `GET /agents ?limit` or `GET /agents 200 /*/Name`.

    `within` is the part of the place inside a schema, so that one change of a schema that many
    operations use can be told once.
    """

    place: str
    what: str
    effect: Effect
    within: str = ""

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.effect}: {self.place}: {self.what}"
