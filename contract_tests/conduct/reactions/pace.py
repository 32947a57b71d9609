"""How a client took its answers, in a line an operation: what it asked again, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from contract_tests.conduct.course import Course
from contract_tests.conduct.heard import Heard
from contract_tests.conduct.reactions.chains import chains
from contract_tests.conduct.reactions.signs import has_failed, is_refused, status_word, wait_s

_EARLY_S = 0.25


def pace(course: Course) -> tuple[str, ...]:
    """Return a line for each operation of which something was asked again after a failure.

    `GET /agents: asked 14 times, 3 again after 429 (waited 2.0 s, 3 of 3 as told)`.
    """
    again: dict[str, list[tuple[Heard, Heard]]] = {}
    for chain in chains(course, lambda one: has_failed(one) or is_refused(one)):
        again.setdefault(course.label(chain.tries[0]), []).extend(chain.pairs)
    asked = Counter(map(course.label, course.heard)) if again else Counter[str]()
    return tuple(
        f"{label}: asked {asked[label]} times, {_told(own)}" for label, own in again.items()
    )


def _told(pairs: list[tuple[Heard, Heard]]) -> str:
    by_what: dict[str, list[tuple[Heard, Heard]]] = {}
    for before, after in pairs:
        by_what.setdefault(status_word(before), []).append((before, after))
    return ", ".join(
        f"{len(own)} again after {what} ({_waits(own)})" for what, own in by_what.items()
    )


def _waits(pairs: list[tuple[Heard, Heard]]) -> str:
    pauses = sorted(max(after.began_s - before.ended_s, 0.0) for before, after in pairs)
    waited = f"waited {_span(pauses[0], pauses[-1])}"
    told = [(seconds, after.began_s - before.ended_s) for before, after, seconds in _asked(pairs)]
    if not told:
        return waited
    as_told = sum(pause >= seconds - _EARLY_S for seconds, pause in told)
    return f"{waited}, {as_told} of {len(told)} as told"


def _asked(pairs: list[tuple[Heard, Heard]]) -> Iterator[tuple[Heard, Heard, float]]:
    for before, after in pairs:
        seconds = wait_s(before)
        if seconds is not None:
            yield before, after, seconds


def _span(least_s: float, most_s: float) -> str:
    least, most = f"{least_s:.1f}", f"{most_s:.1f}"
    return f"{most} s" if least == most else f"{least} to {most} s"
