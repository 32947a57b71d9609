"""The verb `probes transaction`."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import click

from probes.cli.browser_options import FILE, troubles
from probes.cli.common import Options, conclude, options, repeated
from probes.cli.tables import Rows, ms
from probes.network import Network
from probes.transaction import TransactionPlan, TransactionResult, read_script


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@options(count_help="Times to go through it.  [default: 1; endless with --watch]", timeout_s=30.0)
@click.option("--har", type=FILE, help="Write the last journey as a HAR 1.2 file.")
def transaction(file: str, har: str | None, **given: Unpack[Options]) -> None:
    """Go through the steps that FILE (.toml or .json) describes, in Chromium.

    The file's own timeout_s is used unless --timeout is given.

    \b
    Examples:
      probes transaction login.toml
      probes transaction login.toml --har login.har --json
      probes transaction login.toml --simulate 7

    \b
    A file:
      url = "http://127.0.0.1:8080/"
      [[steps]]
      name = "open"
      goto = "/login"
      [[steps]]
      name = "user"
      fill = "#user"
      value = "ada"
      [[steps]]
      name = "log in"
      click = "text=Log in"
      [[steps]]
      name = "greeting"
      assert_text = "Hello, ada"
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    conclude(lambda network: _results(network, file, har, given), given, rows)


async def _results(
    network: Network, file: str, har: str | None, given: Options
) -> AsyncIterator[TransactionResult]:
    async for result in repeated(network, _plan(file, given), given):
        yield result
        _keep(result, har)


def _keep(result: TransactionResult, har: str | None) -> None:
    if har:
        Path(har).write_text(json.dumps(result.as_har(), indent=1), "utf-8")


def _plan(file: str, given: Options) -> TransactionPlan:
    plan = read_script(file)
    context = click.get_current_context(silent=True)
    named = context and context.get_parameter_source("timeout")
    if named is click.core.ParameterSource.COMMANDLINE:
        return replace(plan, timeout_s=given["timeout"])
    return plan


def rows(result: TransactionResult) -> Rows:
    """Say it to people."""
    amount = f"{result.objects}, {result.errors} failed, {result.wire_bytes} bytes transferred"
    return [
        (result.target, result.address or "-"),
        *((f"step {step.name}", ms(step.duration_ms)) for step in result.steps),
        *((f"marker {marker.name}", ms(marker.duration_ms)) for marker in result.markers),
        ("steps", f"{result.completed} of {result.planned} done"),
        ("total", ms(result.total_ms)),
        ("objects", amount),
        *troubles(result.components, result.refusals),
        *([("failure", str(result.failure))] if result.failure else []),
    ]
