"""Measuring with the system's browser in tests, with a limit on every wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from peers import needs

from probes import LiveNetwork, Plan, TargetPolicy

R = TypeVar("R")

LIMIT_S = 55.0


def limited(coroutine: Coroutine[Any, Any, R], limit_s: float = LIMIT_S) -> R:
    """Run to the end, or fail after a while."""

    async def run() -> R:
        async with asyncio.timeout(limit_s):
            return await coroutine

    return asyncio.run(run())


def browse(plan: Plan[R], **network: Any) -> R:
    """Measure once with Chromium, over loopback only unless told otherwise."""
    needs("chromium")

    async def run() -> R:
        live = LiveNetwork(network.pop("policy", TargetPolicy()), **network)
        try:
            return await live.measure(plan)
        finally:
            await live.close()

    return limited(run())


def lookup_of(
    names: dict[str, list[str]], asked: list[str]
) -> Callable[..., Awaitable[list[str]]]:
    """Make a name system of these names; every question is noted."""

    async def lookup(name: str, _family: Any) -> list[str]:
        asked.append(name)
        if name not in names:
            raise OSError(-2, "Name or service not known")
        return names[name]

    return lookup


def family_of(pid: int) -> set[int]:
    """Return the pids of all processes that descend from this one."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(after_name[1]), []).append(int(stat.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            found.add(child)
            waiting.append(child)
    return found


def alive(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
