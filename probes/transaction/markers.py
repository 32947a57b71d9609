"""Markers: named parts of a journey, from one step to another."""

from __future__ import annotations

from probes.transaction.actions import MarkerEnd, MarkerStart, Step
from probes.transaction.result import Marker


def mark(markers: list[Marker], step: Step, now_ms: float) -> None:
    """Begin or end a marker, if that is what the step is for."""
    if isinstance(step.action, MarkerStart):
        markers.append(Marker(step.action.marker, now_ms))
    if isinstance(step.action, MarkerEnd):
        name = step.action.marker
        index = max(i for i, marker in enumerate(markers) if marker.name == name)
        started_ms = markers[index].started_ms
        markers[index] = Marker(name, started_ms, now_ms - started_ms)
