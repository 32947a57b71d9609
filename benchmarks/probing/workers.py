"""One measurement of ours or of icmplib's in a process of its own; prints JSON.

Usage: python -m benchmarks.probing.workers ours|icmplib TARGETS COUNT INTERVAL_S
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from typing import Any

from icmplib import async_multiping

from benchmarks.probing.room import targets
from probes import EchoEngine, EchoPlan, PinnedTarget, TargetPolicy

Rtts = list[list[float | None]]
PATIENCE_S = 1.0


async def ours(addresses: Sequence[str], count: int, interval_s: float) -> Rtts:
    """Ping all over one engine; round trips by target."""
    engine = EchoEngine(TargetPolicy(), most_runs=len(addresses))
    plan = EchoPlan(count, interval_s, PATIENCE_S)
    pinned = [PinnedTarget(address, ip_address(address)) for address in addresses]
    results = await asyncio.gather(*(engine.ping(target, plan) for target in pinned))
    engine.close()
    return [list(result.rtts_ms) for result in results]


async def icmplib(addresses: Sequence[str], count: int, interval_s: float) -> Rtts:
    """Ping all with 50 at a time, icmplib's own default, on unprivileged sockets."""
    hosts = await async_multiping(
        addresses, count=count, interval=interval_s, timeout=PATIENCE_S, privileged=False
    )
    return [[*host.rtts, *[None] * (host.packets_sent - len(host.rtts))] for host in hosts]


def main(name: str, number: int, count: int, interval_s: float) -> None:
    """Run one and print what it took."""
    probe: Callable[..., Awaitable[Rtts]] = {"ours": ours, "icmplib": icmplib}[name]
    asyncio.run(probe(targets(2), 1, interval_s))  # imports and first sockets are not measured
    before, began = _cpu_s(), time.perf_counter()
    rtts: Any = asyncio.run(probe(targets(number), count, interval_s))
    elapsed_s, cpu_s = time.perf_counter() - began, _cpu_s() - before
    print(json.dumps({"elapsed_s": elapsed_s, "cpu_s": cpu_s, "rtts_ms": rtts}))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
