"""Figures → medians and ratios, as a table for people and a document for programs."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.probing.cases import OURS, Figure


@dataclass(frozen=True, slots=True)
class Row:
    """The medians of one figure; `ratio` is ours over theirs, round by round, the median."""

    what: str
    unit: str
    who: str
    value: float
    ratio: float | None


def summary(figures: Iterable[Figure]) -> list[Row]:
    """Put every round's figures together, in the order of first appearance."""
    rounds: dict[tuple[str, str, str], list[float]] = {}
    for figure in figures:
        rounds.setdefault((figure.what, figure.unit, figure.who), []).append(figure.value)
    rows = []
    for (what, unit, who), values in rounds.items():
        ours = rounds.get((what, unit, OURS), [])
        ratio = None if who == OURS else _ratio(ours, values)
        rows.append(Row(what, unit, who, median(values), ratio))
    return rows


def table(rows: Iterable[Row]) -> Table:
    """Return the table for a terminal."""
    drawn = Table(title="probes beside others: medians")
    for heading in ("what", "who", "unit"):
        drawn.add_column(heading)
    drawn.add_column("value", justify="right")
    drawn.add_column("probes / them", justify="right")
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        drawn.add_row(row.what, row.who, row.unit, f"{row.value:,.4g}", ratio)
    return drawn


def document(rows: Sequence[Row], figures: Sequence[Figure]) -> dict[str, Any]:
    """Return everything: where it was measured, the medians, every figure."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "rows": [asdict(row) for row in rows],
        "figures": [asdict(figure) for figure in figures],
    }


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> float | None:
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=False) if b]
    return median(a / b for a, b in pairs) if pairs else None
