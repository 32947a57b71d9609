"""The verb `probes dnssec`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Unpack

import click

from probes.cli.common import Options, carry_out, options
from probes.cli.dns import record_rows
from probes.cli.dns_trace import ROOT_HELP, roots_of
from probes.cli.tables import Rows, ms
from probes.dns_trace.plan import TRANSPORTS
from probes.dnssec import DnssecPlan, DnssecResult, Link
from probes.dnssec.plan import IANA_ANCHORS

ANCHOR_HELP = "DS or DNSKEY to trust, as in a zone file.  [default: the root's, from IANA]"


@click.command()
@click.argument("name")
@click.argument("rdtype", default="A", metavar="[TYPE]")
@click.option("--server", help="Fetch from this resolver instead of walking from the roots.")
@click.option("--root", multiple=True, metavar="ADDRESS", help=ROOT_HELP)
@click.option("--port", default=53, show_default=True, help="Port of the servers.")
@click.option("--anchor", multiple=True, metavar="RECORD", help=ANCHOR_HELP)
@click.option(
    "--anchor-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The same, one a line; lines that begin with ; are left out.",
)
@click.option("--at", type=click.DateTime(), help="Judge as of this time, in UTC.")
@click.option("--skew", default=0.0, show_default=True, help="Seconds that clocks may differ.")
@click.option(
    "--transport",
    type=click.Choice(TRANSPORTS),
    default="udp",
    show_default=True,
    help="What carries the questions.",
)
@options(count_help="How often to prove it.  [default: 1; endless with --watch]", timeout_s=3.0)
def dnssec(  # noqa: PLR0913 - click hands over each option by name
    name: str,
    rdtype: str,
    *,
    server: str | None,
    root: tuple[str, ...],
    port: int,
    anchor: tuple[str, ...],
    anchor_file: Path | None,
    at: datetime | None,
    skew: float,
    transport: str,
    **given: Unpack[Options],
) -> None:
    """Prove the records of NAME by DNSSEC, from a trust anchor down.

    \b
    Examples:
      probes dnssec www.example.com --simulate 3
      probes dnssec example.com MX --simulate 3 --json
      probes dnssec www.example.test --root 127.0.0.1 --anchor-file root.ds
      probes dnssec www.example.com --server 10.0.0.53 --allow-target 10.0.0.0/24
    """  # noqa: D301 - \b is how click is told to keep these lines as they are

    def plan() -> DnssecPlan:
        return DnssecPlan(
            name,
            rdtype,
            server,
            (*anchor, *_lines(anchor_file)) or IANA_ANCHORS,
            roots_of(root),
            transport,
            port,
            at=None if at is None else at.replace(tzinfo=UTC).timestamp(),
            skew_s=skew,
            timeout_s=given["timeout"],
        )

    carry_out(plan, given, rows)


def _lines(path: Path | None) -> list[str]:
    lines = path.read_text("utf-8", "replace").splitlines() if path else []
    return [line for line in lines if line.strip() and not line.lstrip().startswith(";")]


def rows(result: DnssecResult) -> Rows:
    """Say it to people."""
    shown = [
        (f"{result.target} {result.rdtype}", str(result.verdict)),
        ("reason", result.reason),
        *((f"zone {link.zone}", _worded(link)) for link in result.chain),
        ("status", f"{result.rcode}, {result.queries} queries, {ms(result.total_ms)}"),
    ]
    if result.failure is not None:
        shown.append(("failed", str(result.failure)))
    return [*shown, *record_rows(result.answers)]


def _worded(link: Link) -> str:
    if not link.keys:
        return f"{link.verdict}, {len(link.ds)} DS"
    keys = ", ".join(f"{key.key_tag} {key.algorithm}" for key in link.keys)
    tags = ", ".join(str(ds.key_tag) for ds in link.ds)
    return f"{link.verdict}, DS {tags}, keys {keys}, until {link.signed_until:%Y-%m-%d %H:%M}"
