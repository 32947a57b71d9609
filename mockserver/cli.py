"""The command `mockserver`: serve, routes, vendors."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

_EXAMPLES = """
\b
Examples:
  mockserver serve
  mockserver serve --port 0 --vendor ngrok --seed 7
  mockserver serve --state estate.db --account ci=ci_key
  mockserver serve --network live --allow-target 192.0.2.0/24
  MOCKSERVER_PORT=9000 mockserver serve
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, epilog=_EXAMPLES)
@click.version_option(package_name="netmon-in-a-box")
def main() -> None:
    """Four cloud network-monitoring APIs in a box."""


@main.command(epilog=_EXAMPLES)
@click.option("--host", help="Address to listen on (127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (8080); 0 takes a free one.")
@click.option("--vendor", multiple=True, help="Serve this vendor only; may be repeated.")
@click.option("--seed", type=int, help="Where the worlds come from (0).")
@click.option("--state", help="File that keeps the state, or sqlite:///PATH; else in memory.")
@click.option(
    "--network",
    help="simulated (real packets to loopback only) or live (and to allowed targets).",
)
@click.option("--allow-target", multiple=True, metavar="CIDR", help="Network to probe when live.")
@click.option(
    "--dns-root",
    multiple=True,
    metavar="ADDRESS[#PORT]",
    help="Root server of a private name system, for dns-trace and dns-dnssec tests.",
)
@click.option(
    "--trust-anchor",
    metavar="FILE",
    help="DS or DNSKEY records to believe in dns-dnssec tests, not those of the public root.",
)
@click.option(
    "--engine", metavar="URL", help="Database that remote agents join: postgresql://HOST/DATABASE."
)
@click.option("--account", multiple=True, metavar="NAME=KEY", help="One more account.")
@click.option(
    "--rate-limit", multiple=True, metavar="NAME=N|off", help="Another limit than documented."
)
@click.option("--config", type=click.Path(path_type=Path), help="Settings file (mockserver.toml).")
def serve(config: Path | None, **flags: Any) -> None:
    """Serve the vendors until SIGTERM or Ctrl-C.

    Every option may also be a variable MOCKSERVER_<NAME> (lists with commas) or a key of the
    settings file; options win over variables, variables over the file.
    """
    # Imported here and below, so that --help answers at once.
    from mockserver.core.errors import ApiError
    from mockserver.core.store import StoreError
    from mockserver.serve import CannotListen, run
    from mockserver.settings import SettingsError, read
    from probes.errors import ProbeError
    from specs import UnknownVendor

    given = {name: value for name, value in flags.items() if value not in (None, ())}
    try:
        run(read(given, config))
    except (SettingsError, StoreError, CannotListen, UnknownVendor, ApiError, ProbeError) as error:
        _fail(str(error))


@main.command()
@click.option("--vendor", multiple=True, help="Show this vendor only; may be repeated.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the README's table.")
def routes(vendor: tuple[str, ...], *, as_markdown: bool) -> None:
    """Print method, path, operationId and handler file of every operation."""
    from mockserver.routes import markdown, table
    from specs import UnknownVendor

    try:
        for line in markdown() if as_markdown else table(vendor):
            click.echo(line)
    except UnknownVendor as error:
        _fail(str(error))


@main.command()
def vendors() -> None:
    """Print each vendor with its address, hosts and default credential."""
    from mockserver.vendors import load

    for room in load():
        click.echo(f"{room.name:<14}/{room.name:<14}{', '.join(room.hosts):<28}{room.credential}")


def _fail(message: str) -> NoReturn:
    click.echo(f"mockserver: {message}", err=True)
    sys.exit(2)
