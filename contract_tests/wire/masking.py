"""Secrets out of exchanges: nothing behind the wire ever sees one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import unquote

from contract_tests.wire.credential import Credential, joined
from contract_tests.wire.exchange import Exchange, Headers, Request


def shown(request: Request, credential: Credential) -> Request:
    """Return a request with a credential added, masked: also one too short to look for."""
    own = tuple((name, credential.mask_own(value)) for name, value in credential.headers)
    query = tuple((name, credential.mask_own(value)) for name, value in credential.query)
    target = request.target
    for name, value in query:
        target += f"{'&' if '?' in target else '?'}{name}={value}"
    return replace(request, target=target, headers=(*request.headers, *own))


def masked(exchange: Exchange, secrets: Iterable[Credential]) -> Exchange:
    """Return the exchange with every secret replaced by its variable, the longest first."""
    known = tuple(dict.fromkeys(secret for secret in secrets if secret.singles))
    return mask(exchange, joined(known)) if known else exchange


def mask(exchange: Exchange, secret: Credential) -> Exchange:
    """Return the exchange with `secret` replaced by its variable everywhere."""
    if not secret.singles:
        return exchange
    request = replace(
        exchange.request,
        target=_address(exchange.request.target, secret),
        headers=_headers(exchange.request.headers, secret),
        body=secret.mask_bytes(exchange.request.body),
    )
    response = exchange.response and replace(
        exchange.response,
        headers=_headers(exchange.response.headers, secret),
        body=secret.mask_bytes(exchange.response.body),
    )
    return replace(
        exchange,
        url=_address(exchange.url, secret),
        request=request,
        response=response,
        failure=secret.mask(exchange.failure),
        secrets=_variables(exchange, request, secret),
    )


def unmasked(request: Request, secrets: Iterable[Credential]) -> Request:
    """Return a request with the secrets back in the headers and the target where they were."""
    for secret in secrets:
        headers = tuple((name, secret.unmask(value)) for name, value in request.headers)
        request = replace(request, target=secret.unmask(request.target), headers=headers)
    return request


def _variables(exchange: Exchange, request: Request, secret: Credential) -> tuple[str, ...]:
    text = request.target + str(request.headers) + request.body.decode("utf-8", "replace")
    names = [n for n in secret.variables if f"${n}" in text]
    return tuple(dict.fromkeys((*exchange.secrets, *names)))


def _address(text: str, secret: Credential) -> str:
    """Mask a URL or a target: in the parameters of a key a short one is masked too."""
    pieces = re.split("([?&])", secret.mask(text))
    return "".join(_parameter(piece, secret) for piece in pieces)


def _parameter(piece: str, secret: Credential) -> str:
    name, _, value = piece.partition("=")
    is_shown = any(f"${variable}" in value for variable in secret.variables)
    if is_shown or unquote(name) not in {n for each in secret.singles for n, _ in each.query}:
        return piece
    return f"{name}={secret.mask_own(value)}"


def _headers(headers: Headers, secret: Credential) -> Headers:
    own = secret.added
    return tuple(
        (name, secret.mask_own(value) if value in own else secret.mask(value))
        for name, value in headers
    )
