"""The secrets that a request shows: in the places of its contract, and where they stand often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Request

_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"})
_VARIABLE = "KEY"


def shown_in(request: Request, contract: Mapping[str, Any]) -> tuple[Credential, ...]:
    """Return what looks like a credential in a request, each to be shown as a variable."""
    return tuple(dict.fromkeys(_found(request, contract)))


def _found(request: Request, contract: Mapping[str, Any]) -> Iterator[Credential]:
    schemes = contract.get("components", {}).get("securitySchemes", {}).values()
    named = {str(s.get("name", "")).lower() for s in schemes if s.get("in") == "header"}
    for name, value in request.headers:
        if name.lower() in _HEADERS | named and value:
            scheme, _, rest = value.partition(" ")
            secret = rest.strip() if rest else scheme
            yield Credential(_VARIABLE, secret, ((name, value),))
