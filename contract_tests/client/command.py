"""The command `contract-tests client`: its options, and what they mean together."""

from __future__ import annotations

import sys
from typing import Any

import click

from contract_tests.run.telling_options import telling_options

_EXAMPLES = """
\b
Examples:
  contract-tests client --vendor ngrok -- npm test
  contract-tests client --report html=client.html -- python -m pytest tests/api
  contract-tests client --vendor ngrok --intercept -- ./sync.sh
  contract-tests client --vendor ngrok --environment --format dotenv
  contract-tests client --vendor ngrok --surprise -- python sync.py
"""


@click.command(epilog=_EXAMPLES, context_settings={"ignore_unknown_options": False})
@click.option("--vendor", "vendors", multiple=True, metavar="NAME", help="Repeatable; else all.")
@click.option("--url", help="A server that runs already, of the one --vendor; else a stand-in.")
@click.option("--time-limit", "time_limit_s", type=click.FloatRange(0, min_open=True), help="s.")
@click.option(
    "--exit-code",
    type=click.Choice(["ours", "child", "worst"]),
    default="worst",
    help="Whose code this ends with (worst: 1 for findings, else the child's).",
)
@click.option("--intercept", is_flag=True, help="Lead https://api.vendor… here, by a proxy.")
@click.option("--no-hook", is_flag=True, help="Do not look for lines in Python and Node code.")
@click.option("--no-limits", is_flag=True, help="Answer as often as is asked: no rate limits.")
@click.option(
    "--set", "named", multiple=True, metavar="NAME=GIVES", help="A variable of your own names."
)
@click.option("--environment", is_flag=True, help="Print what would be set, and stop.")
@click.option("--format", "style", type=click.Choice(["shell", "json", "dotenv"]), default="shell")
@click.option("--surprise", is_flag=True, help="Answer with what the contract allows, many times.")
@click.option("--replay", metavar="ID", help="Answer as a finding of --surprise names it, once.")
@click.option("--runs", type=click.IntRange(1), help="With --surprise: at most so many runs.")
@click.option("--jobs", type=click.IntRange(1), help="With --surprise: so many runs at once.")
@click.option("--seed", type=click.IntRange(0), default=0, help="Where the worlds come from.")
@telling_options
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
def client(**given: Any) -> None:
    """Run a client against a stand-in, and judge every request that it makes.

    COMMAND is whatever you run by hand: it is told addresses and keys by environment variables.
    Its output is passed through; the report goes to standard error. Exit codes: 0 everything
    conforms, 1 findings, 2 could not run, else the child's own (see --exit-code).
    """
    from contract_tests.client.wrapped import wrapped  # noqa: PLC0415  (--help answers at once)

    sys.exit(wrapped(given))
