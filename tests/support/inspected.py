"""A server in memory for the inspector: a Python object answers in place of a socket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from contract_tests.findings.finding import Finding
from contract_tests.roles.model import Roles
from contract_tests.wire.credential import NOBODY, Credential
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.wire.limits import Allowance, Limits
from contract_tests.wire.wire import Wire
from contract_tests.world.world import NotTried, World

Server = Callable[[Request], Response]
KEY = Credential("API_KEY", "open sesame", headers=(("X-API-KEY", "open sesame"),))


def _no_time(seconds: float) -> None:
    del seconds


class MemoryWire(Wire):
    """A wire without sockets. What is sent is kept, credentials and all, in `sent`."""

    def __init__(self, server: Server) -> None:
        allowance = Allowance(Limits(), sleep=_no_time)
        super().__init__("http://127.0.0.1:1", allowance)
        self.server = server
        self.sent: list[Request] = []

    def send(
        self,
        request: Request,
        credential: Credential = NOBODY,
        *,
        operation_id: str = "",
        values: dict[str, Any] | None = None,
    ) -> Exchange:
        self.allowance.take()
        headers = (*request.headers, *credential.headers)
        self.sent.append(Request(request.method, request.target, headers, request.body))
        exchange = Exchange(
            self.url + request.target,
            request,
            self.server(self.sent[-1]),
            operation_id=operation_id,
            values=values or {},
        )
        self.heard(exchange)
        return exchange


def world(contract: dict[str, Any], roles: Roles, server: Server, **options: Any) -> World:
    """Return what a rule works with, in front of `server`."""
    return World(contract, roles, MemoryWire(server), KEY, **options)


def answer(body: Any = None, status: int = 200, **headers: str) -> Response:
    """Answer with JSON, or with nothing; `Content_Type` in place of `Content-Type`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None and status == 204:
        return Response(status, tuple(named.items()), b"")
    named.setdefault("Content-Type", "application/json")
    return Response(status, tuple(named.items()), json.dumps(body).encode())


def tried(findings: Iterable[Finding]) -> list[Finding]:
    """Return what a rule finds; what it did not try adds nothing."""
    found: list[Finding] = []
    try:
        found += findings
    except NotTried:
        return found
    return found
