"""The engine against a responder of ours: which answer belongs to which probe."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from engine_rig import HOME, altered, honest, once, with_engine

from probes import (
    EchoEngine,
    EchoPlan,
    PingResult,
)
from probes.packet import Echo, build_echo


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
    assert seconds >= 0.02 + 0.05


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

    def body() -> list[str]:
        ended: list[str] = []

        async def use(engine: EchoEngine) -> None:
            # Beside it a silent ping that ends between the two times: a busy machine delays both.
            plans = {"ours": EchoPlan(2, 0.3, 0.4), "between": EchoPlan(1, 0.0, 0.55)}
            tasks = [asyncio.create_task(engine.ping(pin(HOME), plan)) for plan in plans.values()]
            for name, task in zip(plans, tasks, strict=True):
                task.add_done_callback(lambda _, name=name: ended.append(name))
            with responder(script):
                await asyncio.gather(*tasks)

        with_engine(use)
        return ended

    assert namespace(silent=True).run(body) == ["ours", "between"]


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
