"""What the engine holds to: the gate, its places, its pace, and an honest end."""

import asyncio
import time
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvloop
from engine_rig import HOME, honest, once, with_engine

from probes import (
    EchoEngine,
    EchoPlan,
    EngineClosed,
    PingResult,
    PinnedTarget,
    TargetPolicy,
    TargetRefused,
)
from probes.packet import Echo


def loopback_packets() -> int:
    table = Path("/proc/net/dev").read_text().splitlines()
    row = next(line for line in table if line.strip().startswith("lo:"))
    return int(row.partition(":")[2].split()[9])


def packets_sent_for(target: PinnedTarget) -> int:
    async def use(engine: EchoEngine) -> None:
        await engine.ping(target, EchoPlan(3, 0.0, 1.0))

    before = loopback_packets()
    if target.address.is_loopback:
        with_engine(use)
    else:
        with pytest.raises(TargetRefused):
            with_engine(use)
    return loopback_packets() - before


def test_the_engine_sends_nothing_to_an_address_that_is_closed(namespace: Any) -> None:
    """Even to a target that was pinned by hand; the counter is shown to count by an open one."""

    def body() -> list[int]:
        addresses = ("127.0.0.1", "192.0.2.1", "::ffff:192.0.2.1")
        return [packets_sent_for(PinnedTarget(a, ip_address(a))) for a in addresses]

    to_open, *to_closed = namespace().run(body)
    assert to_open >= 6
    assert to_closed == [0, 0]


def test_pings_beyond_the_limit_wait_their_turn(namespace: Any, pin: Any, responder: Any) -> None:
    open_now: set[str] = set()
    most = [0]

    def answer(peer: Any, echo: Echo, host: str) -> None:
        open_now.discard(host)
        honest(peer, echo, host)

    def script(peer: Any, echo: Echo, host: str) -> None:
        open_now.add(host)
        most[0] = max(most[0], len(open_now))
        asyncio.get_running_loop().call_later(0.01, answer, peer, echo, host)

    def body() -> tuple[int, int]:
        async def use(engine: EchoEngine) -> int:
            with responder(script):
                pings = (
                    engine.ping(pin(f"127.0.0.{number}"), EchoPlan(1, 0.0, 5.0))
                    for number in range(1, 13)
                )
                return sum(result.received for result in await asyncio.gather(*pings))

        return with_engine(use, most_runs=3), most[0]

    assert namespace(silent=True).run(body) == (12, 3)


def test_probes_keep_their_interval(namespace: Any, pin: Any, responder: Any) -> None:
    def body() -> float:
        async def use(engine: EchoEngine) -> None:
            await engine.ping(pin(HOME), EchoPlan(5, 0.02, 5.0))

        began = time.monotonic()
        with_engine(use)
        return time.monotonic() - began

    assert namespace().run(body) >= 0.08


def test_after_a_stall_the_missed_probes_are_not_sent_in_a_burst(
    namespace: Any, pin: Any, responder: Any
) -> None:
    times: list[float] = []

    def script(peer: Any, echo: Echo, host: str) -> None:
        honest(peer, echo, host)
        times.append(time.monotonic())
        if echo.seq == 0:
            time.sleep(0.2)

    def body() -> list[float]:
        once(pin, responder, script, EchoPlan(5, 0.03, 5.0))
        return [later - earlier for earlier, later in pairwise(times[1:])]

    gaps = namespace(silent=True).run(body)
    assert len(gaps) == 3
    assert min(gaps) > 0.01


def test_closing_fails_what_is_under_way_and_what_comes_later(namespace: Any, pin: Any) -> None:
    def body() -> list[str]:
        async def use(engine: EchoEngine) -> list[str]:
            plan = EchoPlan(1, 0.0, 60.0)
            task = asyncio.create_task(engine.ping(pin(HOME), plan))
            await asyncio.sleep(0.02)
            engine.close()
            ends = await asyncio.gather(task, engine.ping(pin(HOME), plan), return_exceptions=True)
            return [type(end).__name__ for end in ends]

        return with_engine(use)

    assert namespace(silent=True).run(body) == [EngineClosed.__name__] * 2


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_closing_gives_every_descriptor_back(namespace: Any, pin: Any) -> None:
    def body() -> tuple[list[int], int]:
        async def within() -> tuple[list[int], int]:
            before = descriptors()
            engine = EchoEngine(TargetPolicy())
            for address in ("127.0.0.1", "::1"):
                await engine.ping(pin(address), EchoPlan(1, 0.0, 5.0))
            used = list(vars(engine)["_wire"])
            engine.close()
            engine.close()
            return [it.fileno() for it in used], descriptors() - before

        return asyncio.run(within())

    assert namespace().run(body) == ([-1, -1], 0)


def test_a_ping_that_timed_out_is_forgotten(namespace: Any, pin: Any) -> None:
    def body() -> int:
        async def use(engine: EchoEngine) -> int:
            await engine.ping(pin(HOME), EchoPlan(5, 0.0, 0.01))
            return len(vars(engine)["_runs"])

        return with_engine(use)

    assert namespace(silent=True).run(body) == 0


def test_a_cancelled_ping_leaves_nothing_behind(namespace: Any, pin: Any, responder: Any) -> None:
    """Its answers may still come, and others go on."""

    def script(peer: Any, echo: Echo, host: str) -> None:
        asyncio.get_running_loop().call_later(0.03, honest, peer, echo, host)

    def body() -> tuple[int, int, int]:
        async def use(engine: EchoEngine) -> tuple[int, int, int]:
            with responder(script) as peer:
                doomed = asyncio.create_task(
                    engine.ping(pin("127.0.0.9"), EchoPlan(50, 0.01, 5.0))
                )
                await asyncio.sleep(0.02)
                doomed.cancel()
                result = await engine.ping(pin(HOME), EchoPlan(10, 0.01, 5.0))
                sent = sum(host == "127.0.0.9" for _, host in peer.seen)
                return result.received, sent, len(vars(engine)["_runs"])

        return with_engine(use)

    received, sent, remembered = namespace(silent=True).run(body)
    assert received == 10
    assert 1 <= sent < 10
    assert remembered == 0


def test_uvloop_sees_every_answer(namespace: Any, sockets: str, pin: Any) -> None:
    """It stops watching a descriptor that reports an error, as sockets with stamps do."""

    def body() -> PingResult:
        async def within() -> PingResult:
            engine = EchoEngine(TargetPolicy())
            result = await engine.ping(pin(HOME), EchoPlan(20, 0.002, 2.0))
            engine.close()
            return result

        loop = uvloop.new_event_loop()
        result = loop.run_until_complete(within())
        loop.close()
        return result

    assert namespace(sockets=sockets).run(body).received == 20


def test_sequence_numbers_wrap_without_harm(namespace: Any, pin: Any) -> None:
    """65 536 is the size of ICMP's own number; the token goes on."""

    def body() -> int:
        async def use(engine: EchoEngine) -> int:
            return (await engine.ping(pin(HOME), EchoPlan(66_000, 0.0, 5.0))).received

        return with_engine(use, payload=4)

    assert namespace().run(body) == 66_000
