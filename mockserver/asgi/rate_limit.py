"""The stage that counts calls and says in headers how many are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.errors import TooManyRequests

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.asgi.exchange import Exchange
    from mockserver.core.clock import Clock
    from mockserver.core.rate_limit import Quota, RateLimiter, Standing


class RateLimits:
    """Counts the call against each quota of its operation; 429 past one."""

    def __init__(self, app: ASGIApp, limiter: RateLimiter, clock: Clock) -> None:
        """Stand before `app`."""
        self._app = app
        self._limiter = limiter
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count and go on, or end with the vendor's 429."""
        exchange: Exchange = scope["mockserver.exchange"]
        operation, account = exchange.operation, exchange.account
        if operation is not None and account is not None:
            now_ms = self._clock.now_ms()
            standings = [
                (quota, self._limiter.hit(quota, account.name, operation.id, now_ms))
                for quota in operation.quotas
            ]
            for quota, standing in standings:
                tell(exchange, quota, standing)
            for quota, standing in standings:
                if not standing.allowed:
                    raise _refusal(quota, standing)
        await self._app(scope, receive, send)


def tell(exchange: Exchange, quota: Quota, standing: Standing) -> None:
    """Write the standing into the answer's headers, under the quota's names for them."""
    values = (standing.limit, standing.remaining, standing.reset_at_s)
    for name, value in zip(quota.headers, values, strict=False):
        exchange.add_header(name, str(value))


def _refusal(quota: Quota, standing: Standing) -> TooManyRequests:
    return TooManyRequests(
        f"more than {standing.limit} calls in {quota.window_s} s",
        headers={"Retry-After": str(standing.retry_after_s)},
        facts={
            "limit": standing.limit,
            "remaining": standing.remaining,
            "cost": standing.cost,
            "retry_after_s": standing.retry_after_s,
            "window_s": quota.window_s,
        },
    )
