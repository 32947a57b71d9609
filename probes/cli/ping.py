"""The verb `probes ping`."""

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


@click.command()
@click.argument("target")
@options(
    count_help="Probes to send.  [default: 4; endless with --watch]",
    interval_s=0.2,
    timeout_s=1.0,
)
def ping(target: str, **given: Unpack[Options]) -> None:
    """Send ICMP echo requests to TARGET, a name or an address.

    \b
    Examples:
      probes ping 127.0.0.1
      probes ping localhost --count 10 --interval 0.05 --json
      probes ping 10.0.0.1 --allow-target 10.0.0.0/24 --watch
      probes ping any.name --simulate 7
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    conclude(lambda network: _results(network, target, given), given, rows)


def _results(network: Network, target: str, given: Options) -> AsyncIterator[PingResult]:
    count, interval_s, timeout_s = given["count"], given["interval"], given["timeout"]
    if given["watch"]:
        return watch(network, target, rounds=count, interval_s=interval_s, timeout_s=timeout_s)
    number_ = USUAL_COUNT if count is None else count
    return _once(network, PingPlan(target, number_, interval_s, timeout_s))


async def _once(network: Network, plan: PingPlan) -> AsyncIterator[PingResult]:
    yield await network.measure(plan)


def rows(result: PingResult) -> Rows:
    """Say it to people."""
    spread = (result.min_rtt_ms, result.avg_rtt_ms, result.max_rtt_ms)
    lost = f"{result.packet_loss:.4g} %"
    shown = [
        (result.target, result.address),
        ("probes", f"{result.sent} sent, {result.received} received, {lost} lost"),
        ("rtt min/avg/max", f"{' / '.join(map(number, spread))} ms"),
        ("jitter", f"{number(result.jitter_ms)} ms"),
    ]
    return [*shown, ("not sent", result.send_error)] if result.send_error else shown
