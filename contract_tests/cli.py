"""The command `contract-tests`: server, cleanup, client, proxy, traffic, suite, specs."""

from __future__ import annotations

import os
import sys

import click

from contract_tests.client.command import client
from contract_tests.proxy.command import proxy
from contract_tests.run.cleanup_command import cleanup
from contract_tests.run.server_command import server
from contract_tests.run.specs_command import specs_command
from contract_tests.traffic.command import traffic

_EXAMPLES = """
\b
Examples:
  contract-tests server ngrok --url http://127.0.0.1:8080/ngrok
  contract-tests client --vendor ngrok -- npm test
  contract-tests proxy ngrok --upstream https://api.ngrok.com --record run.har
  contract-tests traffic ngrok run.har
  contract-tests suite
  contract-tests suite --vendor ngrok --seed 7 --examples 200
  contract-tests specs
  contract-tests specs openapi.yaml --against old.yaml
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.version_option(package_name="netmon-in-a-box")
def main() -> None:
    """Hold servers, the stand-in, and the contracts themselves to what the documents say."""


main.add_command(server)
main.add_command(cleanup)
main.add_command(client)
main.add_command(proxy)
main.add_command(traffic)
main.add_command(specs_command)


@main.command(epilog=_EXAMPLES)
@click.option("--vendor", multiple=True, help="Test this vendor only; may be repeated.")
@click.option("--seed", type=int, help="Repeat the run that printed this seed.")
@click.option("--examples", type=int, help="Examples per operation and phase (25).")
@click.argument("pytest_args", nargs=-1, type=click.UNPROCESSED)
def suite(
    vendor: tuple[str, ...], seed: int | None, examples: int | None, pytest_args: tuple[str, ...]
) -> None:
    """Run the suite against a stand-in in this process; arguments after -- go to pytest.

    Exit codes: 0 everything conforms, 1 findings, 2 could not run.
    """
    import pytest

    import specs

    try:
        for name in vendor:
            specs.path_of(name)
    except specs.UnknownVendor as error:
        click.echo(f"contract-tests: {error}", err=True)
        sys.exit(2)
    chosen = {"SEED": seed, "EXAMPLES": examples, "VENDORS": ",".join(vendor) or None}
    given = {f"CONTRACT_TESTS_{k}": str(v) for k, v in chosen.items() if v is not None}
    os.environ.update(given)
    code = pytest.main(["--pyargs", "contract_tests.suite", "-q", *pytest_args])
    sys.exit(code if code in (0, 1) else 2)
