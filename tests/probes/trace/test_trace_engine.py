"""The engine: sockets given back, probes forgotten, replies that are not the target's."""

import asyncio
import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from engine_rig import altered
from peers import needs
from trace_rig import traces

from probes import LiveNetwork, TargetPolicy
from probes.errors import EngineClosed, TargetRefused
from probes.packet import build_echo
from probes.trace import TracePlan, TraceProtocol, TraceResult
from probes.trace.course import Course
from probes.trace.engine import TraceEngine
from probes.trace.lane import Order
from probes.trace.tcp_channel import TcpChannel

PROTOCOLS = tuple(TraceProtocol)


def once(plan: TracePlan, *ranges: str) -> TraceResult:
    return asyncio.run(traces(ranges, [plan]))[0]


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def mute() -> None:
    """Let everything that goes out vanish."""
    (nft,) = needs("nft")
    rules = "add table ip t; add chain ip t i { type filter hook input priority 0; policy drop; }"
    assert os.spawnv(os.P_WAIT, nft, ["nft", rules]) == 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_engine_asks_the_policy_itself(protocol: TraceProtocol, pin: Any) -> None:
    async def body() -> None:
        engine = TraceEngine(TargetPolicy())
        try:
            await engine.trace(pin("10.0.0.1"), protocol, 80, Course(Order(), "10.0.0.1"))
        finally:
            engine.close()

    with pytest.raises(TargetRefused):
        asyncio.run(asyncio.wait_for(body(), 20))


def test_many_traces_share_one_socket(namespace: Any, sockets: str) -> None:
    async def body() -> tuple[int, list[bool]]:
        network = LiveNetwork(TargetPolicy())
        plans = [TracePlan(f"127.0.1.{n}", probes_per_hop=1) for n in range(1, 101)]
        found = await asyncio.wait_for(asyncio.gather(*map(network.measure, plans)), 30)
        opened = list(vars(vars(network)["_engines"][TraceEngine])["_wire"])
        await network.close()
        return len(opened), [result.reached for result in found]

    assert namespace(sockets).run(lambda: asyncio.run(body())) == (1, [True] * 100)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_descriptor_is_given_back(namespace: Any, protocol: TraceProtocol) -> None:
    def body() -> int:
        before = descriptors()
        once(TracePlan("127.0.0.1", protocol, flows=4))
        return descriptors() - before

    assert namespace().run(body) == 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_closing_fails_what_is_under_way(namespace: Any, protocol: TraceProtocol) -> None:
    async def body() -> str:
        mute()
        network = LiveNetwork(TargetPolicy())
        task = asyncio.create_task(network.measure(TracePlan("127.0.0.1", protocol)))
        await asyncio.sleep(0)
        await asyncio.wait([task], timeout=0.05)
        await network.close()
        with pytest.raises(EngineClosed):
            await asyncio.wait_for(task, 20)
        return "closed"

    assert namespace().run(lambda: asyncio.run(body())) == "closed"


def test_cancelling_forgets_the_probes(namespace: Any) -> None:
    async def body() -> int:
        mute()
        engine = TraceEngine(TargetPolicy())
        network = LiveNetwork(TargetPolicy())
        network.shared(TraceEngine, lambda: engine)
        task = asyncio.create_task(network.measure(TracePlan("127.0.0.1")))
        await asyncio.wait([task], timeout=0.05)
        task.cancel()
        await asyncio.wait([task], timeout=20)
        (channel,) = vars(engine)["_wire"]
        await network.close()
        return len(vars(channel)["_shots"]) + len(vars(engine)["_runs"])

    assert namespace().run(lambda: asyncio.run(body())) == 0


@pytest.mark.parametrize("change", [{"token": 5}, {"seq": 6}, {"ident": 7}])
def test_a_forged_reply_is_not_the_targets(
    namespace: Any, responder: Any, sockets: str, change: dict[str, int]
) -> None:
    def forge(peer: Any, echo: Any, host: str) -> None:
        peer.send(altered(echo, **change), host)

    async def body() -> tuple[int, bool]:
        with responder(forge) as peer:
            plan = TracePlan("127.0.0.1", probes_per_hop=1, most_hops=1, timeout_s=0.2)
            (result,) = await traces([], [plan])
            return len(peer.seen), result.reached

    assert namespace(sockets, silent=True).run(lambda: asyncio.run(body())) == (1, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_only_the_target_itself_can_reply(
    namespace: Any, responder: Any, sockets: str, host: str
) -> None:
    def script(peer: Any, echo: Any, _host: str) -> None:
        peer.send(build_echo(echo.reply()), host)

    async def body() -> bool:
        with responder(script):
            plan = TracePlan("127.0.0.1", probes_per_hop=1, most_hops=1, timeout_s=0.2)
            (result,) = await traces([], [plan])
            return result.reached

    ran = namespace(sockets, silent=True).run(lambda: asyncio.run(body()))
    assert ran is (host == "127.0.0.1")


def test_a_handshake_is_timed_by_the_kernel_and_not_by_when_we_look() -> None:
    stall_s = 0.2
    with socket.create_server(("127.0.0.1", 0)) as server:
        channel = TcpChannel(socket.AF_INET, "key")
        course = Course(Order(), "127.0.0.1")
        shot = course.next(0.0)
        assert shot is not None
        channel.send(shot, server.getsockname())
        time.sleep(stall_s)
        assert channel.read() == [shot.lane]
        channel.close()
    assert shot.rtt_ms is not None
    assert shot.rtt_ms < stall_s * 1000
