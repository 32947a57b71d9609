"""What all verbs share: their options, the network they run over, and how they end."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, islice
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import click

from probes.cli.tables import Rows, Tally, as_table, as_text
from probes.errors import ProbeError
from probes.internet.reader import load_topology
from probes.live import LiveNetwork
from probes.network import Network, Plan
from probes.records import as_json
from probes.results import Result
from probes.simulated import SimulatedNetwork
from probes.targets import TargetPolicy

R = TypeVar("R", bound=Result)
Command = TypeVar("Command", bound=Callable[..., Any])


class Options(TypedDict):
    """What every verb was told."""

    count: int | None
    interval: float
    timeout: float
    json: bool
    watch: bool
    allow_target: tuple[str, ...]
    simulate: int | None
    topology: Path | None


class Refusal(click.ClickException):
    """A probe that could not be made: one line on stderr."""

    exit_code = 2


def options(
    *, count_help: str, interval_s: float = 1.0, timeout_s: float = 5.0
) -> Callable[[Command], Command]:
    """Give a verb the options that all have, with the defaults that suit it."""

    def decorate(command: Command) -> Command:
        for option in reversed(_options(count_help, interval_s, timeout_s)):
            command = option(command)
        return command

    return decorate


def _options(count_help: str, interval_s: float, timeout_s: float) -> list[Any]:
    waiting = "Seconds to wait for an answer."
    return [
        click.option("--count", type=int, help=count_help),
        click.option(
            "--interval", default=interval_s, show_default=True, help="Seconds between them."
        ),
        click.option("--timeout", default=timeout_s, show_default=True, help=waiting),
        click.option("--json", is_flag=True, help="Print one line of JSON for each result."),
        click.option("--watch", is_flag=True, help="Redraw a table after every result."),
        click.option(
            "--allow-target", multiple=True, metavar="CIDR", help="Open this range as well."
        ),
        click.option(
            "--simulate", type=int, metavar="SEED", help="Send nothing; make the path up."
        ),
        click.option(
            "--topology",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Send nothing; simulate the internet of this file.",
        ),
    ]


def chosen(given: Options) -> dict[str, Any]:
    """Return the options that all verbs share, out of those that one was given."""
    return {name: given[name] for name in Options.__annotations__}  # type: ignore[literal-required]


def carry_out(make: Callable[[], Plan[R]], given: Options, rows: Callable[[R], Rows]) -> None:
    """Measure once, `--count` times, or for ever with `--watch`; end with the exit status."""
    conclude(lambda network: repeated(network, make(), given), given, rows)


def conclude(
    results: Callable[[Network], AsyncIterator[R]],
    given: Options,
    rows: Callable[[R], Rows],
    *,
    each: bool = True,
) -> None:
    """Show each result as it comes, or the last one; end with the exit status that it gives."""
    _check(given)
    try:
        last = asyncio.run(_shown(results, given, rows, each=each))
    except ProbeError as error:
        raise Refusal(str(error)) from error
    raise SystemExit(0 if last and last.ok else 1)


def _check(given: Options) -> None:
    if given["count"] is not None and given["count"] < 1:
        raise Refusal(f"--count must be at least 1, not {given['count']}.")
    if not 0 <= given["interval"] < math.inf:
        raise Refusal(f"--interval must be zero or more seconds, not {given['interval']}.")
    if not 0 < given["timeout"] < math.inf:
        raise Refusal(f"--timeout must be more than zero seconds, not {given['timeout']}.")


async def repeated(network: Network, plan: Plan[R], given: Options) -> AsyncIterator[R]:
    """Carry the plan out as often as was asked, an interval apart."""
    times = given["count"] if given["watch"] or given["count"] else 1
    clock = asyncio.get_running_loop().time
    for turn in islice(count(), times):
        began = clock()
        yield await network.measure(plan)
        if turn + 1 != times:
            await asyncio.sleep(max(0.0, began + given["interval"] - clock()))


async def _shown(
    results: Callable[[Network], AsyncIterator[R]],
    given: Options,
    rows: Callable[[R], Rows],
    *,
    each: bool,
) -> R | None:
    last = None
    network = _network(given)
    try:
        with _display(given, rows) as show:
            try:
                async for last in results(network):
                    if each:
                        show(last)
            except asyncio.CancelledError:
                # Ctrl-C is how an endless watch ends, and what was seen until then still counts.
                pass
            if last and not each:
                show(last)
    finally:
        await network.close()
    return last


def _network(given: Options) -> Network:
    seed, file = given["simulate"], given["topology"]
    if seed is None and file is None:
        return LiveNetwork(TargetPolicy.allowing(*given["allow_target"]))
    return SimulatedNetwork(seed or 0, topology=load_topology(file) if file else None)


@contextmanager
def _display(given: Options, rows: Callable[[R], Rows]) -> Iterator[Callable[[R], None]]:
    if given["json"] or not given["watch"]:
        yield lambda result: click.echo(
            as_json(result) if given["json"] else as_text(rows(result))
        )
        return
    # Rich takes longer to import than a loopback ping takes to run.
    from rich.live import Live  # noqa: PLC0415

    tally = Tally()
    with Live(auto_refresh=False) as live:

        def show(result: R) -> None:
            tally.note(result)
            live.update(as_table(rows(result), tally.rows()), refresh=True)

        yield show


def require(names: Sequence[str]) -> str:
    """Word a list of choices for a help text."""
    return ", ".join(names)
