"""An engine for the length of one coroutine, and a ping at home."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from probes import (
    EchoEngine,
    EchoPlan,
    PingResult,
    TargetPolicy,
)
from probes.packet import Echo, EchoKind, build_echo

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


def altered(echo: Echo, **changes: int) -> bytes:
    fields = {"ident": echo.ident, "seq": echo.seq, "token": echo.token, "size": echo.size}
    return build_echo(Echo(echo.family, EchoKind.REPLY, **(fields | changes)))
