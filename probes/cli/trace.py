"""The verb `probes trace`."""

from collections.abc import AsyncIterator
from typing import Unpack

import click

from probes.cli.common import Options, conclude, options, repeated
from probes.cli.tables import Rows, ms, number
from probes.network import Network
from probes.trace import TraceHop, TracePlan, TraceProtocol, TraceResult
from probes.trace.history import HopStatistics, TraceWatchResult

USUAL_PROBES = 3


@click.command()
@click.argument("target")
@click.option(
    "--protocol",
    type=click.Choice([protocol.value for protocol in TraceProtocol]),
    default=TraceProtocol.ICMP.value,
    show_default=True,
    help="What the probes are.",
)
@click.option("--port", type=int, help="The target's port.  [default: udp 33434, tcp 80]")
@click.option("--flows", default=1, show_default=True, help="Flows, for paths that share load.")
@click.option("--probes", type=int, help="Probes per hop and flow.  [default: 3; 1 with --watch]")
@click.option("--max-hops", default=30, show_default=True, help="Largest TTL that is tried.")
@options(
    count_help="Traces to make.  [default: 1; endless with --watch]",
    interval_s=2.5,
    timeout_s=1.0,
)
def trace(  # noqa: PLR0913, PLR0917 - an option each
    target: str,
    protocol: str,
    port: int | None,
    flows: int,
    probes: int | None,
    max_hops: int,
    **given: Unpack[Options],
) -> None:
    """Find the routers on the way to TARGET, a name or an address.

    Nobody's rights are needed where ping_group_range admits the group. A router that answers
    less than the hops behind it is limited in its answers: only the target's loss is loss.

    \b
    Examples:
      probes trace 127.0.0.1
      probes trace localhost --protocol udp --probes 1 --json
      probes trace 10.0.0.1 --protocol tcp --port 443 --flows 4 --allow-target 10.0.0.0/24
      probes trace 10.0.0.1 --watch --interval 1 --allow-target 10.0.0.0/24
      probes trace any.name --flows 8 --max-hops 40 --simulate 7
    """  # noqa: D301 - \b is how click is told to keep these lines as they are

    def plan() -> TracePlan:
        usual = 1 if given["watch"] else USUAL_PROBES
        each = usual if probes is None else probes
        kind, wait_s = TraceProtocol(protocol), given["timeout"]
        return TracePlan(target, kind, port, flows, each, max_hops, wait_s)

    if given["watch"]:
        conclude(lambda network: _watched(network, plan(), given), given, watch_rows)
    conclude(lambda network: repeated(network, plan(), given), given, rows)


async def _watched(
    network: Network, plan: TracePlan, given: Options
) -> AsyncIterator[TraceWatchResult]:
    from probes.trace.continuous import continuous  # noqa: PLC0415 - only --watch needs it

    rounds = given["count"]
    async for history in continuous(network, plan, given["interval"], rounds=rounds):
        yield history.result()


def rows(result: TraceResult) -> Rows:
    """Say it to people."""
    port = f" port {result.port}" if result.port else ""
    flows = f", {len(result.paths)} flows" if len(result.paths) > 1 else ""
    shown = [
        (result.target, f"{result.address} by {result.protocol}{port}{flows}"),
        *((f"{hop.ttl:>3}", _hop(hop)) for hop in result.hops),
        ("target", f"avg {ms(result.avg_rtt_ms)}, {_loss(result)}"),
    ]
    return [*shown, ("failure", result.failure.message)] if result.failure else shown


def watch_rows(result: TraceWatchResult) -> Rows:
    """Say it to people."""
    heading = "sent mute %   last    avg   best  worst  stdev jitter"
    shown = [
        (result.target, f"{result.address}, round {result.rounds}"),
        (" ", heading),
        *((_name(hop), _figures(hop)) for hop in result.hops),
        ("target", f"avg {ms(result.time_ms)}, {_loss(result)}"),
    ]
    limited = result.time_ms is not None and result.packet_loss is None
    hint = ", which its limit may explain" if limited else ""
    missing = [("failure", f"the target did not answer in the last round{hint}")]
    return shown if result.reached else [*shown, *missing]


def _loss(result: TraceResult | TraceWatchResult) -> str:
    """Say what was lost of the probes to the target, where that is known."""
    if result.packet_loss is not None:
        return f"{result.packet_loss:.4g} % lost"
    if result.time_ms is None:
        return "- lost"
    return "loss unknown: it may limit its answers"


def _hop(hop: TraceHop) -> str:
    if not hop.responses:
        return f"* ({hop.state})"
    parts = []
    for response in hop.responses:
        times = " ".join(number(rtt_ms) for rtt_ms in response.rtts_ms[:3])
        labels = "".join(f" [MPLS {label.label}]" for label in response.labels or ())
        parts.append(f"{response.address} {times} ms{labels} {response.unreachable or ''}".strip())
    answers = "" if hop.received == hop.sent else f" ({hop.received} of {hop.sent}, {hop.state})"
    return " | ".join(parts) + answers


def _name(hop: HopStatistics) -> str:
    state = "" if hop.state == "answers" else f"\n    {hop.state}"
    return f"{hop.ttl:>3} {' '.join(hop.addresses) or '*'}{state}"


def _figures(hop: HopStatistics) -> str:
    lost = "-" if hop.unanswered is None else f"{hop.unanswered:.1f}"
    times = (hop.last_rtt_ms, hop.avg_rtt_ms, hop.min_rtt_ms, hop.max_rtt_ms)
    figures = " ".join(map(_short, (*times, hop.stdev_ms, hop.jitter_ms)))
    return f"{hop.sent:>4} {lost:>6} {figures}"


def _short(value: float | None) -> str:
    return f"{'-' if value is None else format(value, '.2f'):>6}"
