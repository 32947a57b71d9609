"""The stage that asks who is calling: header → credential → account."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from mockserver.core.credentials import Credential
from mockserver.core.errors import Unauthorized

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.asgi.exchange import Exchange
    from mockserver.asgi.operation import Operation
    from mockserver.core.accounts import Accounts
    from mockserver.core.clock import Clock
    from mockserver.core.vendor import Vendor


class Security:
    """Puts the account into the exchange, or ends it with the vendor's 401."""

    def __init__(self, app: ASGIApp, vendor: Vendor, accounts: Accounts, clock: Clock) -> None:
        """Stand before `app`."""
        self._app = app
        self._vendor = vendor
        self._accounts = accounts
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the account and go on."""
        exchange: Exchange = scope["mockserver.exchange"]
        operation = exchange.operation
        if operation is not None and operation.schemes:
            try:
                credential = presented(exchange, operation)
                exchange.account = self._vendor.authenticate(
                    credential, self._accounts, self._clock
                )
            except Unauthorized:
                for challenge in _challenges(operation):
                    exchange.add_header("www-authenticate", challenge)
                raise
        await self._app(scope, receive, send)


def presented(exchange: Exchange, operation: Operation) -> Credential | None:
    """Return the credential that the request shows, or None if it shows none."""
    for scheme in operation.schemes:
        value = exchange.headers.get(scheme.header)
        if value and scheme.kind == "apikey":
            return Credential("apikey", value)
        if value:
            return _authorization(value, {s.kind for s in operation.schemes})
    return None


def _authorization(value: str, kinds: set[str]) -> Credential:
    kind, _, rest = value.strip().partition(" ")
    kind, rest = kind.lower(), rest.strip()
    if kind == "basic" and kind in kinds:
        try:
            user, colon, secret = base64.b64decode(rest, validate=True).decode().partition(":")
        except ValueError:  # not ASCII, not base64, not UTF-8
            return Credential("unknown", value)
        return Credential("basic", secret, user) if colon else Credential("unknown", value)
    return Credential(kind if kind in kinds and rest else "unknown", rest or value)


def _challenges(operation: Operation) -> list[str]:
    # RFC 9110, section 15.5.2: a 401 says how to do better.
    names = {"basic": 'Basic realm="api"', "bearer": 'Bearer realm="api"'}
    return [names[scheme.kind] for scheme in operation.schemes if scheme.kind in names]
