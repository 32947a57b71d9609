"""A credential: what it adds to a request, and how it is masked wherever it would be seen."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from contract_tests.wire.exchange import Headers

# A shorter secret is a word that bodies hold anyhow: it is masked only where we put it.
_SHORTEST = 8


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and where it goes; `variable` is shown in its place, as `$VARIABLE`.

    `user` and `user_variable` are there for Basic, which encodes both together.
    """

    variable: str
    secret: str
    headers: Headers = ()
    query: Headers = ()
    user: str = ""
    user_variable: str = ""

    def mask(self, text: str) -> str:
        """Return `text` with the secret replaced by its variable, however it is written."""
        if len(self.secret) < _SHORTEST:
            return text
        return self.mask_own(text)

    def mask_bytes(self, content: bytes) -> bytes:
        """Return `content` with the secret replaced by its variable."""
        if len(self.secret) < _SHORTEST:
            return content
        for spelling, shown in self._spellings():
            content = content.replace(
                spelling.encode("utf-8", "surrogateescape"), shown.encode("utf-8")
            )
        return content

    def mask_own(self, text: str) -> str:
        """Mask what this credential itself has added: there a short secret is one too."""
        for spelling, shown in self._spellings():
            text = text.replace(spelling, shown)
        return text

    def unmask(self, text: str) -> str:
        """Return `text` as it is sent, with the secret in place of its variable."""
        if not self.secret:
            return text
        pair = self._pair
        if pair:
            text = text.replace(pair, _base64(f"{self.user}:{self.secret}"))
        return text.replace(f"${self.variable}", self.secret)

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that may stand in a masked text."""
        return tuple(name for name in (self.variable, self.user_variable) if name)

    @property
    def _pair(self) -> str:
        """What stands for name and secret together, as a shell writes it: a curl line works."""
        if not self.user_variable:
            return ""
        return f"$(printf %s ${self.user_variable}:${self.variable}|base64 -w0)"

    def _spellings(self) -> Iterator[tuple[str, str]]:
        if not self.secret:
            return
        shown = f"${self.variable}"
        if self.user_variable:
            yield _base64(f"{self.user}:{self.secret}"), self._pair
        written = {
            self.secret,
            quote(self.secret, safe=""),
            quote(self.secret),
            quote_plus(self.secret),
            json.dumps(self.secret)[1:-1],
            json.dumps(self.secret, ensure_ascii=False)[1:-1],
            _base64(self.secret),
        }
        yield from ((text, shown) for text in sorted(written, key=len, reverse=True))


def placed(
    scheme: Mapping[str, Any], variable: str, secret: str, user: str = "", user_variable: str = ""
) -> Credential:
    """Return a secret where a security scheme of a contract wants it; ValueError if nowhere.

    Basic takes the user's name, or the secret itself as `name:password`.
    """
    kind = (str(scheme["type"]), str(scheme.get("in", scheme.get("scheme", ""))).lower())
    name = str(scheme.get("name", ""))
    if kind == ("apiKey", "header"):
        return Credential(variable, secret, ((name, secret),))
    if kind == ("apiKey", "query"):
        return Credential(variable, secret, query=((name, secret),))
    if kind == ("apiKey", "cookie"):
        return Credential(variable, secret, (("Cookie", f"{name}={secret}"),))
    if kind == ("http", "basic") or kind[0] == "basic":
        text = _base64(f"{user}:{secret}" if user else secret)
        return Credential(
            variable, secret, (("Authorization", f"Basic {text}"),), (), user, user_variable
        )
    if kind[0] in {"oauth2", "openIdConnect"} or kind == ("http", "bearer"):
        return Credential(variable, secret, (("Authorization", f"Bearer {secret}"),))
    raise ValueError(f"no way to show a key by the scheme {' '.join(kind).strip()}")


def joined(parts: tuple[Credential, ...]) -> Credential:
    """Return credentials that an operation wants together, as one named by the first."""
    first = parts[0]
    return Credential(
        first.variable,
        first.secret,
        tuple(header for part in parts for header in part.headers),
        tuple(pair for part in parts for pair in part.query),
        first.user,
        first.user_variable,
    )


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


NOBODY = Credential("", "")
