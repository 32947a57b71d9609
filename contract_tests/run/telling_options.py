"""The options of every command that tells what came of judging a client; quick to load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_GRADES = ("breach", "drift", "assumption")
Command = TypeVar("Command", bound=Callable[..., Any])


def telling_options(command: Command) -> Command:
    """Add `--report`, `--fail-on`, `--baseline` and `--update-baseline` to a command."""
    for option in (
        click.option(
            "--report", "reports", multiple=True, metavar="KIND=FILE", help="Repeatable."
        ),
        click.option(
            "--fail-on", type=click.Choice(_GRADES), default="drift", help="What counts."
        ),
        click.option("--baseline", type=click.Path(path_type=Path), help="Accepted findings."),
        click.option("--update-baseline", "updates_baseline", is_flag=True, help="Write it."),
    ):
        command = option(command)
    return command
