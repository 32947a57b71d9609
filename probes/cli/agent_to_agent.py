"""The verb `probes agent-to-agent`."""

from typing import Any

import click

from probes.agent_to_agent import AgentToAgentPlan, AgentToAgentResult, Direction, OneWay
from probes.cli.common import carry_out, chosen, options
from probes.cli.tables import Rows, number
from probes.responder import DEFAULT_PORT

WAYS = click.Choice([str(way) for way in Direction])


@click.command("agent-to-agent")
@click.argument("target")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="Where it responds.")
@click.option(
    "--direction",
    type=WAYS,
    default="both",
    show_default=True,
)
@click.option("--packets", default=50, show_default=True, help="Packets in one measurement.")
@click.option("--gap", default=0.02, show_default=True, help="Seconds between packets.")
@click.option("--size", default=64, show_default=True, help="Bytes of UDP payload.")
@click.option("--dscp", default=0, show_default=True, help="0 to 63.")
@options(count_help="Measurements.  [default: 1; endless with --watch]", interval_s=5.0)
def agent_to_agent(  # noqa: PLR0913, PLR0917 - one argument an option
    target: str,
    port: int,
    direction: str,
    packets: int,
    gap: float,
    size: int,
    dscp: int,
    **rest: Any,
) -> None:
    """Exchange packets with TARGET, where `probes respond` runs, and judge each way by itself.

    \b
    Examples:
      probes agent-to-agent 127.0.0.1
      probes agent-to-agent 10.0.0.1 --direction to-target --allow-target 10.0.0.0/24
      probes agent-to-agent any.name --packets 200 --simulate 7 --json
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    given = chosen(rest)  # type: ignore[arg-type]
    way, patience_s = Direction(direction), given["timeout"]

    def plan() -> AgentToAgentPlan:
        return AgentToAgentPlan(target, port, way, packets, gap, size, dscp, patience_s)

    carry_out(plan, given, rows)  # type: ignore[arg-type]


def rows(result: AgentToAgentResult) -> Rows:
    """Say it to people."""
    shown: list[tuple[str, str]] = [(result.target, result.address or "-")]
    if result.failure is not None:
        return [*shown, ("failed", str(result.failure))]
    for label, way in (("to target", result.to_target), ("from target", result.from_target)):
        shown += _way(label, way) if way else []
    if result.samples_ms:
        spread = (result.min_rtt_ms, result.avg_rtt_ms, result.max_rtt_ms)
        shown.append(("rtt min/avg/max", f"{' / '.join(map(number, spread))} ms"))
    return [*shown, ("clocks", f"known to {number(result.clock_error_ms)} ms")]


def _way(label: str, way: OneWay) -> Rows:
    counts = f"{way.sent} sent, {way.received} received, {number(way.packet_loss)} % lost"
    odd = f"{way.duplicates} twice, {way.reordered} out of order"
    spread = (way.min_latency_ms, way.avg_latency_ms, way.max_latency_ms)
    jitter = number(way.jitters_ms["consecutive_difference"])
    return [
        (label, f"{counts}, {odd}"),
        (f"{label} min/avg/max", f"{' / '.join(map(number, spread))} ms, jitter {jitter} ms"),
    ]
