"""A line a request, with its verdict, as it happens."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from contract_tests.findings.finding import Finding, Grade
from contract_tests.reports.clean import one_line
from contract_tests.wire.exchange import Exchange

_COLOURS = {Grade.BREACH: "red", Grade.DRIFT: "yellow", Grade.ASSUMPTION: "cyan"}


class Lines:
    """Writes to a console; colours only where it is a terminal."""

    def __init__(self, console: Console) -> None:
        """Write to `console`."""
        self._console = console

    def __call__(self, exchange: Exchange, findings: tuple[Finding, ...]) -> None:
        """Tell of one exchange, which is masked, and of what is wrong with it."""
        status = str(exchange.status or "---")
        spent = exchange.response.elapsed_s if exchange.response else 0.0
        start = one_line(f"{exchange.request.method} {exchange.request.target}", 100)
        head = Text(f"{status} {1000 * spent:5.0f} ms  {start}")
        if not findings:
            head.append("  ok", "green") if exchange.response else head.append(
                f"  {one_line(exchange.failure, 120)}", "yellow"
            )
        self._write(head)
        for finding in findings:
            said = f"{finding.message} {finding.place}".strip()
            row = Text(f"    {finding.grade}: ", _COLOURS[finding.grade])
            row.append(one_line(f"{finding.rule}: {said}", 160), "default")
            self._write(row)

    def _write(self, row: Text) -> None:
        if self._console.is_terminal:
            self._console.print(row, soft_wrap=True)
            return
        # Colours and widths would be worked out for nothing, and the traffic would wait.
        self._console.file.write(f"{row.plain}\n")
        self._console.file.flush()
