"""The verb `probes throughput`."""

from typing import Any

import click

from probes.agent_to_agent import Direction
from probes.cli.common import carry_out, chosen, options
from probes.cli.tables import Rows, ms, number
from probes.responder import DEFAULT_PORT
from probes.throughput import Flow, Protocol, ThroughputPlan, ThroughputResult

WAYS = click.Choice([str(way) for way in Direction])
PROTOCOLS = click.Choice([str(one) for one in Protocol])


@click.command()
@click.argument("target")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="Where it responds.")
@click.option(
    "--protocol",
    type=PROTOCOLS,
    default="tcp",
    show_default=True,
)
@click.option(
    "--direction",
    type=WAYS,
    default="to-target",
    show_default=True,
)
@click.option("--rate", default=10.0, show_default=True, help="Mbit/s of UDP payload to offer.")
@click.option("--duration", default=10.0, show_default=True, help="Seconds, each way.")
@click.option("--size", default=1200, show_default=True, help="Bytes of UDP payload.")
@click.option("--dscp", default=0, show_default=True, help="0 to 63.")
@options(count_help="Measurements.  [default: 1; endless with --watch]", interval_s=30.0)
def throughput(  # noqa: PLR0913, PLR0917 - one argument an option
    target: str,
    port: int,
    protocol: str,
    direction: str,
    rate: float,
    duration: float,
    size: int,
    dscp: int,
    **rest: Any,
) -> None:
    """Fill the path to TARGET, where `probes respond` runs, and say how much came through.

    \b
    Examples:
      probes throughput 127.0.0.1 --protocol udp --rate 5 --duration 2
      probes throughput 10.0.0.1 --direction both --allow-target 10.0.0.0/24
      probes throughput any.name --simulate 7 --json
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    given = chosen(rest)  # type: ignore[arg-type]
    how, way = Protocol(protocol), Direction(direction)
    bits, patience_s = round(rate * 1e6), given["timeout"]

    def plan() -> ThroughputPlan:
        return ThroughputPlan(target, port, how, way, bits, duration, size, dscp, patience_s)

    carry_out(plan, given, rows)  # type: ignore[arg-type]


def rows(result: ThroughputResult) -> Rows:
    """Say it to people."""
    shown: list[tuple[str, str]] = [(result.target, result.address or "-")]
    for flow in result.flows:
        shown += _flow(flow)
    return [*shown, ("failed", str(result.failure))] if result.failure else shown


def _flow(flow: Flow) -> Rows:
    mbits = None if flow.bits_per_s is None else flow.bits_per_s / 1e6
    carried = f"{number(mbits)} Mbit/s, {flow.bytes} bytes in {flow.duration_s:.2f} s"
    if flow.sent is None:
        kernel = f"{flow.retransmits} retransmitted, rtt {ms(flow.rtt_ms)}"
        shown = [(str(flow.direction), carried)]
        shown.append(("tcp", f"{kernel}, window {flow.congestion_window}"))
        return [*shown, ("limit", _limit(flow))] if flow.reached_limit else shown
    return [(str(flow.direction), carried), *_packets(flow)]


def _packets(flow: Flow) -> Rows:
    counts = f"{flow.sent} sent, {flow.received} received, {number(flow.loss_percent)} % lost"
    shown = [("packets", f"{counts}, jitter {ms(flow.jitter_ms)}")]
    slow = f"{flow.overflowed} came faster than they could be read: lower the rate"
    return [*shown, ("receiver", slow)] if flow.overflowed else shown


def _limit(flow: Flow) -> str:
    there = flow.direction == Direction.FROM_TARGET
    whose = "the responder's --rate" if there else "this side's limit"
    most = (flow.limit_bits_per_s or 0) / 1e6
    return f"{whose} of {most:g} Mbit/s was reached: the path may carry more"
