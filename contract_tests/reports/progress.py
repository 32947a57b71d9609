"""What is seen while a run goes on: the step, and counts; nothing where it is no terminal."""

from __future__ import annotations

from collections import Counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from contract_tests.findings.finding import Finding
from contract_tests.reports.clean import one_line
from contract_tests.wire.exchange import Exchange


class Progress:
    """A line that moves, as a context. `step` and `heard` are called by the run."""

    def __init__(self, console: Console, steps: int | None = None) -> None:
        """Show on `console`, if it is a terminal; `steps` is how many there will be, if known."""
        self._grades: Counter[str] = Counter()
        self._causes: set[tuple[str, str, str]] = set()
        self._requests = 0
        columns = (SpinnerColumn(), BarColumn(20), TextColumn("{task.description}"))
        self._bar = Bar(
            *columns,
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=steps)
        self._name = ""
        self._begun = 0

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the line away."""
        del kind, error, trace
        self._bar.stop()

    @property
    def line(self) -> str:
        """What stands beside the bar: `filters: session · 143 requests · 2 breach`."""
        counts = [f"{count} {grade}" for grade, count in sorted(self._grades.items())]
        return " · ".join([one_line(self._name, 40), f"{self._requests} requests", *counts])

    def step(self, name: object) -> None:
        """Say that a step begins, by its name."""
        self._name = str(name)
        self._bar.update(self._task, completed=self._begun)
        self._begun += 1
        self._show()

    def heard(self, exchange: Exchange) -> None:
        """Count an exchange: a listener of the wire."""
        del exchange
        self._requests += 1
        self._show()

    def found(self, finding: Finding) -> None:
        """Count a finding, once for each cause."""
        if finding.cause not in self._causes:
            self._causes.add(finding.cause)
            self._grades[finding.grade.value] += 1
            self._show()

    def _show(self) -> None:
        # The name of a step is text, not markup.
        self._bar.update(self._task, description=self.line.replace("[", "\\["))
