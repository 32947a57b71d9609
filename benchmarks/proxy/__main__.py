"""The command `python -m benchmarks.proxy`."""

from __future__ import annotations

import http.client
import json
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.proxy.contestants import (
    DIRECT,
    Contestant,
    Started,
    contestants,
    free_port,
    started,
    upstream,
)

_TARGET = "/app/sessions?limit=2"
_HEADERS = {"Authorization": "Bearer a-key-of-our-own", "Ngrok-Version": "2"}
_WARM = 100


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--rounds", type=click.IntRange(1, 100), default=10, help="Interleaved rounds.")
@click.option("--requests", type=click.IntRange(10), default=100, help="Of a round, each.")
@click.option("--mib", type=click.IntRange(1), default=200, help="Size of the large body.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write all figures here.")
def main(rounds: int, requests: int, mib: int, file: Path | None) -> None:
    """Ask the same of an upstream directly and through proxies, by turns, on loopback."""
    with ExitStack() as stack:
        port = free_port()
        direct = stack.enter_context(started(DIRECT, upstream(port), port))
        asked = [direct, *(_through(stack, one, port) for one in contestants())]
        times_ms = _measured(asked, rounds, requests)
        figures = [_figures(one, times_ms, mib) for one in asked]
    Console().print(_table(figures, mib))
    if file:
        file.write_text(json.dumps(figures, indent=2), "utf-8")


def _through(stack: ExitStack, one: Contestant, port: int) -> Started:
    own = free_port()
    command = one.command(own, port)
    return stack.enter_context(started(one.name, command, own))


def _measured(asked: Sequence[Started], rounds: int, count: int) -> dict[str, list[float]]:
    """Return the milliseconds of every request by name; rounds alternate."""
    links = {one.name: http.client.HTTPConnection("127.0.0.1", one.port) for one in asked}
    for link in links.values():
        _asked(link, _WARM)
    times_ms: dict[str, list[float]] = {name: [] for name in links}
    for _ in range(rounds):
        for name, link in links.items():
            times_ms[name] += _asked(link, count)
    return times_ms


def _asked(link: http.client.HTTPConnection, count: int) -> list[float]:
    times_ms = []
    for _ in range(count):
        begin = time.perf_counter()
        link.request("GET", _TARGET, headers=_HEADERS)
        answer = link.getresponse()
        answer.read()
        times_ms.append(1000 * (time.perf_counter() - begin))
        if answer.status != 200:
            raise SystemExit(f"status {answer.status}")
    return times_ms


def _figures(one: Started, times_ms: dict[str, list[float]], mib: int) -> dict[str, float | str]:
    own, direct = times_ms[one.name], statistics.median(times_ms[DIRECT])
    before_mib = one.peak_mib
    seconds = _large(one.port, mib)
    return {
        "name": one.name,
        "median_ms": round(statistics.median(own), 3),
        "added_ms": round(statistics.median(own) - direct, 3),
        "ratio": round(statistics.median(own) / direct, 2),
        "p95_ms": round(statistics.quantiles(own, n=20)[-1], 3),
        "idle_mib": round(before_mib, 1),
        "more_mib": round(one.peak_mib - before_mib, 1),
        "mib_per_s": round(mib / seconds),
    }


def _large(port: int, mib: int) -> float:
    begin = time.perf_counter()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    link.request("GET", f"/big/{mib}", headers=_HEADERS)
    answer = link.getresponse()
    size = 0
    while piece := answer.read(2**20):
        size += len(piece)
    if size != mib * 2**20:
        raise SystemExit(f"{size} bytes of {mib} MiB, status {answer.status}")
    return time.perf_counter() - begin


def _table(figures: Sequence[dict[str, float | str]], mib: int) -> Table:
    heads = ("", "median ms", "added ms", "ratio", "p95 ms", "memory MiB", f"+ MiB at {mib} MiB")
    table = Table(*heads, "MiB/s")
    for row in figures:
        table.add_row(*map(str, row.values()))
    return table


main()
