"""A resolver that never answers holds up nobody but the one who asked."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from probes import lookup
from probes.lookup import SystemLookup


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Let the system's resolver wait until the event is set."""
    freed = threading.Event()

    def wait(name: str, family: int) -> list[str]:
        freed.wait(60)
        return ["127.0.0.1"]

    monkeypatch.setattr(lookup, "_addresses", wait)
    yield freed
    freed.set()


def test_a_literal_address_is_read() -> None:
    async def within() -> object:
        return await SystemLookup()("127.1", socket.AF_INET)

    assert asyncio.run(within()) == ["127.0.0.1"]


def test_an_error_of_the_resolver_reaches_the_caller() -> None:
    async def within() -> object:
        return await SystemLookup()("no such name", socket.AF_INET)

    with pytest.raises(OSError, match=r"."):
        asyncio.run(within())


def test_who_gave_up_does_not_free_the_place_of_a_stuck_question(stuck: threading.Event) -> None:
    async def within() -> list[str]:
        ask = SystemLookup(most=1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask("first", socket.AF_INET), 0.05)
        second = asyncio.create_task(ask("second", socket.AF_INET))  # type: ignore[arg-type]
        done, _ = await asyncio.wait([second], timeout=0.05)
        states = ["waits" if not done else "asked"]
        stuck.set()
        await asyncio.wait_for(second, 30)
        return [*states, "answered"]

    assert asyncio.run(within()) == ["waits", "answered"]


def test_a_process_ends_while_a_question_is_out() -> None:
    """The resolver would take an hour; a process that waited for it would be killed at 60 s."""
    code = (
        "import asyncio, socket, time\n"
        "from probes import lookup\n"
        "lookup._addresses = lambda name, family: time.sleep(3600)\n"
        "async def main():\n"
        "    try:\n"
        "        await asyncio.wait_for(lookup.SystemLookup()('x', socket.AF_INET), 0.05)\n"
        "    except TimeoutError:\n"
        "        print('gave up')\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "gave up\n"
