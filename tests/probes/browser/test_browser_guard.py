"""The guard by itself, asked as a browser would ask it: what gets through and what does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any

import pytest
from page_browser import limited, lookup_of

from probes import FailureKind, Gate, PinnedTarget, TargetPolicy
from probes.browser import guard as guard_module
from probes.browser.guard import Guard

HOME = PinnedTarget("page.test", ip_address("127.0.0.1"))
MANY = 1_000_000
ECHO = b"echo"


@asynccontextmanager
async def listener(host: str = "127.0.0.1") -> AsyncIterator[tuple[int, list[str]]]:
    """Count whoever comes, and send back what they say."""
    came: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(str(writer.get_extra_info("sockname")[0]))
        while chunk := await reader.read(1000):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(serve, host, 0)
    async with server:
        yield server.sockets[0].getsockname()[1], came


async def ask(guard_port: int, host: str, port: int, words: bytes = ECHO) -> tuple[int, bytes]:
    """Return the guard's answer, and what comes back through it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", guard_port)
    try:
        name = host.encode()
        writer.write(b"\5\1\0\5\1\0\3" + bytes((len(name),)) + name + port.to_bytes(2, "big"))
        answer = await reader.readexactly(12)
        if answer[3] != 0:
            return answer[3], b""
        writer.write(words)
        return 0, await reader.read(len(words))
    except (asyncio.IncompleteReadError, ConnectionError):
        return -1, b""
    finally:
        writer.close()


@asynccontextmanager
async def guarding(
    gate: Gate, most_bytes: int = MANY, *, released: bool = True
) -> AsyncIterator[tuple[Guard, int]]:
    guard = Guard(gate, HOME, most_bytes)
    port = await guard.open()
    if released:
        guard.release()
    try:
        yield guard, port
    finally:
        await guard.close()


def gate_of(names: dict[str, list[str]] | None = None, asked: list[str] | None = None) -> Gate:
    return Gate(TargetPolicy(), lookup_of(names or {}, [] if asked is None else asked))


def through(
    host: str,
    gate: Gate,
    before: Callable[[Guard], object] = lambda _: None,
    **settings: Any,
) -> tuple[tuple[int, bytes], list[str], Guard]:
    """Ask a guard for a host at the listener's port; tell the answer and who came there."""

    async def run() -> tuple[tuple[int, bytes], list[str], Guard]:
        async with listener() as (port, came), guarding(gate, **settings) as (guard, door):
            before(guard)
            return await ask(door, host, port), came, guard

    return limited(run())


@pytest.mark.parametrize("host", ["127.0.0.1", "page.test", "PAGE.test."])
def test_what_the_policy_opens_gets_through(host: str) -> None:
    answer, came, _ = through(host, gate_of())
    assert (answer, came) == ((0, ECHO), ["127.0.0.1"])


def test_the_guard_knows_when_it_connected() -> None:
    _, _, guard = through("127.0.0.1", gate_of())
    (passage,) = guard.passages
    assert passage.asked_s <= passage.connecting_s <= passage.connected_s
    assert passage.resolving_took_s(0.0) is None
    assert passage.connecting_took_s(0.0) > 0


@pytest.mark.parametrize(
    "host", ["192.0.2.7", "169.254.169.254", "0.0.0.0", "[fe80::1]", "::ffff:192.0.2.7"]
)
def test_a_closed_address_is_refused_with_the_rule(host: str) -> None:
    answer, came, guard = through(host, gate_of())
    assert (answer[0], came) == (2, [])
    assert guard.passages[0].failure.kind is FailureKind.NOT_ALLOWED
    assert "--allow-target" in guard.passages[0].failure.message


def test_a_name_that_leads_to_a_closed_address_is_refused() -> None:
    gate = gate_of({"other.test": ["192.0.2.7"]})
    answer, came, _ = through("other.test", gate, lambda guard: guard.name("other.test"))
    assert (answer[0], came) == (2, [])


def test_a_name_that_nobody_named_is_not_even_resolved(monkeypatch: Any) -> None:
    monkeypatch.setattr(guard_module, "NAMING_S", 0.05)
    asked: list[str] = []
    gate = gate_of({"update.test": ["127.0.0.1"]}, asked)
    answer, came, guard = through("update.test", gate)
    assert (answer[0], came, asked) == (2, [], [])
    assert not guard.passages[0].named


def test_a_connection_may_come_before_the_request_that_names_its_host() -> None:
    async def run() -> tuple[int, bytes]:
        gate = gate_of({"late.test": ["127.0.0.1"]})
        async with listener() as (port, _), guarding(gate) as (guard, door):
            asking = asyncio.ensure_future(ask(door, "late.test", port))
            while not guard.passages:
                await asyncio.sleep(0.001)
            guard.name("late.test")
            return await asking

    assert limited(run()) == (0, ECHO)


def test_a_name_keeps_its_first_address_for_the_whole_measurement() -> None:
    asked: list[str] = []
    answers = [["127.0.0.1"], ["192.0.2.7"]]

    async def lookup(name: str, _: object) -> list[str]:
        asked.append(name)
        return answers.pop(0)

    async def run() -> list[tuple[int, bytes]]:
        gate = Gate(TargetPolicy(), lookup)
        async with listener() as (port, _), guarding(gate) as (guard, door):
            guard.name("rebind.test")
            return [await ask(door, "rebind.test", port) for _ in range(3)]

    assert limited(run()) == [(0, ECHO)] * 3
    assert asked == ["rebind.test"]


def test_before_the_release_nothing_gets_through() -> None:
    answer, came, guard = through("127.0.0.1", gate_of(), released=False)
    assert (answer[0], came, guard.passages) == (2, [], [])


def test_a_refused_connection_is_told() -> None:
    async def run() -> tuple[tuple[int, bytes], Guard]:
        async with listener() as (port, _):
            free = port
        async with guarding(gate_of()) as (guard, door):
            return await ask(door, "127.0.0.1", free), guard

    answer, guard = limited(run())
    assert answer[0] == 5
    assert guard.passages[0].failure.kind is FailureKind.REFUSED


def test_more_bytes_than_allowed_break_every_connection_off() -> None:
    flooded: list[bool] = []

    def before(guard: Guard) -> None:
        guard.overflow = lambda: flooded.append(True)

    answer, _, _ = through("127.0.0.1", gate_of(), before, most_bytes=2)
    assert answer == (0, b"")
    assert flooded == [True]


@pytest.mark.parametrize("words", [b"GET / HTTP/1.1\r\n\r\n", b"\5\1\0\5\2\0\1", b"\4\1"])
def test_whoever_speaks_otherwise_is_hung_up_on(words: bytes) -> None:
    async def run() -> bytes:
        async with guarding(gate_of()) as (_, door):
            reader, writer = await asyncio.open_connection("127.0.0.1", door)
            writer.write(words)
            writer.write_eof()
            said = await reader.read()
            writer.close()
            return said

    assert limited(run()) in (b"", b"\5\0")


def test_closing_ends_connections_that_are_under_way() -> None:
    async def run() -> bytes:
        async with listener() as (port, _):
            async with guarding(gate_of()) as (_, door):
                reader, writer = await asyncio.open_connection("127.0.0.1", door)
                host = b"127.0.0.1"
                writer.write(b"\5\1\0\5\1\0\3\x09" + host + port.to_bytes(2, "big"))
                await reader.readexactly(12)
            rest = await reader.read()
            writer.close()
            return rest

    assert limited(run()) == b""
