"""The verb `probes dns-trace`."""

from typing import Unpack

import click

from probes.cli.common import Options, carry_out, options
from probes.cli.dns import record_rows
from probes.cli.tables import Rows, ms
from probes.dns_trace import DnsTracePlan, DnsTraceResult, RootServer
from probes.dns_trace.plan import TRANSPORTS
from probes.dns_trace.root_hints import IANA_ROOTS, read_root

ROOT_HELP = "Begin at this ADDRESS, ADDRESS#PORT or NAME=ADDRESS.  [default: IANA's thirteen]"


@click.command()
@click.argument("name")
@click.argument("rdtype", default="A", metavar="[TYPE]")
@click.option("--root", multiple=True, metavar="ADDRESS", help=ROOT_HELP)
@click.option("--port", default=53, show_default=True, help="Where servers below are asked.")
@click.option(
    "--transport",
    type=click.Choice(TRANSPORTS),
    default="udp",
    show_default=True,
    help="What carries the questions.",
)
@click.option("--class", "rdclass", default="IN", show_default=True, help="Class to ask for.")
@click.option("--tries", default=3, show_default=True, help="Questions to one zone's servers.")
@options(count_help="How often to walk.  [default: 1; endless with --watch]", timeout_s=3.0)
def dns_trace(  # noqa: PLR0913 - click hands over each option by name
    name: str,
    rdtype: str,
    *,
    root: tuple[str, ...],
    port: int,
    transport: str,
    rdclass: str,
    tries: int,
    **given: Unpack[Options],
) -> None:
    """Follow the delegations from the root down to the records of NAME.

    \b
    Examples:
      probes dns-trace www.example.com --simulate 3
      probes dns-trace www.example.com AAAA --simulate 3 --json
      probes dns-trace www.example.test --root 127.0.0.1#5300 --port 5300
      probes dns-trace www.example.com --allow-target 0.0.0.0/0
    """  # noqa: D301 - \b is how click is told to keep these lines as they are

    def plan() -> DnsTracePlan:
        return DnsTracePlan(
            name,
            rdtype,
            rdclass,
            roots_of(root),
            transport,
            port,
            timeout_s=given["timeout"],
            tries=tries,
        )

    carry_out(plan, given, rows)


def roots_of(texts: tuple[str, ...]) -> tuple[RootServer, ...]:
    """Read the roots that were given; without any they are IANA's."""
    return tuple(map(read_root, texts)) or IANA_ROOTS


def rows(result: DnsTraceResult) -> Rows:
    """Say it to people."""
    shown = [("trace", f"{result.target} {result.rdclass} {result.rdtype}")]
    for step in result.steps:
        where = f"{step.server} ({step.address})"
        time = str(step.failure) if step.failure else ms(step.query_ms)
        shown.append((f"{step.zone} {step.question}", f"{step.outcome} from {where}, {time}"))
    shown += [("not asked", text) for text in result.skipped]
    if result.failure is not None:
        return [*shown, ("failed", str(result.failure))]
    counts = f"{result.queries}, {result.failed_queries} failed"
    shown += [
        ("queries", counts),
        ("final query time", ms(result.final_query_ms)),
        ("status", str(result.rcode)),
    ]
    return [*shown, *record_rows(result.answers)]
