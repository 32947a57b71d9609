"""The engine under pressure: late, hidden and full, and still no false loss."""

import asyncio
import socket
import time
from typing import Any

import pytest
from engine_rig import HOME, altered, honest, once, with_engine

from probes import (
    EchoEngine,
    EchoPlan,
    PingResult,
    TargetPolicy,
)
from probes.packet import Echo
from probes.sockets import EchoSocket, open_echo_socket


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


def test_a_probe_the_kernel_will_not_send_is_none_and_the_reason_is_told(
    namespace: Any, sockets: str, pin: Any
) -> None:
    def body() -> PingResult:
        async def use(engine: EchoEngine) -> PingResult:
            return await engine.ping(pin("192.0.2.1"), EchoPlan(2, 0.001, 5.0))

        return with_engine(use, policy=TargetPolicy.allowing("192.0.2.0/24"))

    result = namespace(sockets=sockets).run(body)
    assert (result.sent, result.not_sent, result.packet_loss) == (0, 2, None)
    assert "unreachable" in result.send_error
