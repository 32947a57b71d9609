"""The command `python -m benchmarks.probing`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from benchmarks.probing import report, room
from benchmarks.probing.cases import CASES, Size


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--rounds", type=click.IntRange(1, 50), default=3, help="Rounds of each case.")
@click.option("--targets", type=click.IntRange(2, 1000), default=1000, help="Loopback addresses.")
@click.option("--count", type=click.IntRange(2, 1000), default=50, help="Probes to each.")
@click.option(
    "--case", "names", multiple=True, type=click.Choice(list(CASES)), help="Only this; repeatable."
)
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all figures here.")
def main(rounds: int, targets: int, count: int, names: tuple[str, ...], file: Path | None) -> None:
    """Measure probes beside fping, ping and icmplib in one run, in a namespace of its own.

    \b
    Examples:
      python -m benchmarks.probing
      python -m benchmarks.probing --case flood --rounds 5 --json flood.json
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    room.enter()
    size, rows = Size(targets, count), []
    with Console(stderr=True).status("") as status:
        for name in names or CASES:
            for turn in range(rounds):
                status.update(f"{name}, round {turn + 1} of {rounds}")
                rows += CASES[name](size)
    summary = report.summary(rows)
    Console().print(report.table(summary))
    if file:
        file.write_text(json.dumps(report.document(summary, rows), indent=2) + "\n", "utf-8")


main()
