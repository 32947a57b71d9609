"""`contract-tests proxy` on the command line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from contract_tests.run.telling_options import telling_options

_EPILOG = """
\b
Examples:
  contract-tests proxy ngrok --upstream https://api.ngrok.com
  contract-tests proxy ngrok --upstream http://127.0.0.1:8080/ngrok --rewrite-links
  contract-tests proxy ngrok --upstream https://api.ngrok.com --record run.har
  contract-tests proxy ngrok --replay run.har
  contract-tests proxy --spec openapi.yaml --upstream https://api.example.com

\b
Exit codes, after Ctrl-C or SIGTERM: 0 conforms, 1 findings (--fail-on),
2 could not run, or nothing came; 130 a second Ctrl-C.
"""


@click.command(epilog=_EPILOG)
@click.argument("vendor", required=False, default="")
@click.option("--upstream", default="", metavar="URL", help="Where requests go on to.")
@click.option("--listen", default="127.0.0.1:8081", metavar="HOST:PORT", show_default=True)
@click.option("--record", type=click.Path(path_type=Path), metavar="FILE", help="Write a HAR.")
@click.option("--replay", type=click.Path(path_type=Path), metavar="FILE", help="Serve a HAR.")
@click.option("--spec", type=click.Path(path_type=Path), help="An OpenAPI document, not a VENDOR.")
@click.option("--cacert", type=click.Path(path_type=Path), help="Authorities to trust (PEM).")
@click.option("--rewrite-links", is_flag=True, help="Links in bodies lead to the proxy, too.")
@click.option("--timeout", "timeout_s", type=click.FloatRange(0.1, 3600), default=60.0)
@telling_options
def proxy(**given: Any) -> None:
    """Stand between a client and a vendor, and judge both directions.

    Give the client the address of the proxy as its base URL. Everything is passed on as it came:
    also the client's key, so listen elsewhere than on this machine only where you trust everybody.
    The report comes when Ctrl-C ends it.
    """
    from contract_tests.proxy.run import proxied  # noqa: PLC0415  (--help answers at once)

    sys.exit(proxied(given))
