"""The verb `probes agent`."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from typing import TYPE_CHECKING, Any

import click

from probes.cli.common import Refusal
from probes.errors import ProbeError
from probes.targets import TargetPolicy

if TYPE_CHECKING:
    from probes.remote.agent import Duties

_HTTP = (
    "An agent cannot join over HTTP yet: give the engine itself,"
    " --join postgresql://HOST/DATABASE, the same that mockserver was given with --engine."
)


@click.command()
@click.option("--name", required=True, help="What this agent is called, among its account's.")
@click.option("--join", required=True, metavar="URL", help="Engine: postgresql://HOST/DATABASE.")
@click.option("--account", default="default", show_default=True, help="Whose agent it is.")
@click.option("--allow-target", multiple=True, metavar="CIDR", help="Open this range as well.")
@click.option("--at-once", default=50, show_default=True, help="Most measurements at a time.")
@click.option(
    "--respond-host", default="127.0.0.1", show_default=True, help="Where to answer other agents."
)
@click.option("--respond-port", default=0, show_default=True, help="0 for any free one.")
@click.option("--no-respond", is_flag=True, help="Do not answer other agents.")
def agent(join: str, allow_target: tuple[str, ...], *, no_respond: bool, **given: Any) -> None:
    """Measure from this machine what a stand-in elsewhere asks for, until interrupted.

    Both must join the same engine, a PostgreSQL database. Only loopback is measured, and only
    from loopback does the responder take calls, unless --allow-target names more.

    \b
    Examples:
      probes agent --name office --join postgresql://127.0.0.1/probes
      probes agent --name lab --join postgresql://db.example/probes --allow-target 10.0.0.0/24
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    if join.startswith(("http://", "https://")):
        raise Refusal(_HTTP)
    if given["at_once"] < 1:
        raise Refusal(f"--at-once must be at least 1, not {given['at_once']}.")
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        policy = TargetPolicy.allowing(*allow_target)
        asyncio.run(_run(join, _duties(policy, given, no_respond=no_respond)))
    except ProbeError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Refusal(f"The responder cannot listen: {reason}.") from error


def _duties(policy: TargetPolicy, given: dict[str, Any], *, no_respond: bool) -> Duties:
    # The engine and the probes would make --help slow.
    from probes.remote.agent import Duties  # noqa: PLC0415

    if no_respond:
        given = {**given, "respond_host": None}
    return Duties(policy=policy, **given)


async def _run(url: str, duties: Duties) -> None:
    from probes.remote.agent import Agent  # noqa: PLC0415
    from probes.remote.engine import Engine  # noqa: PLC0415

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    engine = Engine(url)
    try:
        await engine.open()
        async with Agent(engine, duties).at_work() as card:
            port = card.responder_port
            answering = f", answering other agents on port {port}" if port else ""
            click.echo(f"agent {card.address} joined {engine.place}{answering}")
            await stop.wait()
        click.echo(f"agent {card.address} left")
    finally:
        await engine.close()
