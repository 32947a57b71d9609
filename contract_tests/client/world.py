"""The stand-in that a client meets: doors, keys, an ear, and worlds that can begin again."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from contract_tests.listening.ear import App, Ear, Message, Receive, Send

ACCOUNT = "client"
_PATIENCE_S = 1.0
Hear = Callable[[str, Any], object]


@dataclass(frozen=True, slots=True)
class World:
    """What a client is told of: addresses and keys by vendor.

    `renew` begins it again, `settle` waits for answers that are still on their way. `hosts` are
    names under which it is reached too.
    """

    urls: Mapping[str, str]
    keys: Mapping[str, str]
    tls_port: int
    control_port: int
    renew: Callable[[], None]
    settle: Callable[[], None]
    hosts: tuple[str, ...] = ()


@contextmanager
def world(  # noqa: PLR0913  (what a world is made of)
    vendors: Sequence[str],
    hear: Hear,
    inside: Callable[[App], App] = lambda app: app,
    *,
    hosts: Callable[[str], str | None] = lambda _: None,
    tls: ssl.SSLContext | None = None,
    seed: int = 0,
    is_limited: bool = True,
    protocol: Any = None,
) -> Iterator[World]:
    """Serve a fresh account of these vendors on loopback; `hear` is told of every exchange.

    `inside` stands between the ear and the stand-in. `hosts` and `tls` are as in `target.street`.
    """
    from contract_tests.target import street  # noqa: PLC0415  (only runs that need a stand-in)

    limits: dict[str, int | None] = {} if is_limited else {"all": None}
    busy = Busy()
    settings = {"seed": seed, "rate_limit": limits, "state": None}
    with street(
        vendors, lambda app: busy.around(Ear(inside(app), hear)), hosts, tls, protocol, **settings
    ) as found:
        keys = {name: key for name, key in found.keys(ACCOUNT).items() if name in vendors}
        yield World(
            found.doors,
            keys,
            found.tls_port,
            found.control_port,
            lambda: found.renew(ACCOUNT),
            busy.settle,
        )


@dataclass(slots=True)
class Busy:
    """Counts the exchanges that go on."""

    count: int = 0

    def around(self, app: App) -> App:
        """Wrap an application whose exchanges are to be counted."""

        async def counted(scope: Message, receive: Receive, send: Send) -> None:
            is_counted = scope["type"] == "http"
            self.count += is_counted
            try:
                await app(scope, receive, send)
            finally:
                self.count -= is_counted

        return counted

    def settle(self) -> None:
        """Wait until none goes on, a second at most."""
        until = time.monotonic() + _PATIENCE_S
        while self.count and time.monotonic() < until:
            time.sleep(0.005)
