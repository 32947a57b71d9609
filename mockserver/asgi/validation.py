"""The stage that holds the request against the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mockserver.asgi import body as bodies
from mockserver.asgi.operation import FORM, JSON, BodyRule, Operation
from mockserver.core.errors import (
    ApiError,
    BadRequest,
    NotFound,
    UnsupportedMediaType,
    Violation,
)

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from mockserver.asgi.exchange import Exchange
    from mockserver.core.vendor import Vendor


LARGE_BYTES = 32_768


class Validation:
    """Fills the arguments of the exchange, or ends it with every violation that was found."""

    def __init__(self, app: ASGIApp, vendor: Vendor) -> None:
        """Stand before `app`."""
        self._app = app
        self._normalise_body = vendor.normalise_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check and go on."""
        exchange: Exchange = scope["mockserver.exchange"]
        operation = exchange.operation
        assert operation is not None  # noqa: S101  (Routing ends the exchange otherwise)
        arguments: dict[str, Any] = {}
        violations = _check_parameters(exchange, operation, arguments)
        violations += await self._check_body(exchange, operation, arguments)
        if violations:
            raise _refusal(operation, violations)
        exchange.arguments = arguments
        await self._app(scope, receive, send)

    async def _check_body(
        self, exchange: Exchange, operation: Operation, arguments: dict[str, Any]
    ) -> list[Violation]:
        rule = operation.body
        if rule is None:
            return await _unexpected_body(exchange) if operation.refuses_bodies else []
        raw = await bodies.read(exchange.receive, exchange.headers)
        if not raw and not exchange.headers.get("content-type"):
            arguments["body"] = None
            required = Violation("body", "", "required", f"a body of {_types(rule)}")
            return [required] if rule.required else []
        return self._check_content(exchange, rule, raw, arguments)

    def _check_content(
        self, exchange: Exchange, rule: BodyRule, raw: bytes, arguments: dict[str, Any]
    ) -> list[Violation]:
        media_type = _media_type(exchange, rule)
        if not raw and not rule.required:
            arguments["body"] = None
            return []
        value = bodies.parse_form(raw) if media_type == FORM else bodies.parse_json(raw)
        if self._normalise_body:
            value = self._normalise_body(exchange.operation_id, value)
        arguments["body"] = value
        checker = rule.checkers[media_type]
        look = checker.violations if len(raw) < LARGE_BYTES else checker.first_violation
        return list(look("body", "", value))


def _refusal(operation: Operation, violations: list[Violation]) -> ApiError:
    # An operation that documents no 400 means by 404 that nothing can have such an id.
    only_path = all(violation.where == "path" for violation in violations)
    kind = NotFound if only_path and "400" not in operation.answers else BadRequest
    return kind("the request breaks the contract", violations=violations)


def _check_parameters(
    exchange: Exchange, operation: Operation, arguments: dict[str, Any]
) -> list[Violation]:
    given: dict[str, list[str]] = {}
    for name, value in exchange.call.query if exchange.call else ():
        given.setdefault(name, []).append(value)
    found: list[Violation] = []
    if operation.refuses_unknown_query and given:
        found += _strict_query(given, operation)
    for parameter in operation.parameters:
        texts = _texts(parameter.where, parameter.name, given, exchange)
        found += parameter.check(texts, arguments)
    return found


def _texts(
    where: str, name: str, given: dict[str, list[str]], exchange: Exchange
) -> Sequence[str] | None:
    if where == "query":
        return given.get(name)
    source = exchange.path_values if where == "path" else exchange.headers
    return [source[name]] if name in source else None


def _strict_query(given: dict[str, list[str]], operation: Operation) -> list[Violation]:
    known = ", ".join(sorted(operation.query_names)) or "none"
    once = {p.name for p in operation.parameters if p.where == "query" and not p.repeats}
    found = [
        Violation("query", name, "unknown", f"one of the parameters {known}", name)
        for name in given
        if name not in operation.query_names
    ]
    return found + [
        Violation("query", name, "repeated", "a single value", values)
        for name, values in given.items()
        if len(values) > 1 and name in once
    ]


async def _unexpected_body(exchange: Exchange) -> list[Violation]:
    headers = exchange.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return []
    raw = await bodies.read(exchange.receive, headers)
    return [Violation("body", "", "unexpected", "no body", f"{len(raw)} bytes")] if raw else []


def _types(rule: BodyRule) -> str:
    return " or ".join(rule.checkers)


def _media_type(exchange: Exchange, rule: BodyRule) -> str:
    """Return the declared media type; UnsupportedMediaType if the operation does not take it."""
    content_type = exchange.headers.get("content-type", "")
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    charset = _charset(parameters)
    encoding = exchange.headers.get("content-encoding", "identity").lower()
    wrong_charset = charset not in {"", "utf-8", "utf8", "us-ascii"}
    if media_type not in rule.checkers or wrong_charset or encoding != "identity":
        expected = f"{_types(rule)} in UTF-8, not compressed"
        received = content_type or "no Content-Type"
        raise UnsupportedMediaType(
            f"send the header Content-Type: {next(iter(rule.checkers), JSON)}",
            violations=[Violation("header", "Content-Type", "media type", expected, received)],
        )
    return media_type


def _charset(parameters: str) -> str:
    for part in parameters.split(";"):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""
