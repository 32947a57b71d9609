"""`contract-tests traffic` on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from contract_tests.run.telling_options import telling_options

_EPILOG = """
\b
Examples:
  contract-tests traffic ngrok saved.har
  contract-tests traffic ngrok monday.har tuesday.har --report html=run.html
  contract-tests traffic ngrok stand-in.har --base-url http://127.0.0.1:8080/ngrok
  contract-tests traffic --spec openapi.yaml saved.har
  curl -s https://ci.example.com/run.har | contract-tests traffic ngrok -

\b
Exit codes: 0 conforms, 1 findings (--fail-on), 2 no recording, or nothing in it of this vendor.
"""


@click.command(epilog=_EPILOG)
@click.argument("names", metavar="VENDOR FILE...", nargs=-1, required=True)
@click.option("--base-url", default="", metavar="URL", help="Where the vendor was asked.")
@click.option("--spec", type=click.Path(path_type=Path), help="An OpenAPI document, not a VENDOR.")
@telling_options
def traffic(**given: Any) -> None:
    """Judge what was recorded as HAR, requests and answers.

    Chrome, Firefox, Safari, Postman, Charles, Fiddler, Insomnia, mitmproxy, Playwright, k6 and
    `contract-tests proxy --record` write such files; - is standard input. Judged are requests to
    the servers of the contract, or below --base-url; how many others there were is told.
    """
    from contract_tests.traffic.run import judged  # noqa: PLC0415  (--help answers at once)

    sys.exit(judged(given))
