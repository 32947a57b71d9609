"""The engine against a responder of ours: matching, lateness, loss and an honest end."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import uvloop

from probes import (
    EchoEngine,
    EchoPlan,
    EngineClosed,
    PingResult,
    PinnedTarget,
    TargetPolicy,
    TargetRefused,
)
from probes.packet import Echo, EchoKind, build_echo
from probes.sockets import EchoSocket, open_echo_socket

HOME = "127.0.0.1"
Use = Callable[[EchoEngine], Awaitable[Any]]


def with_engine(use: Use, **settings: Any) -> Any:
    """Run one coroutine with an engine that is closed afterwards."""

    async def within() -> Any:
        engine = EchoEngine(settings.pop("policy", TargetPolicy()), **settings)
        try:
            return await asyncio.wait_for(use(engine), 30)
        finally:
            engine.close()

    return asyncio.run(within())


def once(pin: Any, responder: Any, script: Any, plan: EchoPlan) -> PingResult:
    """Ping home once while the script answers."""

    async def use(engine: EchoEngine) -> PingResult:
        with responder(script):
            return await engine.ping(pin(HOME), plan)

    result = with_engine(use)
    assert isinstance(result, PingResult)
    return result


def honest(peer: Any, echo: Echo, host: str) -> None:
    peer.send(build_echo(echo.reply()), host)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_loopback_answers_every_probe(
    namespace: Any, sockets: str, pin: Any, address: str
) -> None:
    def body() -> PingResult:
        async def use(engine: EchoEngine) -> PingResult:
            return await engine.ping(pin(address), EchoPlan(5, 0.001, 5.0))

        return with_engine(use)

    result = namespace(sockets=sockets).run(body)
    assert (result.address, result.sent, result.received) == (address, 5, 5)
    assert 0 < result.min_rtt_ms <= result.max_rtt_ms < 1000


def test_two_hundred_targets_at_once_lose_nothing(namespace: Any, sockets: str, pin: Any) -> None:
    addresses = [f"127.1.{number // 100}.{number % 100 + 1}" for number in range(200)]

    def body() -> list[PingResult]:
        async def use(engine: EchoEngine) -> list[PingResult]:
            plan = EchoPlan(5, 0.01, 5.0)
            return await asyncio.gather(
                *(engine.ping(pin(address), plan) for address in addresses)
            )

        return with_engine(use)

    results = namespace(sockets=sockets).run(body)
    assert [result.address for result in results] == addresses
    assert sum(result.received for result in results) == 1000


def test_each_answer_goes_to_the_probe_it_answers(
    namespace: Any, sockets: str, pin: Any, responder: Any
) -> None:
    """Every target answers after a delay of its own, so that a mix-up would show as a time."""
    delays_s = {f"127.1.0.{number}": number % 7 * 0.01 for number in range(1, 101)}

    def script(peer: Any, echo: Echo, host: str) -> None:
        asyncio.get_running_loop().call_later(delays_s[host], honest, peer, echo, host)

    def body() -> dict[str, float | None]:
        async def use(engine: EchoEngine) -> dict[str, float | None]:
            with responder(script):
                pings = (engine.ping(pin(host), EchoPlan(2, 0.005, 5.0)) for host in delays_s)
                return {ping.address: ping.min_rtt_ms for ping in await asyncio.gather(*pings)}

        return with_engine(use)

    shortest = namespace(sockets=sockets, silent=True).run(body)
    assert all(shortest[host] >= delay * 1000 - 0.5 for host, delay in delays_s.items())


def test_silence_is_loss_and_ends_at_the_timeout(namespace: Any, sockets: str, pin: Any) -> None:
    def body() -> tuple[PingResult, float]:
        async def use(engine: EchoEngine) -> PingResult:
            return await engine.ping(pin(HOME), EchoPlan(3, 0.01, 0.05))

        began = time.monotonic()
        return with_engine(use), time.monotonic() - began

    result, seconds = namespace(sockets=sockets, silent=True).run(body)
    assert result.rtts_ms == (None, None, None)
    assert 0.02 + 0.05 <= seconds < 1


def test_the_loss_reported_is_the_loss_there_was(
    namespace: Any, sockets: str, pin: Any, responder: Any
) -> None:
    def script(peer: Any, echo: Echo, host: str) -> None:
        if echo.seq % 3:
            honest(peer, echo, host)

    def body() -> PingResult:
        return once(pin, responder, script, EchoPlan(30, 0.001, 0.1))

    result = namespace(sockets=sockets, silent=True).run(body)
    lost = [index for index, rtt in enumerate(result.rtts_ms) if rtt is None]
    assert lost == list(range(0, 30, 3))


def test_the_end_does_not_wait_for_probes_that_are_answered(
    namespace: Any, pin: Any, responder: Any
) -> None:
    """The first of two is lost and the second answered: only the first's timeout is waited for."""

    def script(peer: Any, echo: Echo, host: str) -> None:
        if echo.seq == 1:
            honest(peer, echo, host)

    def body() -> float:
        began = time.monotonic()
        once(pin, responder, script, EchoPlan(2, 0.3, 0.4))
        return time.monotonic() - began

    assert 0.4 <= namespace(silent=True).run(body) < 0.65


def test_a_late_answer_is_a_loss_even_while_the_ping_goes_on(
    namespace: Any, sockets: str, pin: Any, responder: Any
) -> None:
    def script(peer: Any, echo: Echo, host: str) -> None:
        delay_s = 0.06 if echo.seq == 0 else 0
        asyncio.get_running_loop().call_later(delay_s, honest, peer, echo, host)

    def body() -> PingResult:
        return once(pin, responder, script, EchoPlan(2, 0.12, 0.03))

    result = namespace(sockets=sockets, silent=True).run(body)
    assert result.rtts_ms[0] is None
    assert result.rtts_ms[1] is not None


def altered(echo: Echo, **changes: int) -> bytes:
    fields = {"ident": echo.ident, "seq": echo.seq, "token": echo.token, "size": echo.size}
    return build_echo(Echo(echo.family, EchoKind.REPLY, **(fields | changes)))


def corrupted(echo: Echo) -> bytes:
    return build_echo(echo.reply())[:-1] + b"\xff"


FORGERIES: dict[str, Callable[[Any, Echo, str], None]] = {
    "another host": lambda peer, echo, _: peer.send(build_echo(echo.reply()), "127.0.0.2"),
    "another token": lambda peer, echo, host: peer.send(altered(echo, token=echo.token ^ 1), host),
    "another sequence": lambda peer, echo, host: peer.send(altered(echo, seq=echo.seq + 1), host),
    "another ident": lambda peer, echo, host: peer.send(altered(echo, ident=echo.ident ^ 1), host),
    "another size": lambda peer, echo, host: peer.send(altered(echo, size=60), host),
    "a corrupted byte": lambda peer, echo, host: peer.send(corrupted(echo), host),
    "half a packet": lambda peer, echo, host: peer.send(build_echo(echo.reply())[:10], host),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_answer_is_no_answer(
    namespace: Any, sockets: str, pin: Any, responder: Any, forgery: str
) -> None:
    """The forgery comes first each time; the true answer to the second probe still counts."""

    def script(peer: Any, echo: Echo, host: str) -> None:
        FORGERIES[forgery](peer, echo, host)
        if echo.seq == 1:
            honest(peer, echo, host)

    def body() -> PingResult:
        return once(pin, responder, script, EchoPlan(2, 0.005, 0.05))

    result = namespace(sockets=sockets, silent=True).run(body)
    assert result.rtts_ms[0] is None
    assert result.rtts_ms[1] is not None


def test_a_repeated_answer_counts_once(
    namespace: Any, sockets: str, pin: Any, responder: Any
) -> None:
    def script(peer: Any, echo: Echo, host: str) -> None:
        for _ in range(3):
            honest(peer, echo, host)

    def body() -> PingResult:
        return once(pin, responder, script, EchoPlan(4, 0.005, 1.0))

    result = namespace(sockets=sockets, silent=True).run(body)
    assert (result.sent, result.received) == (4, 4)


def test_a_busy_program_neither_lengthens_a_round_trip_nor_loses_it(
    namespace: Any, sockets: str, pin: Any
) -> None:
    """The program sleeps 30 ms at a time, longer than the timeout; the kernel kept the time."""

    async def hog() -> None:
        while True:
            time.sleep(0.03)
            await asyncio.sleep(0)

    def body() -> PingResult:
        async def use(engine: EchoEngine) -> PingResult:
            busy = asyncio.create_task(hog())
            result = await engine.ping(pin(HOME), EchoPlan(5, 0.0, 0.02))
            busy.cancel()
            return result

        return with_engine(use)

    result = namespace(sockets=sockets).run(body)
    assert result.received == 5
    assert result.max_rtt_ms < 20


def test_an_answer_behind_a_heap_of_junk_is_still_in_time(
    namespace: Any, pin: Any, responder: Any
) -> None:
    """More junk than is read at once lies before it when the timeout passes."""

    def script(peer: Any, echo: Echo, host: str) -> None:
        for _ in range(400):
            peer.send(altered(echo, token=echo.token ^ 1), host)
        honest(peer, echo, host)
        time.sleep(0.3)

    def body() -> PingResult:
        return once(pin, responder, script, EchoPlan(1, 0.0, 0.25))

    assert namespace(silent=True).run(body).received == 1


def test_a_round_trip_begins_when_the_packet_leaves(
    namespace: Any, sockets: str, pin: Any
) -> None:
    """The call to send takes 20 ms here; the kernel knows better."""

    def sluggish(family: socket.AddressFamily, payload: int) -> EchoSocket:
        echo_socket = open_echo_socket(family, payload)
        send = echo_socket.send

        def late(*arguments: Any) -> None:
            time.sleep(0.02)
            send(*arguments)

        vars(echo_socket)["send"] = late
        return echo_socket

    def body() -> float | None:
        async def use(engine: EchoEngine) -> PingResult:
            return await engine.ping(pin(HOME), EchoPlan(1, 0.0, 5.0))

        return with_engine(use, opener=sluggish).max_rtt_ms

    assert namespace(sockets=sockets).run(body) < 20


def test_a_full_send_buffer_is_waited_for_and_is_no_loss(
    namespace: Any, sockets: str, pin: Any
) -> None:
    def congested(family: socket.AddressFamily, payload: int) -> EchoSocket:
        echo_socket = open_echo_socket(family, payload)
        send, refusals = echo_socket.send, iter(range(3))

        def hesitant(*arguments: Any) -> None:
            if next(refusals, None) is not None:
                raise BlockingIOError
            send(*arguments)

        vars(echo_socket)["send"] = hesitant
        return echo_socket

    def body() -> PingResult:
        async def use(engine: EchoEngine) -> PingResult:
            return await engine.ping(pin(HOME), EchoPlan(2, 0.0, 5.0))

        return with_engine(use, opener=congested)

    result = namespace(sockets=sockets).run(body)
    assert (result.received, result.send_error) == (2, None)


@pytest.mark.parametrize("payload", [4, 57, 1400, 9000])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_any_payload_comes_back_whole(
    namespace: Any, sockets: str, pin: Any, payload: int, address: str
) -> None:
    def body() -> int:
        async def use(engine: EchoEngine) -> PingResult:
            return await engine.ping(pin(address), EchoPlan(2, 0.0, 5.0))

        return with_engine(use, payload=payload).received

    assert namespace(sockets=sockets).run(body) == 2


def test_a_probe_the_kernel_will_not_send_is_lost_with_a_reason(
    namespace: Any, sockets: str, pin: Any
) -> None:
    def body() -> PingResult:
        async def use(engine: EchoEngine) -> PingResult:
            return await engine.ping(pin("192.0.2.1"), EchoPlan(2, 0.001, 5.0))

        return with_engine(use, policy=TargetPolicy.allowing("192.0.2.0/24"))

    result = namespace(sockets=sockets).run(body)
    assert (result.sent, result.received) == (2, 0)
    assert "unreachable" in result.send_error


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

    assert 0.08 <= namespace().run(body) < 1


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
