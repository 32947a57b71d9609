"""The verb `probes ping`."""

import socket
from collections.abc import AsyncIterator
from typing import Unpack

import click

from probes.cli.common import Options, conclude, options
from probes.cli.tables import Rows, number
from probes.network import Network
from probes.ping import PingPlan
from probes.results import PingResult
from probes.watch import watch

USUAL_COUNT = 4
FAMILIES = {None: socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}


@click.command()
@click.argument("target")
@options(
    count_help="Probes to send.  [default: 4; endless with --watch]",
    interval_s=0.2,
    timeout_s=1.0,
)
@click.option("-4", "family", flag_value="4", help="Only IPv4 addresses of the name.")
@click.option("-6", "family", flag_value="6", help="Only IPv6 addresses of the name.")
def ping(target: str, family: str | None, **given: Unpack[Options]) -> None:
    """Send ICMP echo requests to TARGET, a name or an address.

    \b
    Examples:
      probes ping 127.0.0.1
      probes ping localhost -4 --count 10 --interval 0.05 --json
      probes ping 10.0.0.1 --allow-target 10.0.0.0/24 --watch
      probes ping any.name --simulate 7
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    count = given["count"] or USUAL_COUNT

    def results(network: Network) -> AsyncIterator[PingResult]:
        # Probe by probe in either case, so that Ctrl-C can still tell what was seen.
        pace = (given["interval"], given["timeout"], FAMILIES[family])
        plan = PingPlan(target, 1, *pace)
        if given["watch"]:
            return watch(network, plan, given["count"])
        return watch(network, plan, count, window=count)

    conclude(results, given, rows, each=given["watch"])


def rows(result: PingResult) -> Rows:
    """Say it to people."""
    spread = (result.min_rtt_ms, result.avg_rtt_ms, result.max_rtt_ms)
    lost = "none" if result.packet_loss is None else f"{result.packet_loss:.4g} %"
    shown = [
        (result.target, result.address),
        ("probes", f"{result.sent} sent, {result.received} received, {lost} lost"),
        ("rtt min/avg/max", f"{' / '.join(map(number, spread))} ms"),
        ("jitter", f"{number(result.jitter_ms)} ms"),
        ("mos", number(result.mos)),
    ]
    if not result.send_error:
        return shown
    return [*shown, ("not sent", f"{result.not_sent}: {result.send_error}")]
