"""How far reported round trips are from those on the wire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.probing.capture import capture
from benchmarks.probing.contestants import Rtts, Run


@dataclass(frozen=True, slots=True)
class Error:
    """Absolute differences between reported and captured round trips, microseconds."""

    median_us: float
    p99_us: float
    cpu_us_per_probe: float
    lost: int


def judge(contestant: Callable[[], Run]) -> Error:
    """Run a contestant under capture and compare, probe by probe."""
    with capture() as wire:
        run = contestant()
    errors = sorted(_errors(run.rtts_ms, wire.rtts_ms))
    if not errors:
        raise RuntimeError("nothing was captured")
    p99 = errors[min(len(errors) - 1, round(0.99 * len(errors)))]
    return Error(median(errors), p99, run.cpu_us_per_probe, run.lost)


def _errors(reported: Rtts, captured: Rtts) -> list[float]:
    errors = []
    for target, rtts in reported.items():
        # A worker warms up with its first targets before it is measured.
        wire = list(captured.get(target, []))[-len(rtts) :]
        if len(wire) != len(rtts):
            continue
        errors += [
            abs(told - seen) * 1000
            for told, seen in zip(rtts, wire, strict=True)
            if told is not None and seen is not None
        ]
    return errors
