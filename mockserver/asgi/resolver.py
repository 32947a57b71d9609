"""operationId → the coroutine of that name in the vendor's handlers."""

from __future__ import annotations

import inspect
from types import ModuleType

from connexion.exceptions import ResolverError
from connexion.resolver import Resolver


class HandlerResolver(Resolver):  # type: ignore[misc]  # untyped base
    """Finds handlers in one module, so that contracts hold no Python names."""

    def __init__(self, handlers: ModuleType) -> None:
        """Look in `handlers`."""
        super().__init__(self._find)
        self._handlers = handlers

    def _find(self, operation_id: str) -> object:
        handler = getattr(self._handlers, operation_id, None)
        if not inspect.iscoroutinefunction(handler):
            raise ResolverError(
                f"{self._handlers.__name__} has no coroutine named {operation_id}, "
                "which the contract asks for: write it"
            )
        return handler
