"""What became of every packet that was handed to the simulation: each is counted once."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class Fate(StrEnum):
    """How a packet's way ended."""

    ANSWERED = "answered"
    """An answer was handed back."""
    LOST = "lost"
    """A link lost it on the way there."""
    ANSWER_LOST = "answer_lost"
    """A link lost the answer on the way back."""
    SILENT = "silent"
    """It ended at a router that never says so."""
    RATE_LIMITED = "rate_limited"
    """It ended at a router that had said so too often lately."""
    IGNORED = "ignored"
    """It reached the host, which does not answer such packets."""
    NO_ROUTE = "no_route"
    """Its destination does not exist."""
    MALFORMED = "malformed"
    """It was no whole packet of IPv4 or IPv6."""


Tally = dict[Fate, int]


def empty_tally() -> Tally:
    """Begin to count."""
    return dict.fromkeys(Fate, 0)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many packets came to which end; each field is a Fate."""

    SUMMARY: ClassVar = ("received",)

    answered: int = 0
    lost: int = 0
    answer_lost: int = 0
    silent: int = 0
    rate_limited: int = 0
    ignored: int = 0
    no_route: int = 0
    malformed: int = 0

    @property
    def received(self) -> int:
        """All packets that were handed in."""
        return sum(getattr(self, fate) for fate in Fate)

    @classmethod
    def of(cls, tallies: Iterable[Tally]) -> "Counts":
        """Add tallies up."""
        kept = list(tallies)
        return cls(**{str(fate): sum(tally[fate] for tally in kept) for fate in Fate})
