"""The one socket of the inspector: sends within limits, masks, and tells who listens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from contract_tests.credential import NOBODY, Credential
from contract_tests.exchange import Exchange, Headers, Request, Response
from contract_tests.limits import Allowance, Limits

Listener = Callable[[Exchange], None]


class Wire:
    """Sends requests to one target. `listeners` hear every exchange, masked."""

    def __init__(
        self,
        url: str,
        allowance: Allowance | None = None,
        *,
        secrets: tuple[Credential, ...] = (),
        trust: str | bool = True,
    ) -> None:
        """Aim at `url`, which has no slash at its end; `secrets` are masked wherever they are."""
        self.url = url
        self.allowance = allowance or Allowance(Limits())
        self.listeners: list[Listener] = []
        self._secrets = secrets
        self._session = requests.Session()
        # Credentials of the user's .netrc and proxies are none of a contract's business.
        self._session.trust_env = False
        self._session.verify = trust

    def send(
        self,
        request: Request,
        credential: Credential = NOBODY,
        *,
        operation_id: str = "",
        values: dict[str, Any] | None = None,
    ) -> Exchange:
        """Send and return the exchange; a failed connection is one too. OutOfLimits at the end."""
        self.allowance.take()
        target = _with_query(request.target, credential.query)
        actual = replace(request, target=target, headers=(*request.headers, *credential.headers))
        at = time.time()
        response, failure = self._answer(actual)
        exchange = Exchange(
            self.url + target,
            actual,
            response,
            failure,
            at,
            operation_id,
            values or {},
        )
        masked = self._masked(exchange)
        self.heard(masked)
        return masked

    def heard(self, exchange: Exchange) -> None:
        """Tell every listener of an exchange, also of one that another engine has sent."""
        if exchange.status == 429 and exchange.response:
            after = exchange.response.header("Retry-After") or ""
            self.allowance.hold(float(after) if after.isdigit() else 1.0)
        for listener in self.listeners:
            listener(exchange)

    def _answer(self, request: Request) -> tuple[Response | None, str]:
        limit_s = self.allowance.limits.timeout_s
        begin = time.monotonic()
        try:
            prepared = self._session.prepare_request(
                requests.Request(request.method, self.url, data=request.body or None)
            )
            # As it is: the library would normalise what a test means to be odd.
            prepared.url = self.url + request.target
            for name, value in request.headers:
                prepared.headers[name] = value
            got = self._session.send(prepared, timeout=limit_s, allow_redirects=False)
        except requests.Timeout:
            return None, f"no answer within {limit_s:g} s"
        except (requests.RequestException, UnicodeError, ValueError) as error:
            return None, f"{type(error).__name__}: {error}"[:300]
        headers = tuple((str(n), str(v)) for n, v in got.raw.headers.items())
        body = got.content[: self.allowance.limits.max_body_bytes]
        return Response(got.status_code, headers, body, time.monotonic() - begin), ""

    def _masked(self, exchange: Exchange) -> Exchange:
        for secret in self._secrets:
            exchange = mask(exchange, secret)
        return exchange


def mask(exchange: Exchange, secret: Credential) -> Exchange:
    """Return the exchange with `secret` replaced by its variable everywhere."""
    if not secret.secret:
        return exchange
    request = replace(
        exchange.request,
        target=secret.mask(exchange.request.target),
        headers=_masked_headers(exchange.request.headers, secret),
        body=secret.mask_bytes(exchange.request.body),
    )
    response = exchange.response and replace(
        exchange.response,
        headers=_masked_headers(exchange.response.headers, secret),
        body=secret.mask_bytes(exchange.response.body),
    )
    shown = f"${secret.variable}" in request.target + str(request.headers)
    secrets = (*exchange.secrets, secret.variable) if shown else exchange.secrets
    url = secret.mask(exchange.url)
    return replace(exchange, url=url, request=request, response=response, secrets=secrets)


def _masked_headers(headers: Headers, secret: Credential) -> Headers:
    return tuple((name, secret.mask(value)) for name, value in headers)


def _with_query(target: str, query: Headers) -> str:
    if not query:
        return target
    return target + ("&" if urlsplit(target).query else "?") + urlencode(query)
