"""The verb `probes voice`."""

from typing import Any

import click

from probes.cli.common import carry_out, chosen, options
from probes.cli.tables import Rows, ms, number
from probes.responder import DEFAULT_PORT
from probes.voice import VoicePlan, VoiceResult


@click.command()
@click.argument("target")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="Where it responds.")
@click.option("--codec", default=0, show_default=True, help="0 to 9, as ThousandEyes counts them.")
@click.option("--dscp", default=46, show_default=True, help="0 to 63; 46 is EF.")
@click.option("--duration", default=5.0, show_default=True, help="Seconds of speech.")
@click.option("--jitter-buffer", default=40, show_default=True, help="Milliseconds, 0 to 150.")
@options(count_help="Streams to send.  [default: 1; endless with --watch]", interval_s=10.0)
def voice(  # noqa: PLR0913, PLR0917 - one argument an option
    target: str, port: int, codec: int, dscp: int, duration: float, jitter_buffer: int, **rest: Any
) -> None:
    """Send an RTP stream to TARGET, where `probes respond` runs, and rate how it would sound.

    \b
    Examples:
      probes voice 127.0.0.1 --duration 2
      probes voice 10.0.0.1 --codec 5 --jitter-buffer 60 --allow-target 10.0.0.0/24
      probes voice any.name --simulate 7 --json
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    given = chosen(rest)  # type: ignore[arg-type]

    def plan() -> VoicePlan:
        return VoicePlan(target, port, codec, dscp, duration, jitter_buffer, given["timeout"])

    carry_out(plan, given, rows)  # type: ignore[arg-type]


def rows(result: VoiceResult) -> Rows:
    """Say it to people."""
    if result.failure is not None:
        return [(result.target, result.address or "-"), ("failed", str(result.failure))]
    spread = (result.min_latency_ms, result.latency_ms, result.max_latency_ms)
    error = number(result.clock_error_ms)
    lost, late = number(result.loss_percent), number(result.discards_percent)
    packets = f"{result.sent} sent, {result.received} received, {lost} % lost, {late} % too late"
    return [
        (result.target, result.address or "-"),
        ("codec", f"{result.codec_name}, at best {result.codec_max_mos:.2f}"),
        ("packets", packets),
        ("one way min/avg/max", f"{' / '.join(map(number, spread))} ms, clocks to {error} ms"),
        ("variation", f"pdv {ms(result.pdv_ms)}, jitter {ms(result.jitter_ms)}"),
        ("dscp", f"{result.dscp} sent, {result.dscp_received} received"),
        ("rating", f"R {number(result.r_factor)}, MOS {number(result.mos)}"),
        ("pacing", f"p50 {ms(result.pacing_p50_ms)}, p99 {ms(result.pacing_p99_ms)}"),
    ]
