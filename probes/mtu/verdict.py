"""What became of a packet of some size."""

from dataclasses import dataclass
from enum import Enum


class Fate(Enum):
    """How it ended."""

    ANSWERED = "answered"
    TOO_LONG = "too long"
    """A router, or this machine's own interface, said so."""
    BLOCKED = "blocked"
    """Another ICMP error, or the kernel would not send."""
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A fate, with what came along; `reporter` None means this machine itself."""

    fate: Fate
    rtt_ms: float | None = None
    reporter: str | None = None
    mtu_bytes: int | None = None
    reason: str = ""


SILENCE = Verdict(Fate.SILENT)
