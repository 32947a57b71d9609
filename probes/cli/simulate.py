"""The verb `probes simulate`: the simulated internet behind a TUN device."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING

import click

from probes.cli.common import Refusal
from probes.cli.tables import Rows, as_text
from probes.errors import ProbeError
from probes.records import as_json

if TYPE_CHECKING:
    from probes.internet.serve import ServiceReport


@click.command()
@click.option("--topology", type=click.Path(dir_okay=False), help="File that says what exists.")
@click.option("--seed", default=0, show_default=True, help="Decides all that chance decides.")
@click.option("--device", default="sim0", show_default=True, help="Name of the device to make.")
@click.option("--route", multiple=True, metavar="CIDR", help="Lead only this part there.")
@click.option("--seconds", type=float, help="How long to run.  [default: until interrupted]")
@click.option("--json", is_flag=True, help="Print the counts as one line of JSON at the end.")
@click.option("--example", is_flag=True, help="Print a topology that explains every key.")
def simulate(  # noqa: PLR0913 - one parameter an option
    *,
    topology: str | None,
    seed: int,
    device: str,
    route: tuple[str, ...],
    seconds: float | None,
    json: bool,
    example: bool,
) -> None:
    """Let a simulated internet stand behind a TUN device, for ping, mtr, traceroute and others.

    Needs root. Only ranges that the topology lists are led there, never a default route; the
    device and its routes are gone when it ends, and what became of every packet is told.

    \b
    Examples:
      probes simulate --example > office.toml
      probes simulate --topology office.toml --seed 7
      probes simulate --topology office.toml --route 203.0.113.80/32 --seconds 60 --json
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    if example:
        click.echo(files("probes").joinpath("topologies/office.toml").read_text("utf-8"), nl=False)
        return
    if topology is None:
        raise click.UsageError("--topology FILE says what exists (--example prints one).")
    try:
        report = _served(topology, seed, device, route, seconds)
    except ProbeError as error:
        raise Refusal(str(error)) from error
    click.echo(as_json(report) if json else as_text(rows(report)))


def _served(
    file: str, seed: int, name: str, wanted: tuple[str, ...], seconds: float | None
) -> "ServiceReport":
    # Other verbs' help should not wait for these.
    from probes.internet import Internet  # noqa: PLC0415
    from probes.internet.reader import load_topology  # noqa: PLC0415
    from probes.internet.routes import routes_of  # noqa: PLC0415
    from probes.internet.serve import Service  # noqa: PLC0415
    from probes.internet.tun import TunDevice  # noqa: PLC0415

    topology = load_topology(file)
    routes = routes_of(topology, wanted)
    with TunDevice(name) as device, _interrupted() as stop:
        device.lead(topology, routes)
        began_s = time.monotonic()
        service = Service(Internet(topology, seed, begins_s=began_s), device)
        click.echo(f"{name} leads to {', '.join(map(str, routes))}", err=True)
        service.run(stop, None if seconds is None else began_s + seconds)
        return service.report(name, routes, time.monotonic() - began_s)


@contextmanager
def _interrupted() -> Iterator[int]:
    """Hand out a descriptor that can be read once the process is told to end."""
    stop, wake = os.pipe()
    # A handler alone would not end a select (PEP 475); the number written here does.
    os.set_blocking(wake, False)
    before = signal.set_wakeup_fd(wake)
    handlers = {
        number: signal.signal(number, lambda *_: None)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        os.close(stop)
        os.close(wake)


def rows(report: "ServiceReport") -> Rows:
    """Say it to people."""
    counts = report.counts
    told = f"{report.delivered} delivered, {report.refused} refused, {report.late} too late"
    return [
        ("device", f"{report.device}, {report.seconds:.1f} s"),
        ("received", str(report.received)),
        ("answered", f"{counts.answered} ({told})"),
        ("lost", f"{counts.lost} on the way there, {counts.answer_lost} on the way back"),
        ("unanswered", f"{counts.silent} silent, {counts.rate_limited} rate-limited"),
        ("ignored", f"{counts.ignored} by hosts, {counts.no_route} without a route"),
        ("unreadable", f"{counts.malformed} malformed, {report.overrun} dropped by the kernel"),
    ]
