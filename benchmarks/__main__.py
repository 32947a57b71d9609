"""The command `python -m benchmarks`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from benchmarks import report
from benchmarks.cases import VENDORS
from benchmarks.load import Load
from benchmarks.run import Plan, measure
from benchmarks.servers import BenchError


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--rounds", type=click.IntRange(1, 100), default=5, help="Rounds that are kept.")
@click.option("--seconds", type=click.IntRange(1, 60), default=2, help="Length of one block.")
@click.option("--connections", type=click.IntRange(1, 256), default=16, help="Open connections.")
@click.option("--starts", type=click.IntRange(1, 20), default=3, help="Starts after the first.")
@click.option(
    "--vendor",
    "names",
    multiple=True,
    type=click.Choice([vendor.name for vendor in VENDORS]),
    help="Measure with this contract only; may be repeated.",
)
@click.option("--json", "target", type=click.Path(path_type=Path), help="Write all figures here.")
def main(  # noqa: PLR0913, PLR0917  (one argument an option)
    rounds: int,
    seconds: int,
    connections: int,
    starts: int,
    names: tuple[str, ...],
    target: Path | None,
) -> None:
    """Measure the stand-in and Prism in one interleaved run, on loopback."""
    plan = Plan(Load(connections, seconds), rounds, starts)
    wanted = [vendor for vendor in VENDORS if not names or vendor.name in names]
    try:
        with Console(stderr=True).status("") as status:
            outcomes = [measure(vendor, plan, status.update) for vendor in wanted]
    except BenchError as error:
        raise click.ClickException(str(error)) from error
    Console().print(report.table(report.rows(outcomes)))
    if target:
        target.write_text(report.as_json(outcomes, plan), "utf-8")


main()
