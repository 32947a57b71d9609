"""The outermost stage: opens the exchange, words what goes wrong, sends the answer."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import orjson

from mockserver.asgi.answers import breach
from mockserver.asgi.exchange import Exchange
from mockserver.asgi.faults import bent, broken_off
from mockserver.asgi.rate_limit import tell
from mockserver.core.errors import ApiError, InternalServerError
from mockserver.core.vendor import Situation

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.core.clock import Clock
    from mockserver.core.randomness import Randomness
    from mockserver.core.rate_limit import RateLimiter
    from mockserver.core.vendor import Vendor

Breach = Callable[[str], None]
_log = logging.getLogger(__name__)


class Errors:
    """Lets no exception out: every one becomes the vendor's own error body."""

    def __init__(  # noqa: PLR0913  (what wording, counting and naming need)
        self,
        app: ASGIApp,
        *,
        vendor: Vendor,
        limiter: RateLimiter,
        clock: Clock,
        randomness: Randomness,
        on_breach: Breach,
    ) -> None:
        """Stand before `app`; `on_breach` hears of answers that break our own contract."""
        self._app = app
        self._vendor = vendor
        self._limiter = limiter
        self._clock = clock
        self._randomness = randomness
        self._on_breach = on_breach
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = scope["mockserver.exchange"] = Exchange(scope, receive)
        self._name(exchange)
        try:
            await self._app(scope, receive, send)
            body = self._json(exchange)
        except ApiError as error:
            body = self._word(exchange, error)
        except Exception:  # noqa: BLE001  (the last door: logged, and worded like any other)
            _log.exception("%s %s failed", scope["method"], scope["path"])
            body = self._word(exchange, InternalServerError("the stand-in failed; see its log"))
        await _send(exchange, body, send)

    def _json(self, exchange: Exchange) -> bytes:
        status, value = exchange.answer_status, exchange.answer_value
        body = b"" if value is None else orjson.dumps(value)
        operation = exchange.operation
        # An error that was asked for need not be a documented one.
        if exchange.effect and exchange.effect.error:
            operation = None
        sentence = breach(operation, status, value) if operation else None
        if sentence:
            self._on_breach(sentence)
        return body

    def _name(self, exchange: Exchange) -> None:
        vendor = self._vendor
        for name, value in vendor.headers:
            exchange.add_header(name, value)
        if vendor.request_id:
            number, now_ms = next(self._numbers), self._clock.now_ms()
            exchange.request_id = vendor.request_id(self._randomness, number, now_ms)
            exchange.add_header(vendor.request_id_header, exchange.request_id)

    def _word(self, exchange: Exchange, error: ApiError) -> bytes:
        situation = Situation(exchange.operation_id, exchange.request_id)
        exchange.answer_status = error.status
        exchange.answer_value = self._vendor.word_error(error, situation)
        for name, value in error.headers.items():
            exchange.add_header(name.lower(), value)
        if exchange.account is None:
            self._tell_strangers(exchange)
        return self._json(exchange)

    def _tell_strangers(self, exchange: Exchange) -> None:
        # Some vendors send their limits with every answer, to callers without an account too.
        for quota in self._vendor.quotas:
            if quota.everywhere:
                standing = self._limiter.glance(quota, self._clock.now_ms())
                tell(exchange, quota, standing)


async def _send(exchange: Exchange, body: bytes, send: Send) -> None:
    headers, body = exchange.answer_headers, bent(exchange, body)
    if body:
        headers.append((b"content-type", b"application/json"))
    if exchange.answer_status != 204:  # RFC 9110, section 8.6: a 204 carries no length
        headers.append((b"content-length", str(len(body)).encode()))
    start = {"type": "http.response.start", "status": exchange.answer_status, "headers": headers}
    if await broken_off(exchange, start, body, send):
        return
    await send(start)
    # HEAD announces what GET would send, and sends none of it (RFC 9110, section 9.3.2).
    shown = b"" if exchange.scope["method"] == "HEAD" else body
    await send({"type": "http.response.body", "body": shown})
