"""`contract-tests server` on the command line."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import click

_GRADES = ("breach", "drift", "assumption")
_EPILOG = """
\b
Examples:
  contract-tests server ngrok --url http://127.0.0.1:8080/ngrok
  contract-tests server pingplotter --url https://me.api.pingplotter.cloud --dry-run
  contract-tests server --spec openapi.yaml --explain
  contract-tests server ngrok --url http://127.0.0.1:8080/ngrok --rule order_is_kept --seed 7
  contract-tests server ngrok --url … --report html=run.html --report junit=run.xml
  contract-tests server ngrok --url … --baseline known.json --update-baseline

\b
Keys come from the environment, then from the keyring (service contract-tests):
  ngrok         NGROK_API_KEY, NGROK_API_TOKEN, NGROK_TOKEN; other vendors alike
  user of Basic THOUSANDEYES_USER or _EMAIL
  any vendor    CONTRACT_TESTS_KEY
  --spec        CONTRACT_TESTS_<SCHEME>, CONTRACT_TESTS_KEY, CONTRACT_TESTS_USER
  a second account, to see that accounts are apart: the same with _2, CONTRACT_TESTS_OTHER_KEY

\b
Exit codes: 0 conforms, 1 findings (breach or drift; with a baseline: new or vanished ones),
2 could not run, nothing was tried, or a report could not be written,
130 and 143 interrupted (Ctrl-C, SIGTERM) before anything was found.
"""


class _Finite(click.FloatRange):
    """A number in a range that is one: not infinite, not nan."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number; a bad option where it is none."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


@click.command(epilog=_EPILOG)
@click.argument("vendor", required=False, default="")
@click.option("--url", default="", help="Where the API is, with or without its base path.")
@click.option("--spec", type=click.Path(path_type=Path), help="An OpenAPI document, not a VENDOR.")
@click.option("--roles", type=click.Path(path_type=Path), help="Roles of operations, corrected.")
@click.option("--explain", is_flag=True, help="Print the roles as a file, and stop.")
@click.option("--dry-run", is_flag=True, help="Print the plan, and stop: nothing is sent.")
@click.option(
    "--mode", type=click.Choice(["read-only", "full"]), help="full here, else read-only."
)
@click.option("--i-own-this-account", "owns_account", is_flag=True, help="For --mode full there.")
@click.option("--max-requests", type=click.IntRange(1), help="Elsewhere 200, here no limit.")
@click.option("--rate", type=_Finite(0), help="Requests a second: 1 elsewhere, 0 is any.")
@click.option("--time-limit", "time_limit_s", type=_Finite(0), help="50 s, elsewhere 300.")
@click.option("--timeout", "timeout_s", type=_Finite(0.1, 3600), help="Of an answer, seconds.")
@click.option("--seed", type=click.IntRange(0), help="Repeat the run that printed this seed.")
@click.option("--examples", type=click.IntRange(1), default=10, help="Of an operation and phase.")
@click.option("--rule", "rules", multiple=True, help="Try this rule (or phase) only; repeatable.")
@click.option("--skip", multiple=True, help="Do not try this rule (or phase); may be repeated.")
@click.option("--shard", default="1/1", help="Which part of the run, e.g. 1/4.")
@click.option("--baseline", type=click.Path(path_type=Path), help="File of accepted findings.")
@click.option("--update-baseline", "updates_baseline", is_flag=True, help="Write that file.")
@click.option("--report", "reports", multiple=True, metavar="KIND=FILE", help="May be repeated.")
@click.option("--fail-on", type=click.Choice(_GRADES), default="drift", help="How grave counts.")
def server(*, explain: bool, dry_run: bool, **given: Any) -> None:
    """Hold any server to a contract, by its words and by its deeds.

    VENDOR is one of those that `contract-tests specs` lints. On this machine everything is tried:
    what is there may be changed and deleted. A tunnel to another machine looks like this one: add
    --mode read-only. Anywhere else only what reads is tried, unless --mode full and
    --i-own-this-account are given.
    """
    from contract_tests.run.at_terminal import served  # noqa: PLC0415  (--help answers at once)

    sys.exit(served(given, explain=explain, dry_run=dry_run))
