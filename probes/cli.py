"""The `probes` command."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import TypedDict, Unpack

import click

from probes.errors import ProbeError
from probes.network import LiveNetwork, Network, SimulatedNetwork
from probes.plan import EchoPlan
from probes.rendering import as_json, as_table, as_text
from probes.results import PingResult
from probes.targets import TargetPolicy
from probes.watch import watch

USUAL_COUNT = 4


class PingOptions(TypedDict):
    """What `probes ping` was told."""

    count: int | None
    interval: float
    timeout: float
    json: bool
    watch: bool
    allow_target: tuple[str, ...]
    simulate: int | None


class Refusal(click.ClickException):
    """A probe that could not be made: one line on stderr."""

    exit_code = 2


@click.group()
def main() -> None:
    """Measure the way to a host.

    Only loopback may be probed unless --allow-target names more. Exit status: 0 when
    something answered, 1 when nothing did, 2 when the probe could not be made.
    """


@main.command()
@click.argument("target")
@click.option("--count", type=int, help="Probes to send.  [default: 4; endless with --watch]")
@click.option("--interval", default=0.2, show_default=True, help="Seconds between probes.")
@click.option("--timeout", default=1.0, show_default=True, help="Seconds to wait for an answer.")
@click.option("--json", is_flag=True, help="Print one line of JSON (with --watch one a probe).")
@click.option("--watch", is_flag=True, help="Redraw the result after every probe.")
@click.option("--allow-target", multiple=True, metavar="CIDR", help="Open this range as well.")
@click.option("--simulate", type=int, metavar="SEED", help="Send nothing; make the path up.")
def ping(target: str, **options: Unpack[PingOptions]) -> None:
    """Send ICMP echo requests to TARGET, a name or an address.

    \b
    Examples:
      probes ping 127.0.0.1
      probes ping localhost --count 10 --interval 0.05 --json
      probes ping 10.0.0.1 --allow-target 10.0.0.0/24 --watch
      probes ping any.name --simulate 7
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    try:
        result = asyncio.run(_ping(target, options))
    except ProbeError as error:
        raise Refusal(str(error)) from error
    raise SystemExit(0 if result and result.received else 1)


async def _ping(target: str, options: PingOptions) -> PingResult | None:
    network = _network(options)
    result = None
    try:
        with _display(options) as show:
            async for result in _results(network, target, options):
                show(result)
    except asyncio.CancelledError:
        # Ctrl-C is how an endless watch ends, and what was seen until then still counts.
        return result
    finally:
        await network.close()
    return result


def _network(options: PingOptions) -> Network:
    policy = TargetPolicy.allowing(*options["allow_target"])
    seed = options["simulate"]
    return LiveNetwork(policy) if seed is None else SimulatedNetwork(seed)


def _results(network: Network, target: str, options: PingOptions) -> AsyncIterator[PingResult]:
    count, interval, timeout = options["count"], options["interval"], options["timeout"]
    if options["watch"]:
        return watch(network, target, rounds=count, interval_s=interval, timeout_s=timeout)
    plan = EchoPlan(USUAL_COUNT if count is None else count, interval, timeout)
    return _once(network, target, plan)


async def _once(network: Network, target: str, plan: EchoPlan) -> AsyncIterator[PingResult]:
    yield await network.ping(
        target, count=plan.count, interval_s=plan.interval_s, timeout_s=plan.timeout_s
    )


@contextmanager
def _display(options: PingOptions) -> Iterator[Callable[[PingResult], None]]:
    if options["json"] or not options["watch"]:
        render = as_json if options["json"] else as_text
        yield lambda result: click.echo(render(result))
        return
    # Rich takes longer to import than a loopback ping takes to run.
    from rich.live import Live

    with Live(auto_refresh=False) as live:
        yield lambda result: live.update(as_table(result), refresh=True)
