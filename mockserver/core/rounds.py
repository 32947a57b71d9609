"""One measurement of many: what a vendor does each time that something followed is due."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from mockserver.core.backend import Backend
from mockserver.core.following import Followed
from mockserver.core.networks import Origin, Place


@dataclass(frozen=True, slots=True)
class Round:
    """What came of one probe: its round trip in ms, None where it was lost.

    `news` is what was found out besides, such as the address of a name; empty if nothing was.
    """

    rtt_ms: float | None
    origin: Origin
    news: str = ""


@dataclass(frozen=True, slots=True)
class RoundType:
    """What a vendor measures again and again.

    `run` sends one probe, outside any transaction; ProbeError says why nothing could be sent.
    `learn` stores the news of a round, by the id of what is followed. `resume` follows, after a
    restart, what the documents of an account say is running.
    """

    run: Callable[[Place, Followed], Awaitable[Round]]
    learn: Callable[[Backend, str, str], Awaitable[None]]
    resume: Callable[[Backend], Awaitable[None]]
