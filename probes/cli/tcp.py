"""The verb `probes tcp`."""

from collections.abc import AsyncIterator
from typing import Unpack

import click

from probes.cli.common import Options, conclude, options, repeated
from probes.cli.tables import Rows, ms, number
from probes.network import Network
from probes.tcp import TcpMode, TcpPlan, TcpResult

USUAL_COUNT = 4


@click.command()
@click.argument("target")
@click.option("--port", type=int, required=True, help="Port to connect to.")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in TcpMode]),
    default=TcpMode.CONNECT.value,
    show_default=True,
    help="What counts: a connection in time, or an answer to the first SYN (at most 50 of them).",
)
@options(
    count_help="Connections to try.  [default: 4; endless with --watch]",
    interval_s=0.2,
    timeout_s=1.0,
)
def tcp(target: str, port: int, mode: str, **given: Unpack[Options]) -> None:
    """Connect to a TCP port of TARGET, and time the handshake.

    \b
    Examples:
      probes tcp 127.0.0.1 --port 22
      probes tcp localhost --port 443 --count 10 --interval 0.05 --timeout 5
      probes tcp 10.0.0.1 --port 80 --mode syn --count 50 --allow-target 10.0.0.0/24
      probes tcp any.name --port 443 --simulate 7 --json
    """  # noqa: D301 - \b is how click is told to keep these lines as they are

    def results(network: Network) -> AsyncIterator[TcpResult]:
        return _results(network, target, port, TcpMode(mode), given)

    conclude(results, given, rows)


def _results(
    network: Network, target: str, port: int, mode: TcpMode, given: Options
) -> AsyncIterator[TcpResult]:
    def plan(count: int) -> TcpPlan:
        return TcpPlan(target, port, mode, count, given["interval"], given["timeout"])

    if given["watch"]:
        return repeated(network, plan(1), given)
    count = given["count"]
    return _once(network, plan(USUAL_COUNT if count is None else count))


async def _once(network: Network, plan: TcpPlan) -> AsyncIterator[TcpResult]:
    yield await network.measure(plan)


def rows(result: TcpResult) -> Rows:
    """Say it to people."""
    spread = (result.min_rtt_ms, result.avg_rtt_ms, result.max_rtt_ms)
    shown = [
        (result.target, f"{result.address} port {result.port}"),
        (str(result.mode), f"{len(result.attempts)} tried, {_answers(result)}"),
        ("rtt min/avg/max", f"{' / '.join(map(number, spread))} ms"),
        ("connect avg", ms(result.avg_connect_ms)),
        ("jitter", ms(result.jitter_ms)),
    ]
    return [*shown, ("failure", str(result.failure))] if result.failure else shown


def _answers(result: TcpResult) -> str:
    if result.packet_loss is None:
        return "nothing could be sent"
    lost = f"{result.packet_loss:.4g} %"
    return f"{result.received} answered ({result.refused} refused), {lost} lost"
