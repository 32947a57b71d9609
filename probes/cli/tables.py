"""Results as rows of a label and a value: text for people, and tables to be redrawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from probes.results import Result

if TYPE_CHECKING:
    from rich.table import Table

Rows = Sequence[tuple[str, str]]


def as_text(rows: Rows) -> str:
    """Write a line a row."""
    return "\n".join(f"{label}: {value}" for label, value in rows)


def as_table(*sections: Rows) -> "Table":
    """Make a table of the same, a line between its sections."""
    from rich.table import Table  # noqa: PLC0415 - only --watch needs rich
    from rich.text import Text  # noqa: PLC0415

    table = Table(show_header=False)
    for section in sections:
        for label, value in section:
            # Not markup: a peer's words could hold square brackets.
            table.add_row(Text(label), Text(value))
        table.add_section()
    return table


def number(value: float | None, unit: str = "") -> str:
    """Write a figure with three decimals, and `-` for one that is not known."""
    return "-" if value is None else f"{value:.3f}{unit and ' ' + unit}"


def ms(value: float | None) -> str:
    """Write milliseconds."""
    return number(value, "ms")


@dataclass
class Tally:
    """What a watch has seen so far: how many results, how many good, how long they took."""

    seen: int = 0
    good: int = 0
    times_ms: list[float] = field(default_factory=list)

    def note(self, result: Result) -> None:
        """Count one more."""
        self.seen += 1
        self.good += result.ok
        if result.time_ms is not None:
            self.times_ms = [*self.times_ms[-999:], result.time_ms]

    def rows(self) -> Rows:
        """Say it."""
        if not self.times_ms:
            return [("results", f"{self.seen}, {self.good} good")]
        low, high = min(self.times_ms), max(self.times_ms)
        mean = sum(self.times_ms) / len(self.times_ms)
        return [
            ("results", f"{self.seen}, {self.good} good"),
            ("time min/avg/max", f"{number(low)} / {number(mean)} / {number(high)} ms"),
        ]
