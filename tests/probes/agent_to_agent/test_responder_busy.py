"""A responder that is full says so, and who hangs up makes room at once."""

import asyncio
from contextlib import AsyncExitStack, suppress
from typing import Any

import pytest
from voice_rig import HOME, measured, with_responder

from probes import FailureKind, Plan
from probes.agent_to_agent import AgentToAgentPlan, Direction
from probes.responder import server
from probes.responder.messages import Kind, Request, line, read_grant
from probes.responder.server import Responder, Terms
from probes.throughput import Protocol, ThroughputPlan
from probes.voice import VoicePlan

ALONE = Terms(most_per_address=1)
LONG = {"count": 600, "interval_s": 0.1}
REFLECT = Request(Kind.REFLECT, 10, 64, 1000, 0)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def call(responder: Responder, request: Request) -> Streams:
    """Begin a session."""
    streams = await asyncio.open_connection(HOME, responder.port)
    streams[1].write(request.line())
    read_grant(await streams[0].readline())
    return streams


async def until_it_is_free(responder: Responder, within_s: float = 20) -> None:
    """Ask for a session until there is one."""
    async with asyncio.timeout(within_s):
        while True:
            reader, writer = await asyncio.open_connection(HOME, responder.port)
            writer.write(REFLECT.line())
            answer = await reader.readline()
            writer.close()
            if b"port" in answer:
                return
            await asyncio.sleep(0.01)


async def until_it_is_taken(responder: Responder) -> None:
    async with asyncio.timeout(20):
        while not responder._present._sessions.total():
            await asyncio.sleep(0.01)


def test_a_full_responder_tells_the_caller_that_it_is_busy() -> None:
    async def use(responder: Responder) -> Any:
        _, writer = await call(responder, REFLECT)
        result = await measured(AgentToAgentPlan(HOME, responder.port, count=2))
        writer.close()
        return result

    failure = with_responder(use, terms=ALONE).failure
    assert failure.kind is FailureKind.STATUS
    assert "busy: 1 sessions of your address, 1 at most" in failure.message


def test_a_responder_full_with_other_addresses_says_so_too() -> None:
    async def use(responder: Responder) -> Any:
        _, writer = await call(responder, REFLECT)
        result = await measured(AgentToAgentPlan(HOME, responder.port, count=2))
        writer.close()
        return result

    failure = with_responder(use, terms=Terms(most_sessions=1)).failure
    assert "busy: 1 sessions, 1 at most" in failure.message


def test_connections_that_say_nothing_keep_nobody_out() -> None:
    async def use(responder: Responder) -> Any:
        async with AsyncExitStack() as idle:
            for _ in range(80):
                _, writer = await asyncio.open_connection(HOME, responder.port)
                idle.callback(writer.close)
            return await measured(AgentToAgentPlan(HOME, responder.port, count=2))

    result = with_responder(use)
    assert result.failure is None


def test_of_connections_that_say_nothing_only_so_many_stay_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "FIRST_WORD_S", 60.0)

    async def use(responder: Responder) -> None:
        async with AsyncExitStack() as idle:
            readers = []
            for _ in range(4):
                reader, writer = await asyncio.open_connection(HOME, responder.port)
                idle.callback(writer.close)
                readers.append(reader)
            with suppress(ConnectionError):
                assert await asyncio.wait_for(readers[0].read(), 20) == b""
            assert len(responder._present._silent) == 3

    with_responder(use, terms=Terms(most_per_address=3))


@pytest.mark.parametrize(
    "request_",
    [
        Request(Kind.REFLECT, 600, 64, 60_000, 0),
        Request(Kind.UDP_SOURCE, 600, 64, 60_000, 0),
        Request(Kind.TCP_SOURCE, 0, 20, 60_000, 0),
        Request(Kind.TCP_SINK, 0, 20, 60_000, 0),
    ],
    ids=lambda request: request.kind,
)
def test_who_hangs_up_frees_the_session(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "FIRST_WORD_S", 60.0)

    async def use(responder: Responder) -> None:
        _, writer = await call(responder, request_)
        writer.close()
        await until_it_is_free(responder)

    with_responder(use, terms=ALONE)


def test_who_hangs_up_after_asking_for_the_report_frees_the_session() -> None:
    async def use(responder: Responder) -> None:
        _, writer = await call(responder, Request(Kind.REFLECT, 600, 64, 60_000, 0))
        writer.write(line({"wait_ms": 10_000}))
        await writer.drain()
        writer.close()
        await until_it_is_free(responder, 8)

    with_responder(use, terms=ALONE)


@pytest.mark.parametrize(
    "make",
    [
        lambda port: AgentToAgentPlan(HOME, port, **LONG),  # type: ignore[arg-type]
        lambda port: VoicePlan(HOME, port, duration_s=30),
        lambda port: ThroughputPlan(HOME, port, duration_s=60),
        lambda port: ThroughputPlan(HOME, port, direction=Direction.FROM_TARGET, duration_s=60),
        lambda port: ThroughputPlan(HOME, port, Protocol.UDP, duration_s=60),
        lambda port: ThroughputPlan(
            HOME, port, Protocol.UDP, Direction.FROM_TARGET, duration_s=60
        ),
    ],
    ids=["agent", "voice", "tcp-to", "tcp-from", "udp-to", "udp-from"],
)
def test_a_cancelled_measurement_frees_its_session(make: Any) -> None:
    async def use(responder: Responder) -> None:
        plan: Plan[Any] = make(responder.port)
        measuring = asyncio.create_task(measured(plan))
        await until_it_is_taken(responder)
        # Into the stream, if the machine is quick; the session is to end wherever it is.
        await asyncio.sleep(0.3)
        measuring.cancel()
        await asyncio.wait([measuring])
        await until_it_is_free(responder)

    with_responder(use, terms=ALONE)


def test_leaving_a_responder_in_the_middle_of_a_session_logs_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def leave() -> None:
        async with Responder(port=0) as responder:
            _, writer = await call(responder, REFLECT)
        writer.close()
        await writer.wait_closed()

    asyncio.run(asyncio.wait_for(leave(), 20))
    assert caplog.text == ""
