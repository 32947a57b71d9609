"""The verb `probes respond`."""

import asyncio
import math
import os
import signal

import click

from probes.cli.common import Refusal
from probes.errors import ProbeError
from probes.responder import DEFAULT_PORT
from probes.targets import TargetPolicy

RATE_HELP = "Most Mbit/s of one stream: of UDP either way, of TCP from here."


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="0 for any free one.")
@click.option("--allow", multiple=True, metavar="CIDR", help="Answer this range as well.")
@click.option("--rate", default=1000.0, show_default=True, help=RATE_HELP)
def respond(host: str, port: int, allow: tuple[str, ...], rate: float) -> None:
    """Be the other end of voice, agent-to-agent and throughput, until interrupted.

    Only callers on loopback are answered unless --allow names more; to be reached from elsewhere
    it takes --host as well.

    \b
    Examples:
      probes respond
      probes respond --host 0.0.0.0 --allow 10.0.0.0/24
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    try:
        asyncio.run(_respond(host, port, TargetPolicy.allowing(*allow), rate))
    except ProbeError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Refusal(f"{host} port {port} cannot be listened on: {reason}.") from error


async def _respond(host: str, port: int, policy: TargetPolicy, rate: float) -> None:
    # The streams' machinery would make --help slow.
    from probes.responder.server import Responder, Terms  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if not math.isfinite(rate):
        raise Refusal(f"The rate is {rate} Mbit/s: expected a number above 0.")
    terms = Terms(bits_per_s=round(rate * 1e6))
    async with Responder(policy, host=host, port=port, terms=terms) as responder:
        click.echo(f"responding on {responder.host} port {responder.port}")
        await stop.wait()
