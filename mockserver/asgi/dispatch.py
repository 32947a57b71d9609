"""The innermost stage: one handler in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.core.accounts import DEFAULT_ACCOUNT

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from mockserver.asgi.exchange import Exchange
    from mockserver.core.store import Store
    from mockserver.core.vendor import Vendor
    from mockserver.core.worlds import Worlds


class Dispatch:
    """Calls the operation's handler with the account's backend and the checked arguments."""

    def __init__(self, vendor: Vendor, store: Store, worlds: Worlds) -> None:
        """Serve `vendor` from `store`."""
        self._vendor = vendor.name
        self._store = store
        self._worlds = worlds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the handler; what it returns becomes the answer, what it wrote is committed."""
        del receive, send  # the outermost stage sends what the exchange holds
        exchange: Exchange = scope["mockserver.exchange"]
        operation = exchange.operation
        assert operation is not None  # noqa: S101  (Routing ends the exchange otherwise)
        arguments = {k: v for k, v in exchange.arguments.items() if k in operation.takes}
        # An operation without security works on behalf of the default account.
        account = exchange.account.name if exchange.account else DEFAULT_ACCOUNT
        async with self._store.transaction() as transaction:
            backend = await self._worlds.open(
                transaction, self._vendor, account, exchange.base_url
            )
            value = await operation.handler(backend, **arguments)
        if backend.origins:
            exchange.add_header("x-mock-network", ", ".join(sorted(backend.origins)))
        exchange.answer_status = operation.success_status
        if operation.is_redirect:
            exchange.add_header("location", value)
        else:
            exchange.answer_value = value
