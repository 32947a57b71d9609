"""Headers that are slow, endless or too long, met with a transport and a clock made of nothing."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from mockserver.asgi.protocol import HEADER_DEADLINE_S, MAX_HEADER_BYTES, GuardedProtocol

START = b"POST /a HTTP/1.1\r\nHost: h\r\n"


class Timer:
    """What `call_later` gave out."""

    def __init__(self, delay_s: float, callback: Callable[[], None]) -> None:
        self.delay_s, self.callback, self.cancelled = delay_s, callback, False

    def cancel(self) -> None:
        self.cancelled = True


class Loop(asyncio.SelectorEventLoop):
    """An event loop that never runs: timers are kept, tasks are not begun."""

    def __init__(self) -> None:
        super().__init__()
        self.timers: list[Timer] = []
        self.begun = 0

    def call_later(self, delay: float, callback: Any, *args: Any, **_: Any) -> Any:
        self.timers.append(Timer(delay, lambda: callback(*args)))
        return self.timers[-1]

    def create_task(self, coro: Any, **_: Any) -> Any:
        coro.close()
        self.begun += 1
        return asyncio.Future(loop=self)

    @property
    def deadlines(self) -> list[Timer]:
        return [t for t in self.timers if t.delay_s == HEADER_DEADLINE_S and not t.cancelled]


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Bring no more; nobody does."""

    def resume_reading(self) -> None:
        """Go on."""


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def wire() -> Transport:
    return Transport()


@pytest.fixture
def protocol(loop: Loop, wire: Transport) -> Iterator[GuardedProtocol]:
    config = uvicorn.Config(lambda: None, log_config=None, ws="none", lifespan="off")
    config.load()
    protocol = GuardedProtocol(config, ServerState(), {}, _loop=loop)
    protocol.connection_made(wire)
    yield protocol
    protocol.connection_lost(None)


def feed(protocol: GuardedProtocol, data: bytes, size: int = 4096) -> None:
    """Bring `data` in pieces until the connection is closed."""
    for begin in range(0, len(data), size):
        if not protocol.transport.is_closing():
            protocol.data_received(data[begin : begin + size])


def test_a_connection_that_sends_nothing_is_given_a_deadline(
    protocol: GuardedProtocol, loop: Loop
) -> None:
    (deadline,) = loop.deadlines
    deadline.callback()
    assert protocol.transport.is_closing()


def test_slow_headers_do_not_move_the_deadline(protocol: GuardedProtocol, loop: Loop) -> None:
    feed(protocol, START, size=len(START))
    before = loop.deadlines
    feed(protocol, b"X-Slow: and steady\r\n", size=1)
    assert loop.deadlines == before
    before[0].callback()
    assert protocol.transport.is_closing()


def test_whole_headers_end_the_wait(protocol: GuardedProtocol, loop: Loop) -> None:
    feed(protocol, START + b"\r\n")
    assert loop.deadlines == []
    assert loop.begun == 1


def test_a_slow_body_is_not_a_matter_of_headers(protocol: GuardedProtocol, loop: Loop) -> None:
    feed(protocol, START + b"Content-Length: 300000\r\n\r\n" + b"x" * 200_000)
    assert loop.deadlines == []
    assert not protocol.transport.is_closing()


def test_the_next_request_has_a_deadline_of_its_own(protocol: GuardedProtocol, loop: Loop) -> None:
    feed(protocol, START + b"\r\n" + START)
    assert len(loop.deadlines) == 1


def test_a_deadline_that_comes_after_the_end_does_nothing(
    protocol: GuardedProtocol, loop: Loop
) -> None:
    (deadline,) = loop.deadlines
    protocol.transport.close()
    deadline.callback()
    assert protocol.transport.is_closing()


@pytest.mark.parametrize("size", [100, 4096, 300_000])
@pytest.mark.parametrize(
    "headers",
    [
        b"X: " + b"y" * 100_000,
        b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        b"X: y\r\n" * 20_000 + b"\r\n",
        b"X" * 100_000,
    ],
    ids=["endless value", "long value", "many", "endless name"],
)
def test_headers_that_are_too_long_end_the_connection(
    protocol: GuardedProtocol, loop: Loop, headers: bytes, size: int
) -> None:
    feed(protocol, START + headers, size)
    assert protocol.transport.is_closing()
    assert loop.begun == 0


@pytest.mark.parametrize("size", [4096, 300_000])
def test_long_but_reasonable_headers_are_served(
    protocol: GuardedProtocol, loop: Loop, size: int
) -> None:
    feed(protocol, START + b"X: " + b"y" * (MAX_HEADER_BYTES - 1000) + b"\r\n\r\n", size)
    assert loop.begun == 1
    assert not protocol.transport.is_closing()


@pytest.mark.parametrize("size", [1000, 300_000])
def test_a_long_body_before_another_request_is_not_taken_for_headers(
    protocol: GuardedProtocol, size: int
) -> None:
    body = b"x" * 200_000
    feed(protocol, START + b"Content-Length: 200000\r\n\r\n" + body + START, size)
    assert not protocol.transport.is_closing()


def test_headers_of_each_request_are_counted_anew(protocol: GuardedProtocol) -> None:
    request = START + b"X: " + b"y" * 50_000 + b"\r\nContent-Length: 0\r\n\r\n"
    feed(protocol, request * 3)
    assert not protocol.transport.is_closing()


def test_garbage_is_400_and_the_end(protocol: GuardedProtocol, wire: Transport) -> None:
    feed(protocol, b"\x16\x03\x01 hello\r\n\r\n")
    assert wire.written.startswith(b"HTTP/1.1 400")
    assert wire.closed
