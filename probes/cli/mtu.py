"""The verb `probes mtu`."""

from typing import Unpack

import click

from probes.cli.common import Options, carry_out, options
from probes.cli.tables import Rows, ms
from probes.mtu import MtuPlan, MtuProtocol, MtuResult
from probes.mtu.plan import FIRST_PORT, LONGEST_PACKET


@click.command()
@click.argument("target")
@click.option(
    "--protocol",
    type=click.Choice([protocol.value for protocol in MtuProtocol]),
    default=MtuProtocol.ICMP.value,
    show_default=True,
    help="Echo requests, or UDP datagrams to ports that count up.",
)
@click.option("--port", default=FIRST_PORT, show_default=True, help="First UDP port.")
@click.option(
    "--longest", default=LONGEST_PACKET, show_default=True, help="Bytes to begin the search with."
)
@click.option("--tries", default=3, show_default=True, help="Packets of each size.")
@options(count_help="Searches to make.  [default: 1; endless with --watch]", timeout_s=1.0)
def mtu(
    target: str, protocol: str, port: int, longest: int, tries: int, **given: Unpack[Options]
) -> None:
    """Find the longest packet that reaches TARGET whole, and who says so.

    \b
    Examples:
      probes mtu 127.0.0.1 --longest 9000
      probes mtu 127.0.0.1 --longest 1500 --protocol udp --json
      probes mtu 10.0.0.1 --allow-target 10.0.0.0/24 --tries 5
      probes mtu any.name --simulate 7
    """  # noqa: D301 - \b is how click is told to keep these lines as they are

    def plan() -> MtuPlan:
        return MtuPlan(
            target,
            MtuProtocol(protocol),
            longest,
            tries,
            timeout_s=given["timeout"],
            port=port,
        )

    carry_out(plan, given, rows)


def rows(result: MtuResult) -> Rows:
    """Say it to people."""
    shown = [(result.target, f"{result.address} by {result.protocol}")]
    if result.failure:
        return [*shown, ("failure", str(result.failure))]
    shown.append(("path mtu", f"{result.mtu_bytes} bytes"))
    if result.interface_mtu_bytes is not None:
        shown.append(("interface", f"{result.interface_mtu_bytes} bytes"))
    shown += [
        (f"told by {report.address}", f"{report.mtu_bytes or '?'} bytes")
        for report in result.reports
    ]
    if result.black_hole:
        shown.append(("black hole", "longer packets vanish, and no router says so"))
    return [*shown, ("rtt", ms(result.rtt_ms)), ("probes", f"{result.probes_sent} sent")]
