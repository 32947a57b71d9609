"""Credentials that a program took out of what it saved: nobody is accused of not showing them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contract_tests.conduct.heard import Heard
from contract_tests.run.keys import choices
from contract_tests.wire.credential import Credential, joined, placed
from contract_tests.wire.exchange import Headers, Request

_VARIABLE, _SECRET, _USER = "REMOVED", "removed-when-saved", "user"
_WHO_ASKS = frozenset({401, 403, 407})
_MARK = re.compile(
    r"\W*(?:(?:bearer|basic|token)\s+)?\W*(?:redacted|removed|masked|hidden|filtered|sanitized"
    r"|scrubbed|omitted|secret|x{3,}|\*{3,}|\.{3,}|…|•+)\W*",
    re.IGNORECASE,
)


class Redacted:
    """Puts a placeholder where a credential was taken out; `count` says how often."""

    def __init__(self, contract: Mapping[str, Any]) -> None:
        """Know where a contract wants credentials."""
        self._ways = choices(contract)
        self._placeholder = _placeholder(self._ways)
        self.count = 0

    def restored(self, heard: Heard) -> Heard:
        """Return the request with a placeholder, if it was answered as one with a credential."""
        request = heard.exchange.request
        if self._placeholder is None or not self._is_taken(request, heard.exchange.status):
            return heard
        self.count += 1
        return replace(
            heard, exchange=replace(heard.exchange, request=_with(request, self._placeholder))
        )

    def _is_taken(self, request: Request, status: int) -> bool:
        shown = [value for value in self._shown(request) if value]
        if any(_MARK.fullmatch(value) for value in shown):
            return True
        # A server that wants one would have said so.
        return not shown and bool(status) and status not in _WHO_ASKS

    def _shown(self, request: Request) -> list[str]:
        headers, queries = {"authorization", "cookie"}, set[str]()
        for _, scheme in (one for way in self._ways for one in way):
            if scheme.get("in") == "header":
                headers.add(str(scheme.get("name", "")).lower())
            if scheme.get("in") == "query":
                queries.add(str(scheme.get("name", "")))
        pairs = (part.partition("=") for part in request.target.partition("?")[2].split("&"))
        shown = [value for name, _, value in pairs if name in queries]
        return shown + [value for name, value in request.headers if name.lower() in headers]


def _placeholder(ways: list[Any]) -> Credential | None:
    for way in ways:
        try:
            return joined(tuple(_placed(scheme) for _, scheme in way))
        except ValueError:
            continue
    return None


def _placed(scheme: Mapping[str, Any]) -> Credential:
    if str(scheme.get("scheme", "")).lower() == "basic":
        text = base64.b64encode(f"{_USER}:{_SECRET}".encode()).decode()
        return Credential(_VARIABLE, _SECRET, (("Authorization", f"Basic {text}"),))
    return placed(scheme, _VARIABLE, _SECRET)


def _with(request: Request, credential: Credential) -> Request:
    names = {name.lower() for name, _ in credential.headers}
    kept: Headers = tuple(pair for pair in request.headers if pair[0].lower() not in names)
    target = request.target
    for name, value in credential.query:
        parts = [one for one in target.partition("?")[2].split("&") if one]
        own = [one for one in parts if one.partition("=")[0] != name]
        target = target.partition("?")[0] + "?" + "&".join((*own, f"{name}={value}"))
    return replace(request, target=target, headers=(*kept, *credential.headers))
