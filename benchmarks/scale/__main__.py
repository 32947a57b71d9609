"""The command `python -m benchmarks.scale`."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from pathlib import Path
from typing import Any

import click

from benchmarks.scale.scene import Scene, scene
from mockserver.core.clock import ManualClock, SystemClock

Json = dict[str, Any]


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--sessions", type=click.IntRange(1, 50_000), default=5000, help="Trace sessions.")
@click.option("--agents", type=click.IntRange(1, 1000), default=100, help="Agents that run them.")
@click.option("--tests", type=click.IntRange(0, 1000), default=200, help="Instant tests at once.")
@click.option("--interval-ms", type=click.IntRange(100), default=2500, help="Between two probes.")
@click.option("--seconds", type=click.IntRange(1), default=60, help="How long to watch.")
@click.option("--moved", is_flag=True, help="Move the clock by hand instead of waiting.")
def main(**options: Any) -> None:
    """Let sessions and instant tests run in simulation; print how they kept their schedule.

    \b
    Examples:
      python -m benchmarks.scale
      python -m benchmarks.scale --moved --seconds 3600
    """  # noqa: D301 - \b is how click is told to keep these lines as they are
    moved = options.pop("moved")
    figures = asyncio.run((_moved if moved else _watched)(**options))
    click.echo(json.dumps(figures, indent=2))


async def _watched(sessions: int, agents: int, tests: int, interval_ms: int, seconds: int) -> Json:
    async with scene(SystemClock()) as stage:
        before_kib = _memory_kib()
        await stage.add_sessions(sessions, agents, interval_ms)
        await _warmed_up(stage, sessions, interval_ms)
        first, cpu_s, began_s = await stage.work(), time.process_time(), time.monotonic()
        await stage.add_tests(tests)
        most_jobs = (await stage.work())["jobs"]
        await asyncio.sleep(seconds)
        cpu_s, elapsed_s = time.process_time() - cpu_s, time.monotonic() - began_s
        return await _figures(stage, first) | {
            "seconds": round(elapsed_s, 1),
            "jobs_after_the_last_post": most_jobs,
            "rounds_expected": round(sessions * elapsed_s * 1000 / interval_ms),
            "cpu_share": round(cpu_s / elapsed_s, 3),
            "memory_kib_per_session": round((_memory_kib() - before_kib) / sessions, 1),
        }


async def _warmed_up(stage: Scene, sessions: int, interval_ms: int) -> None:
    # A path is worked out when it is first met, which takes longer than all that follows.
    while (await stage.work())["rounds"]["done"] < 2 * sessions:  # noqa: ASYNC110
        await asyncio.sleep(interval_ms / 1000)


async def _moved(sessions: int, agents: int, tests: int, interval_ms: int, seconds: int) -> Json:
    clock = ManualClock()
    async with scene(clock) as stage:
        await stage.add_sessions(sessions, agents, interval_ms)
        await stage.add_tests(tests)
        first, began_s, memory = await stage.work(), time.monotonic(), []
        for _ in range(0, seconds, 300):
            await clock.advance(min(300, seconds))
            told = await stage.work()
            memory.append({**told["samples"], "process_kib": _memory_kib()})
        return await _figures(stage, first) | {
            "rounds_expected": round(sessions * seconds * 1000 / interval_ms),
            "real_seconds": round(time.monotonic() - began_s, 1),
            "every_five_minutes": memory,
        }


async def _figures(stage: Scene, first: Json) -> Json:
    told = await stage.work()
    rounds = {key: told["rounds"][key] - first["rounds"][key] for key in _COUNTS}
    return {**rounds, "followed": told["rounds"]["followed"], **told["samples"], **told["jobs"]}


_COUNTS = ("done", "skipped", "late_ticks")


def _memory_kib() -> int:
    """Return what the process holds now; the peak where there is no /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1])


main()
