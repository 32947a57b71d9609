"""The secrets that a request shows, and its answer: in the places of its contract, and elsewhere.

Where a secret stands is found here; it is masked as everywhere (`wire/masking.py`), and what has
too short a value to look for is masked in its place.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from contract_tests.conduct.allowances import NONE, Allowances
from contract_tests.conduct.placeholders import is_no_key
from contract_tests.conduct.reading import query_of
from contract_tests.conduct.secret_names import is_secret_field, is_secret_name, shaped
from contract_tests.run.keys import Owner
from contract_tests.wire.credential import Credential
from contract_tests.wire.exchange import Exchange, Headers, Request, Response

_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_SHORTEST = 4  # a shorter value is masked where it stands, and not looked for elsewhere
_JSON = re.compile(rb'("([A-Za-z_.-]{3,40})"\s*:\s*)"((?:[^"\\]|\\.)*)"')
_FORM = re.compile(rb"(?:^|(?<=&))([A-Za-z_.-]{3,40})=([^&\s]*)")
_IN_URL = re.compile(rb"(?:[?&]|\\u0026)([A-Za-z0-9_.-]{3,40})=([^&\s\"'<>\\#]{8,})")
# A secret that is no plain text: a number, or something in a list or an object.
_WRAPPED = re.compile(
    rb'"[a-z_.-]*(?:key|token|secret|pass|pwd|auth|jwt|credential)[a-z_.-]*"\s*:\s*[\[{\d]',
    re.IGNORECASE,
)
_SAID = frozenset({"bearer", "basic", "token", "jwt", "mac", "digest", "apikey"})
# One of these is in every name of a secret: most bodies need not be looked at more closely.
_HINTS = (b"key", b"token", b"secret", b"pass", b"pwd", b"auth", b"jwt", b"credential")
_MOST_BYTES = 2**20


class Secrets:
    """Finds the secrets of exchanges with one vendor."""

    def __init__(
        self, contract: Mapping[str, Any], vendor: str = "", allowances: Allowances = NONE
    ) -> None:
        """Take a contract; `vendor` gives the variables their names where it is one of ours."""
        schemes = contract.get("components", {}).get("securitySchemes", {})
        owner = Owner(vendor)
        self.variable = owner.variables()[0] if vendor else "KEY"
        self._user = owner.users()[0] if vendor else "USER"
        self._allowances = allowances
        self._named: dict[str, set[str]] = {"header": set(), "query": set(), "cookie": set()}
        for scheme in schemes.values():
            name = str(scheme.get("name", ""))
            place = str(scheme.get("in", ""))
            if name and place in self._named:
                self._named[place].add(name.lower() if place == "header" else name)

    def shown_in(self, exchange: Exchange) -> tuple[Credential, ...]:
        """Return what looks like a credential, each to be shown as a variable."""
        found = dict[str, Credential]()
        for credential in self._found(exchange):
            secret = credential.secret
            if secret and secret.lower() not in _SAID and not is_no_key(secret):
                key = f"{secret}\0{credential.headers}{credential.query}"
                found.setdefault(key, credential)
        return tuple(found.values())

    def asker(self, request: Request) -> str:
        """Return what tells the account that a request is made for, a secret still, or nothing."""
        headers = self._named["header"] | {"authorization"}
        found = [value for name, value in request.headers if name.lower() in headers]
        found += [v for name, v in query_of(request.target) if name in self._named["query"]]
        return "\0".join(found)

    def in_their_places(self, exchange: Exchange) -> Exchange:
        """Return an exchange whose bodies hold no secret under a name for one."""
        request, response = exchange.request, exchange.response
        changed = replace(request, body=self._body(request.body))
        answer = response and replace(response, body=self._body(response.body))
        return replace(exchange, request=changed, response=answer)

    def text(self, text: str) -> str:
        """Return a text in which JSON may be quoted, without what its secret fields hold."""
        raw = text.encode("utf-8", "surrogatepass")
        shown = f"${self.variable}".encode()
        return _JSON.sub(lambda m: _json(m, shown), raw).decode("utf-8", "surrogatepass")

    def _found(self, exchange: Exchange) -> Iterator[Credential]:
        request, response = exchange.request, exchange.response
        for name, value in request.headers:
            yield from self._of_header(name, value)
        yield from self._of_address(exchange.url, request)
        yield from self._of_body(request.body)
        if response is not None:
            yield from self._of_answer(response)

    def _of_answer(self, response: Response) -> Iterator[Credential]:
        for name, value in response.headers:
            if name.lower() in {"set-cookie", "location"} or is_secret_name(name):
                yield from self._of_header(name, value)
        yield from self._of_body(response.body)

    def _of_header(self, name: str, value: str) -> Iterator[Credential]:
        low = name.lower()
        if low in {"cookie", "set-cookie"}:
            yield from self._of_cookies(name, value, only_first=low == "set-cookie")
        elif low in _HEADERS or low in self._named["header"] or is_secret_name(low):
            yield from self._of_credentials(name, value)
        else:
            yield from self._of_links(value.encode("utf-8", "surrogatepass"))
            yield from self._of_shape(value)

    def _of_cookies(self, name: str, value: str, *, only_first: bool) -> Iterator[Credential]:
        parts = value.split(";")[: 1 if only_first else None]
        for part in parts:
            text = part.strip().partition("=")[2]
            if text:
                yield Credential(self.variable, text, ((name, value),))

    def _of_credentials(self, name: str, value: str) -> Iterator[Credential]:
        header = ((name, value),)
        scheme, _, rest = value.strip().partition(" ")
        rest = rest.strip()
        if not rest:
            yield Credential(self.variable, scheme.strip('"') or scheme, header)
            return
        if scheme.lower() == "basic":
            yield from self._of_basic(rest, header)
        yield Credential(self.variable, rest, header)
        if is_no_key(rest):
            return
        for part in rest.split():
            yield Credential(self.variable, part, header)

    def _of_basic(self, text: str, header: Headers) -> Iterator[Credential]:
        try:
            padded = text + "=" * (-len(text) % 4)
            user, _, secret = base64.b64decode(padded).decode("utf-8").partition(":")
        except ValueError:
            return
        if secret:
            yield Credential(self.variable, secret, header, (), user, self._user)
        elif user:
            yield Credential(self.variable, user, header)

    def _of_address(self, url: str, request: Request) -> Iterator[Credential]:
        if "@" in url:
            with suppress(ValueError):
                parts = urlsplit(url)
                for text in (parts.password, parts.username):
                    if text:
                        yield Credential(self.variable, unquote(text))
        named = self._named["query"]
        # A recording's URL may say more than its target.
        for target in dict.fromkeys((request.target, url)):
            if "?" in target:
                for name, value in query_of(target):
                    if value and (name in named or is_secret_name(name)):
                        yield Credential(self.variable, value, query=((name, value),))
        yield from self._of_shape(unquote_plus(request.target))

    def _of_body(self, body: bytes) -> Iterator[Credential]:
        for name, raw in _fields(body):
            if is_secret_field(name) and len(raw) >= _SHORTEST:
                yield Credential(self.variable, _text(raw))
        yield from self._of_links(body)
        if _is_suspect(body) and _WRAPPED.search(body):
            with suppress(ValueError, RecursionError):
                for text in _under_secrets(json.loads(body), is_secret=False):
                    if len(text) >= _SHORTEST:
                        yield Credential(self.variable, text)
        if b"eyJ" in body or self._allowances.secret_shapes:
            yield from self._of_shape(body[:_MOST_BYTES].decode("utf-8", "replace"))

    def _of_links(self, text: bytes) -> Iterator[Credential]:
        """Yield what addresses show that stand in a text: who has a signed one may use it."""
        if b"?" not in text:
            return
        for name, value in _IN_URL.findall(text):
            if is_secret_name(name.decode("ascii")):
                yield Credential(self.variable, unquote_plus(value.decode("latin-1")))
                yield Credential(self.variable, value.decode("latin-1"))

    def _of_shape(self, text: str) -> Iterator[Credential]:
        for part in shaped(text, self._allowances):
            yield Credential(self.variable, part)

    def _body(self, body: bytes) -> bytes:
        shown = f"${self.variable}".encode()
        if not body or not any(is_secret_field(name) for name, _ in _fields(body)):
            return body
        if body.lstrip()[:1] in {b"{", b"["}:
            return _JSON.sub(lambda m: _json(m, shown), body)
        return _FORM.sub(lambda m: _form(m, shown), body)


def _is_suspect(body: bytes) -> bool:
    low = body.lower()
    return any(hint in low for hint in _HINTS)


def _fields(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the texts of a body's fields by name: of JSON, or of a form."""
    if not _is_suspect(body):
        return
    start = body.lstrip()[:1]
    if start in {b"{", b"["}:
        for match in _JSON.finditer(body):
            yield match[2].decode("ascii"), match[3]
    elif b"=" in body[:4096]:
        for match in _FORM.finditer(body):
            yield match[1].decode("ascii"), unquote_plus(match[2].decode("latin-1")).encode()


def _under_secrets(value: Any, *, is_secret: bool) -> Iterator[str]:
    """Yield the texts and numbers that stand anywhere below a name for a secret."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _under_secrets(inner, is_secret=is_secret or is_secret_field(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _under_secrets(inner, is_secret=is_secret)
    elif is_secret and isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    if "\\" not in text:
        return text
    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _plain, text)


def _plain(match: re.Match[str]) -> str:
    sign = match[1]
    if sign[0] == "u" and len(sign) > 1:
        return chr(int(sign[1:], 16))
    return {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}.get(sign, sign)


def _json(match: re.Match[bytes], shown: bytes) -> bytes:
    is_secret = is_secret_field(match[2].decode("ascii")) and match[3] and match[3][:1] != b"$"
    return match[1] + b'"' + shown + b'"' if is_secret else match[0]


def _form(match: re.Match[bytes], shown: bytes) -> bytes:
    is_secret = is_secret_field(match[1].decode("ascii")) and match[2]
    return match[1] + b"=" + shown if is_secret else match[0]
