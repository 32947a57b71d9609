"""The stage where things go wrong on purpose, and how a spoilt answer leaves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from mockserver.core.faults import Ending

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mockserver.asgi.exchange import Exchange
    from mockserver.core.faults import FaultPlan

CONNECTION = "mockserver.connection"


class Connection(Protocol):
    """The connection that a request came by, as the server's protocol puts it into the scope."""

    def close(self) -> None:
        """Send what was written, then close it, whatever is still missing."""

    def reset(self) -> None:
        """Break it off at once: the other side is told of a reset."""


class Faults:
    """Draws what goes wrong with a request; lets delays and errors happen."""

    def __init__(self, app: ASGIApp, plan: FaultPlan, vendor: str) -> None:
        """Stand before `app`."""
        self._app, self._plan, self._vendor = app, plan, vendor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on, later or not at all; what is done to the answer is left in the exchange."""
        if self._plan.faults:
            await self._meet(scope["mockserver.exchange"])
        await self._app(scope, receive, send)

    async def _meet(self, exchange: Exchange) -> None:
        account = exchange.account.name if exchange.account else ""
        effect = self._plan.draw(self._vendor, exchange.operation_id, account)
        if effect is None:
            return
        exchange.effect = effect
        if effect.latency_ms:
            await asyncio.sleep(effect.latency_ms / 1000)
        if effect.error is not None:
            raise effect.error


def bent(exchange: Exchange, body: bytes) -> bytes:
    """Return the body as the effect on this exchange makes it."""
    bend = exchange.effect.bend if exchange.effect else None
    return bend(body) if bend else body


async def broken_off(exchange: Exchange, start: Message, body: bytes, send: Send) -> bool:
    """End the answer as its effect wants; False where it is to be sent whole."""
    ending = exchange.effect.ending if exchange.effect else Ending.WHOLE
    connection: Connection | None = exchange.scope.get(CONNECTION)
    if ending is Ending.HANG:
        await _left(exchange.receive)
    elif ending is Ending.RESET and connection:
        connection.reset()
    elif ending is Ending.CUT and connection:
        await send(start)
        half = body[: len(body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        connection.close()
    else:
        return False
    return True


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
