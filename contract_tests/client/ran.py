"""What became of a client's process."""

from __future__ import annotations

from dataclasses import dataclass

from contract_tests.conduct.heard import Heard


class Stopped(Exception):
    """No more runs: somebody has asked to end."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a client to its end.

    `code` is its exit code, negative for a signal as Python counts them; `hung` says that it was
    stopped at the time limit. `out` and `err` are the last part of what it wrote (text, bounded).
    `heard` are its requests, raw, by vendor, in the order in which they began.
    """

    code: int
    hung: bool
    out: str
    err: str
    elapsed_s: float
    heard: tuple[tuple[str, Heard], ...] = ()
