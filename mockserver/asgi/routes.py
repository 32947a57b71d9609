"""The stage that finds the operation: paths and methods of the contract, compiled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from connexion.middleware.abstract import SpecMiddleware

from mockserver.asgi.exchange import Exchange, path_segments
from mockserver.asgi.operation import Operation, compile_operation
from mockserver.asgi.parameters import query_pairs
from mockserver.asgi.routing import Place, RouteTable
from mockserver.core.errors import BadRequest, MethodNotAllowed, NotFound, Violation, cut
from mockserver.core.vendor import Call, Vendor

if TYPE_CHECKING:
    from connexion.spec import Specification
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.core.rate_limit import RateLimiter

METHODS = ("get", "put", "post", "delete", "patch")


class Routing(SpecMiddleware):  # type: ignore[misc]  # untyped base
    """Path and method → operation; 404, 405 with a true Allow, OPTIONS, and the final slash."""

    def __init__(self, app: ASGIApp, vendor: Vendor, limiter: RateLimiter) -> None:
        """Stand before `app`."""
        self._app = app
        self._vendor = vendor
        self._limiter = limiter
        self._table: RouteTable[Operation] = RouteTable()

    def add_api(self, specification: Specification, **options: Any) -> None:
        """Compile every operation of `specification`, as Connexion's middlewares do."""
        for path, item in specification["paths"].items():
            for method in METHODS:
                if method in item:
                    source = specification.operation_cls.from_spec(
                        specification, path=path, method=method, resolver=options["resolver"]
                    )
                    quotas = self._limiter.quotas_for(source.operation_id)
                    operation = compile_operation(source, specification, quotas)
                    self._table.add(specification.base_path + path, method, operation)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find the operation and go on, or answer what needs no operation."""
        exchange: Exchange = scope["mockserver.exchange"]
        call = exchange.call = self._read(exchange)
        place = self._table.find(call.segments)
        if place is None:
            if self._redirects(exchange, call):
                return
            path = "/" + "/".join(call.segments)
            raise NotFound(f"no operation at {cut(path, 120)}", facts={"path": path})
        method = "GET" if call.method == "HEAD" else call.method
        operation = place.methods.get(method)
        if operation is None:
            self._without_operation(exchange, call, place)
            return
        exchange.operation = operation
        if exchange.unreadable and (operation.query_names or operation.refuses_unknown_query):
            raise exchange.unreadable
        exchange.path_values = place.values(call.segments)
        await self._app(scope, receive, send)

    def _read(self, exchange: Exchange) -> Call:
        scope = exchange.scope
        segments = path_segments(scope)[scope.get("mockserver.skip", 0) :]
        call = Call(scope["method"], segments, _query(exchange), exchange.headers)
        return self._vendor.normalise(call) if self._vendor.normalise else call

    def _without_operation(self, exchange: Exchange, call: Call, place: Place[Operation]) -> None:
        exchange.add_header("allow", place.allow())
        if call.method != "OPTIONS":
            violation = Violation("method", "", "method", place.allow(), call.method)
            raise MethodNotAllowed(f"{call.method} is not allowed here", violations=[violation])
        exchange.answer_status = 204

    def _redirects(self, exchange: Exchange, call: Call) -> bool:
        with_slash = replace(call, segments=(*call.segments, ""))
        if not self._vendor.redirects_to_slash or not self._table.find(with_slash.segments):
            return False
        skip = exchange.scope.get("mockserver.skip", 0)
        raw = exchange.scope.get("raw_path") or exchange.scope["path"].encode()
        path = "/".join(raw.partition(b"?")[0].decode("latin-1").split("/")[1 + skip :])
        query = exchange.scope["query_string"].decode("latin-1")
        exchange.answer_status = 307
        target = f"{exchange.base_url}/{path}/{'?' if query else ''}{query}"
        exchange.add_header("location", target)
        return True


def _query(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(query_pairs(exchange.scope["query_string"]))
    except BadRequest as error:
        # Where no query is read, none can be wrong.
        exchange.unreadable = error
        return ()
