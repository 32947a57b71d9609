"""Results in words, as JSON and as a table."""

import json
from typing import TYPE_CHECKING

from probes.results import PingResult
from probes.statistics import JITTERS

if TYPE_CHECKING:
    from rich.table import Table


def as_json(result: PingResult) -> str:
    """One line of JSON; times in milliseconds, loss in percent, null where nothing is known."""
    return json.dumps(
        {
            "target": result.target,
            "address": result.address,
            "sent": result.sent,
            "received": result.received,
            "packet_loss": result.packet_loss,
            "min_rtt_ms": result.min_rtt_ms,
            "avg_rtt_ms": result.avg_rtt_ms,
            "max_rtt_ms": result.max_rtt_ms,
            "jitter_ms": result.jitter_ms,
            "jitters_ms": {name: jitter(result.samples_ms) for name, jitter in JITTERS.items()},
            "rtts_ms": result.rtts_ms,
            "send_error": result.send_error,
        }
    )


def as_text(result: PingResult) -> str:
    """Two or three lines for people."""
    return "\n".join(f"{label}: {value}" for label, value in _rows(result))


def as_table(result: PingResult) -> "Table":
    """Make a table of the same, to be redrawn in place."""
    from rich.table import Table  # noqa: PLC0415 - only --watch needs rich

    table = Table(show_header=False)
    for label, value in _rows(result):
        table.add_row(label, value)
    return table


def _rows(result: PingResult) -> list[tuple[str, str]]:
    spread = (result.min_rtt_ms, result.avg_rtt_ms, result.max_rtt_ms)
    rows = [
        (result.target, result.address),
        ("probes", f"{result.sent} sent, {result.received} received, {_loss(result)} lost"),
        ("rtt min/avg/max", f"{' / '.join(map(_number, spread))} ms"),
        ("jitter", f"{_number(result.jitter_ms)} ms"),
    ]
    return [*rows, ("not sent", result.send_error)] if result.send_error else rows


def _loss(result: PingResult) -> str:
    return f"{result.packet_loss:.4g} %"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
