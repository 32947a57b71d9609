"""What was measured → medians, ratios, a table for people and JSON for programs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.run import Outcome, Plan
from benchmarks.servers import OURS, PRISM, ROOT, program

_TOOLS = ROOT / "node_modules" / "@stoplight" / "prism-cli" / "package.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of both servers; `ratio` is ours over Prism's, round by round, the median."""

    what: str
    unit: str
    mockserver: float
    prism: float
    ratio: float


def rows(outcomes: Iterable[Outcome]) -> list[Row]:
    """Return every measure, in the order of the table."""
    return [row for outcome in outcomes for row in _rows(outcome)]


def table(measured: Iterable[Row]) -> Table:
    """Return the table for a terminal."""
    result = Table(title="mockserver beside Prism: medians")
    result.add_column("what")
    result.add_column("unit")
    for heading in ("mockserver", "Prism", "ratio"):
        result.add_column(heading, justify="right")
    for row in measured:
        figures = (f"{row.mockserver:,.0f}", f"{row.prism:,.0f}", f"{row.ratio:.2f}")
        result.add_row(row.what, row.unit, *figures)
    return result


def as_json(outcomes: Sequence[Outcome], plan: Plan) -> str:
    """Return everything as JSON: where and how it was measured, the rows, every sample."""
    document = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": _machine(),
        "plan": asdict(plan),
        "rows": [asdict(row) for row in rows(outcomes)],
        "samples": [asdict(outcome) for outcome in outcomes],
    }
    return json.dumps(document, indent=2) + "\n"


def _rows(outcome: Outcome) -> Iterator[Row]:
    for name, samples in outcome.cases.items():
        ours, prism = samples[OURS], samples[PRISM]
        per_s = [sample.requests_per_s for sample in ours]
        yield _row(name, "requests/s", per_s, [sample.requests_per_s for sample in prism])
        cpu = [sample.cpu_us_per_request for sample in ours]
        yield _row(name, "CPU µs/request", cpu, [sample.cpu_us_per_request for sample in prism])
    yield from _whole(outcome)


def _whole(outcome: Outcome) -> Iterator[Row]:
    first, later, memory = outcome.first_start_ms, outcome.start_ms, outcome.memory_mb
    vendor = outcome.vendor
    yield _row(f"{vendor}: first start", "ms", [first[OURS]], [first[PRISM]])
    yield _row(f"{vendor}: start", "ms", later[OURS], later[PRISM])
    yield _row(f"{vendor}: memory after load", "MB", [memory[OURS]], [memory[PRISM]])


def _row(what: str, unit: str, ours: Sequence[float], prism: Sequence[float]) -> Row:
    # Neighbours in time are divided by one another: what slowed the machine slowed both.
    ratios = [a / b for a, b in zip(ours, prism, strict=True)]
    return Row(what, unit, median(ours), median(prism), median(ratios))


def _machine() -> dict[str, Any]:
    node = subprocess.run(
        [program("node"), "--version"], check=True, capture_output=True, text=True
    )
    return {
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "node": node.stdout.strip().removeprefix("v"),
        "prism": json.loads(_TOOLS.read_text("utf-8"))["version"],
    }
