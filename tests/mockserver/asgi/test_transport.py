"""Head and body of an answer leave in one system call, and nothing is lost at a close."""

from __future__ import annotations

import asyncio
from typing import Any

from mockserver.asgi.transport import JoiningTransport


class Wire(asyncio.Transport):
    """Notes each call."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Any] = []

    def write(self, data: Any) -> None:
        self.calls.append(bytes(data))

    def close(self) -> None:
        self.calls.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.calls

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...

    def set_protocol(self, protocol: Any) -> None: ...

    def abort(self) -> None: ...


def written(*turns: list[bytes], close: bool = False) -> list[Any]:
    wire = Wire()

    async def story() -> None:
        joining = JoiningTransport(wire, asyncio.get_running_loop())
        for turn in turns:
            joining.writelines(turn)
            if not close:
                await asyncio.sleep(0)
        if close:
            joining.close()

    asyncio.run(story())
    return wire.calls


def test_what_is_written_in_one_turn_of_the_loop_is_sent_at_once() -> None:
    assert written([b"head", b"body"], [b"next"]) == [b"headbody", b"next"]


def test_a_close_sends_what_was_written_first() -> None:
    assert written([b"head", b"body"], close=True) == [b"headbody", "closed"]


def test_nothing_is_sent_when_nothing_was_written() -> None:
    assert written() == []
