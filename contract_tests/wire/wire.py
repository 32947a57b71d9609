"""The one socket of the inspector: sends within limits, masks, and tells who listens."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from contract_tests.wire import failures, masking, retry_after
from contract_tests.wire.bounded import Bounded
from contract_tests.wire.credential import NOBODY, Credential
from contract_tests.wire.exchange import Exchange, Request, Response
from contract_tests.wire.limits import Allowance, Limits, OutOfLimits
from contract_tests.wire.masking import mask

__all__ = ("Listener", "Wire", "mask")

Listener = Callable[[Exchange], None]
_REMEMBERED = 500
# These may be sent again when an idle connection turns out to be closed: what may have changed
# something is not, although RFC 9110 (9.2.2) lets PUT and DELETE.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# A server that refuses so many connections in a row has gone away.
_MOST_REFUSALS = 4


class Wire:
    """Sends requests to one target. `listeners` hear every exchange, masked."""

    def __init__(
        self,
        url: str,
        allowance: Allowance | None = None,
        *,
        secrets: tuple[Credential, ...] = (),
        trust: str | bool = True,
        adapter: HTTPAdapter | None = None,
    ) -> None:
        """Aim at `url`, which has no slash at its end; `secrets` are masked wherever they are.

        `adapter` makes the connections, e.g. to an address that was resolved before.
        """
        self.url = url
        self.allowance = allowance or Allowance(Limits())
        self.listeners: list[Listener] = []
        self.secrets = secrets
        self._sent: deque[tuple[Exchange, Request, Credential]] = deque(maxlen=_REMEMBERED)
        self._session = requests.Session()
        self._trust, self._adapter = trust, adapter or Bounded(self._most_bytes)
        self._refusals = self._unsaid = 0
        self.prepare(self._session)

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
        plain = masking.shown(request, credential)
        exchange = masking.masked(
            Exchange(
                self.url + plain.target, plain, response, failure, at, operation_id, values or {}
            ),
            (*self.secrets, credential),
        )
        self._sent.append((exchange, request, credential))
        self.heard(exchange)
        return exchange

    def again(self, exchange: Exchange) -> Exchange | None:
        """Send the request of an exchange once more, secrets and all.

        None where a secret in it is not known here.
        """
        for known, request, credential in reversed(self._sent):
            if known is exchange:
                return self._repeated(exchange, request, credential)
        request = masking.unmasked(exchange.request, self.secrets)
        is_known = {*exchange.secrets} <= {n for s in self.secrets for n in s.variables}
        return self._repeated(exchange, request, NOBODY) if is_known else None

    def _repeated(self, exchange: Exchange, request: Request, credential: Credential) -> Exchange:
        return self.send(
            request, credential, operation_id=exchange.operation_id, values=exchange.values
        )

    def prepare(self, session: requests.Session) -> None:
        """Have a session connect as ours does: also that of an engine that sends by itself."""
        # Credentials of the user's .netrc and proxies are none of a contract's business.
        session.trust_env = False
        session.verify = self._trust
        session.mount("http://", self._adapter)
        session.mount("https://", self._adapter)

    def heard(self, exchange: Exchange) -> None:
        """Tell every listener of an exchange, also of one that another engine has sent."""
        if exchange.status == 429 and exchange.response:
            self.allowance.hold(retry_after.seconds(exchange.response, self._unsaid))
        self._unsaid = self._unsaid + 1 if exchange.status == 429 else 0
        self._refusals = self._refusals + 1 if exchange.failure == failures.REFUSED else 0
        if self._refusals >= _MOST_REFUSALS:
            self.allowance.close("the server went away: it refuses connections")
        for listener in tuple(self.listeners):
            listener(exchange)

    def _answer(self, request: Request) -> tuple[Response | None, str]:
        try:
            return self._received(request)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            return None, failures.worded(error, self._timeout_s)
        except (UnicodeError, ValueError, OSError) as error:
            return None, failures.worded(error, self._timeout_s)

    def _received(self, request: Request) -> tuple[Response | None, str]:
        begin = time.monotonic()
        try:
            got = self._sent_out(request)
        except requests.ConnectionError as error:
            if not _may_be_idle(error) or request.method not in _SAFE:
                raise
            self._take_another(error)
            begin = time.monotonic()
            got = self._sent_again(request, error)
        if len(got.content) > self._most_bytes:
            return None, f"the answer is longer than {self._most_bytes} bytes"
        headers = tuple((str(n), str(v)) for n, v in got.raw.headers.items())
        return Response(got.status_code, headers, got.content, time.monotonic() - begin), ""

    def _sent_again(self, request: Request, before: Exception) -> requests.Response:
        """Send once more; where nobody listens any more, what went wrong before is raised."""
        try:
            return self._sent_out(request)
        except requests.ConnectionError as error:
            raise (before if failures.is_refused(error) else error) from None

    def _take_another(self, error: requests.ConnectionError) -> None:
        """Take one more from the allowance; what went wrong is raised if there is none."""
        try:
            self.allowance.take()
        except OutOfLimits:
            raise error from None

    @property
    def _most_bytes(self) -> int:
        return self.allowance.limits.max_body_bytes

    @property
    def _timeout_s(self) -> float:
        return self.allowance.limits.timeout_s

    def _sent_out(self, request: Request) -> requests.Response:
        prepared = self._session.prepare_request(
            requests.Request(request.method, self.url, data=request.body or None)
        )
        # As it is: the library would normalise what a test means to be odd.
        prepared.url = self.url + request.target
        prepared.headers["Host"] = urlsplit(self.url).netloc
        for name, value in request.headers:
            prepared.headers[name] = value
        return self._session.send(
            prepared, timeout=self._timeout_s, allow_redirects=False, stream=True
        )


def _with_query(target: str, query: tuple[tuple[str, str], ...]) -> str:
    if not query:
        return target
    return target + ("&" if urlsplit(target).query else "?") + urlencode(query)


def _may_be_idle(error: requests.ConnectionError) -> bool:
    """Say whether the server may have closed a connection that it thought idle."""
    return not isinstance(error, requests.Timeout) and not failures.is_refused(error)
