"""Exchanges for a file: a mask for each credential, and one for fields named like secrets."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contract_tests.conduct.allowances import NONE, allowances_of
from contract_tests.conduct.secrets import Secrets
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Exchange, Headers
from contract_tests.wire.masking import masked

MASK, MASKED_KEY = "masked-value", "masked-key-"
_MASKED_USER = "masked-user"
_MASKED = re.compile(f"{MASKED_KEY}[0-9]+")
_KEY, _USER = "CONTRACT_TESTS_MASKED_", "CONTRACT_TESTS_MASKED_USER"
_VARIABLE = re.compile(rf"\${_KEY}([0-9]+)")
_PAIR = re.compile(rf"\$\(printf %s \${_USER}:\${_KEY}([0-9]+)\|base64 -w0\)")
_NAME = (
    r"(?:[A-Za-z0-9]+[_.-])*(?:password|passwd|passphrase|secret|client_?secret|api_?key"
    r"|apikey|access_?token|refresh_?token|auth_?token|bearer_?token|id_?token|token"
    r"|private_?key|credentials?|session_?id)"
)
# Names that end so and are no secrets: where a list goes on.
_PLAIN = r"(?!(?:next|prev|previous|page|cursor|continuation|start)[_-])"
_IN_JSON = re.compile(rf'("{_PLAIN}{_NAME}"\s*:\s*")((?:[^"\\]|\\.)+)(")'.encode(), re.IGNORECASE)
_IN_FORM = re.compile(rf"((?:^|[?&]){_PLAIN}{_NAME}=)([^&#]+)()", re.IGNORECASE)
_IN_FORM_BYTES = re.compile(_IN_FORM.pattern.encode(), re.IGNORECASE)
_COOKIE = re.compile(r"^(\s*[^=;]+=)([^;]*)(.*)$", re.DOTALL)
_COOKIES = re.compile(r"([^=;\s]+=)([^;]*)()")


class Hiding:
    """Hides the secrets of one recording: the same secret has the same mask throughout.

    What stands in their place is no variable: who reads it again must not take it for a key that
    somebody forgot to put in.
    """

    def __init__(self, contract: Mapping[str, Any], vendor: str = "") -> None:
        """Know where a contract wants credentials."""
        self._secrets = Secrets(contract, vendor, allowances_of(vendor) if vendor else NONE)
        self._numbers: dict[str, int] = {}

    def hidden(self, exchange: Exchange) -> Exchange:
        """Return the exchange without any secret that is known by its place or its name."""
        shown = [self._named(one) for one in self._secrets.shown_in(exchange)]
        plain = masked(exchange, shown)
        request, response = plain.request, plain.response
        return replace(
            plain,
            url=_address(plain.url),
            request=replace(
                request,
                target=_address(request.target),
                headers=_headers(request.headers),
                body=_body(request.body),
            ),
            response=response
            and replace(response, headers=_headers(response.headers), body=_body(response.body)),
            failure=_unnamed(plain.failure),
            secrets=(),
        )

    def _named(self, credential: Credential) -> Credential:
        number = self._numbers.setdefault(credential.secret, len(self._numbers) + 1)
        user = _USER if credential.user_variable else ""
        return replace(
            credential,
            variable=f"{_KEY}{number}",
            user_variable=user,
            parts=tuple(self._named(part) for part in credential.parts),
        )


def is_masked(text: str) -> bool:
    """Say whether a text stands for a secret in a recording."""
    return text == MASK or _MASKED.search(text) is not None


def _unnamed(text: str) -> str:
    """Return a text with masks in place of the variables for secrets."""
    return _VARIABLE.sub(rf"{MASKED_KEY}\1", _PAIR.sub(_pair, text))


def _pair(match: re.Match[str]) -> str:
    return base64.b64encode(f"{_MASKED_USER}:{MASKED_KEY}{match[1]}".encode()).decode()


def _address(text: str) -> str:
    return _replaced(_IN_FORM, _unnamed(text))


def _body(content: bytes) -> bytes:
    if _KEY.encode() in content:
        content = _unnamed(content.decode("latin-1")).encode("latin-1")
    content = _IN_JSON.sub(_mask_bytes, content)
    is_form = b"=" in content[:2000] and content[:1] not in {b"{", b"[", b"<"}
    return _IN_FORM_BYTES.sub(_mask_bytes, content) if is_form else content


def _headers(headers: Headers) -> Headers:
    return tuple((name, _value(name.lower(), _unnamed(value))) for name, value in headers)


def _value(name: str, value: str) -> str:
    if name == "set-cookie":
        return _replaced(_COOKIE, value)
    if name == "cookie":
        return _replaced(_COOKIES, value)
    if name in {"location", "referer", "content-location"}:
        return _replaced(_IN_FORM, value)
    return value


def _replaced(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(_mask, text)


def _mask(match: re.Match[str]) -> str:
    return match[0] if is_masked(match[2]) else f"{match[1]}{MASK}{match[3]}"


def _mask_bytes(match: re.Match[bytes]) -> bytes:
    own = match[2].decode("latin-1")
    return match[0] if is_masked(own) else match[1] + MASK.encode() + match[3]
