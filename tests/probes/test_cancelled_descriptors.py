"""Probes that are cancelled in the middle give every descriptor back, on either event loop."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop
from ftp_script import Script

from probes import LiveNetwork, TargetPolicy
from probes.dns import DnsPlan
from probes.ftp import FtpPlan
from probes.sip import SipPlan

HOME, PATIENCE_S, ROUNDS, AT_ONCE = "127.0.0.1", 20, 3, 30
Plans = Callable[[int], Any]
Run = Callable[[Coroutine[Any, Any, Any]], Any]

STREAMS: dict[str, Plans] = {
    "sip-tcp": lambda port: SipPlan(HOME, transport="tcp", port=port, timeout_s=0.2),
    "sip-tls": lambda port: SipPlan(HOME, transport="tls", port=port, timeout_s=0.2),
    "ftp": lambda port: FtpPlan(f"{HOME}:{port}/a", timeout_s=0.2),
    "dns-tcp": lambda port: DnsPlan(HOME, "a.b", transport="tcp", port=port, timeout_s=0.2),
    "dns-tls": lambda port: DnsPlan(HOME, "a.b", transport="tls", port=port, timeout_s=0.2),
}


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


async def settled(most: int) -> int:
    """Wait until no more are open than that; what a loop closes it may close a turn later."""
    clock = asyncio.get_running_loop().time
    until_s = clock() + PATIENCE_S
    while descriptors() > most and clock() < until_s:
        await asyncio.sleep(0.02)
    return descriptors()


async def cancelling(make: Callable[[], Any]) -> tuple[int, int]:
    """Count what is open before and after rounds in which half of the probes are cancelled."""
    loop, network = asyncio.get_running_loop(), LiveNetwork(TargetPolicy())
    counts = []
    for _ in range(ROUNDS):
        tasks = [asyncio.create_task(network.measure(make())) for _ in range(AT_ONCE)]
        for index, task in enumerate(tasks[::2]):
            loop.call_later(index * 0.0007, task.cancel)
        _, hung = await asyncio.wait(tasks, timeout=PATIENCE_S)
        assert not hung
        # What stays open for good (threads, the loop itself) is there after the first round.
        counts.append(await settled(counts[0]) if counts else descriptors())
    await network.close()
    return counts[0], counts[-1]


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_datagrams_that_nobody_answers(run: Run) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind((HOME, 0))
        port = silent.getsockname()[1]
        first, last = run(cancelling(lambda: SipPlan(HOME, port=port, timeout_s=0.2)))
    assert last <= first


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("kind", STREAMS)
def test_streams_that_nobody_answers(kind: str, run: Run) -> None:
    with socket.create_server((HOME, 0), backlog=512) as silent:
        port = silent.getsockname()[1]
        first, last = run(cancelling(lambda: STREAMS[kind](port)))
    assert last <= first


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_an_ftp_server_that_is_silent_once_tls_began(run: Run) -> None:
    async def within() -> tuple[int, int]:
        async with Script({"AUTH": "234 Go on."}).serving() as script:
            settings = {"security": "explicit", "timeout_s": 0.2}
            return await cancelling(lambda: FtpPlan(script.url(), **settings))

    first, last = run(within())
    assert last <= first
