"""A case of Schemathesis and its answer as an exchange of ours."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import requests
from schemathesis.core import NotSet
from schemathesis.core.transport import Response as Answer
from schemathesis.generation.case import Case

from contract_tests.calls.caller import BODY
from contract_tests.phases.plainly import declared
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.world.world import World

_LONGEST_TARGET = 2000
# A number that it gives each request; nobody who repeats one needs it.
_ITS_OWN = "x-schemathesis"
_ODD = re.compile(r"%(?:2F|5C|[01][0-9A-F]|7F)", re.IGNORECASE)
_DOTS = re.compile(r"/(?:\.|%2E){1,2}(?:/|$)|//|/$", re.IGNORECASE)


def answered(case: Case[Any], answer: Answer, world: World) -> Exchange:
    """Return the exchange of a case that was answered; nothing is masked yet."""
    limit = world.wire.allowance.limits.max_body_bytes
    headers = tuple((name, value) for name, values in answer.headers.items() for value in values)
    response = Response(answer.status_code, headers, answer.content[:limit], answer.elapsed)
    return _exchange(case, answer.request, response, "", world)


def unanswered(
    case: Case[Any], error: requests.RequestException, reason: str, world: World
) -> Exchange:
    """Return the exchange of a case that got no answer."""
    request = error.request
    if isinstance(request, requests.Request):
        request = request.prepare()
    if request is None:
        request = requests.Request(case.method, world.wire.url + case.formatted_path).prepare()
    return _exchange(case, request, None, reason, world)


def without_key(exchange: Exchange, credential: Credential) -> Exchange:
    """Mask the headers that `credential` has added: also a secret too short to look for."""
    added = {(name.lower(), value) for name, value in credential.headers}
    request = exchange.request
    headers = tuple(
        (name, credential.mask_own(value) if (name.lower(), value) in added else value)
        for name, value in request.headers
    )
    return replace(exchange, request=replace(request, headers=headers))


def _exchange(
    case: Case[Any],
    sent: requests.PreparedRequest,
    response: Response | None,
    failure: str,
    world: World,
) -> Exchange:
    url = sent.url or world.wire.url
    body = sent.body or b""
    request = Request(
        sent.method or case.method,
        url.removeprefix(world.wire.url),
        tuple((n, v) for n, v in _headers(sent) if not n.lower().startswith(_ITS_OWN)),
        body if isinstance(body, bytes) else str(body).encode(),
    )
    # Failures and silences are findings of the phases themselves.
    judged = not world.is_spoilt and response is not None and response.status < 500
    operation_id = _operation_id(case, request) if judged else ""
    at = time.time() - (response.elapsed_s if response else 0.0)
    return Exchange(url, request, response, failure, at, operation_id, _values(case))


def _operation_id(case: Case[Any], request: Request) -> str:
    """Return the operation that must answer, or nothing where that is not sure.

    Another method, a path that a router may read as another one, and headers or lengths that a
    server refuses before any operation is chosen say nothing about the operation.
    """
    path = request.target.partition("?")[0]
    plain = (
        case.method.upper() == case.operation.method.upper()
        and len(request.target) < _LONGEST_TARGET
        and not _ODD.search(path)
        and not _DOTS.search(path)
        and all(value.isascii() and value.isprintable() for _, value in request.headers)
    )
    definition = case.operation.definition.raw
    return str(definition.get("operationId", "")) if plain else ""


def _values(case: Case[Any]) -> dict[str, Any]:
    """Return what was sent, by the names of the contract."""
    sent = [case.path_parameters, case.query, case.headers, case.cookies]
    named = {str(name): value for part in sent for name, value in (part or {}).items()}
    known = {parameter["name"] for parameter in declared(case.operation)}
    values = {name: value for name, value in named.items() if name in known}
    return values if isinstance(case.body, NotSet) else {**values, BODY: case.body}


def _headers(sent: requests.PreparedRequest) -> Iterator[tuple[str, str]]:
    return ((_text(name), _text(value)) for name, value in sent.headers.items())


def _text(part: str | bytes) -> str:
    return part.decode("latin-1") if isinstance(part, bytes) else str(part)
