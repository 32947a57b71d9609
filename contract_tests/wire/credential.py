"""A credential: what it adds to a request, and how it is masked wherever it would be seen."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, quote_plus

from contract_tests.wire.exchange import Headers

# A shorter secret may be a word that bodies hold anyhow: it is looked for as a whole word only.
_SHORTEST = 8
# Still shorter, or letters or digits alone, and it is an ordinary word or number: `test`, `1`.
_SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret and where it goes; `variable` is shown in its place, as `$VARIABLE`.

    `user` and `user_variable` are there for Basic, which encodes both together. `parts` are the
    credentials that are shown together, each with a secret of its own, the first one's here too.
    """

    variable: str
    secret: str
    headers: Headers = ()
    query: Headers = ()
    user: str = ""
    user_variable: str = ""
    parts: tuple[Credential, ...] = ()

    def mask(self, text: str) -> str:
        """Return `text` with every secret replaced by its variable, however it is written."""
        return _replaced(text, [each for each in self.singles if not each.is_common])

    def mask_bytes(self, content: bytes) -> bytes:
        """Return `content` with every secret replaced by its variable."""
        # Bytes of any kind are there and back the same in Latin-1; spellings are in UTF-8.
        singles = [each for each in self.singles if not each.is_common]
        return _replaced(content.decode("latin-1"), singles, _as_latin).encode("latin-1")

    def mask_own(self, text: str) -> str:
        """Mask what this credential itself has added: there a short secret is one too."""
        return _replaced(text, self.singles, is_own=True)

    def unmask(self, text: str) -> str:
        """Return `text` as it is sent, with the secrets in place of their variables."""
        shown = {pair[1]: pair[0] for each in self.singles for pair in each.sendable()}
        return _exchanged(text, [(name, secret, False) for name, secret in shown.items()])

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables that may stand in a masked text."""
        singles = [(each.variable, each.user_variable) for each in self.singles]
        return tuple(dict.fromkeys(name for names in singles for name in names if name))

    @property
    def singles(self) -> tuple[Credential, ...]:
        """The credentials of one secret each that this one is made of."""
        if not self.parts:
            return (self,) if self.secret else ()
        return tuple(single for part in self.parts for single in part.singles)

    @property
    def added(self) -> frozenset[str]:
        """The values of headers that this credential adds, or any of its parts would."""
        values = {value for _, value in self.headers}
        return frozenset(values.union(*(part.added for part in self.parts)))

    @property
    def is_common(self) -> bool:
        """Whether the secret cannot be told from ordinary words and numbers of a body."""
        secret = self.secret
        is_short = len(secret) < _SHORTEST and (len(secret) < _SHORTEST_WORD or secret.isalpha())
        return is_short or (len(secret) < _SHORTEST and secret.isdecimal())

    @property
    def _pair(self) -> str:
        """What stands for name and secret together, as a shell writes it: a curl line works."""
        if not self.user_variable:
            return ""
        return f"$(printf %s ${self.user_variable}:${self.variable}|base64 -w0)"

    def sendable(self) -> Iterator[tuple[str, str]]:
        """Yield what is sent, and what is shown in its place."""
        if self._pair:
            yield _base64(f"{self.user}:{self.secret}"), self._pair
        yield self.secret, f"${self.variable}"

    def spellings(self) -> Iterator[tuple[str, str]]:
        """Yield every way in which the secret may be written, and what is shown in its place."""
        if not self.secret:
            return
        yield from self.sendable()
        written = {
            quote(self.secret, safe=""),
            quote(self.secret),
            quote_plus(self.secret),
            json.dumps(self.secret)[1:-1],
            json.dumps(self.secret, ensure_ascii=False)[1:-1],
            _base64(self.secret),
        }
        yield from ((text, f"${self.variable}") for text in sorted(written - {self.secret}))


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
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    headers = [header for part in parts for header in part.headers]
    # RFC 6265, 5.4: all cookies stand in one header.
    cookies = "; ".join(value for name, value in headers if name == "Cookie")
    others = tuple(header for header in headers if header[0] != "Cookie")
    return replace(
        first,
        headers=(*others, ("Cookie", cookies)) if cookies else others,
        query=tuple(pair for part in parts for pair in part.query),
        parts=parts,
    )


def _replaced(
    text: str,
    singles: Iterable[Credential],
    spelt: Callable[[str], str] = str,
    *,
    is_own: bool = False,
) -> str:
    """Replace every spelling of every secret, in one go: what is shown is not looked at again."""
    table = [
        (spelt(written), spelt(shown), len(single.secret) < _SHORTEST and not is_own)
        for single in singles
        for written, shown in single.spellings()
    ]
    return _exchanged(text, table)


def _exchanged(text: str, table: list[tuple[str, str, bool]]) -> str:
    """Replace the first of each row by the second; where the third is set, as a word only."""
    rows = {old: (new, is_word) for old, new, is_word in reversed(table)}
    found = {old: row for old, row in rows.items() if old in text}
    if not found:
        return text
    longest_first = sorted(found, key=len, reverse=True)
    patterns = [_word(old) if found[old][1] else re.escape(old) for old in longest_first]
    return re.sub("|".join(patterns), lambda match: found[match[0]][0], text)


def _word(text: str) -> str:
    return rf"(?<![A-Za-z0-9_$]){re.escape(text)}(?![A-Za-z0-9_])"


def _as_latin(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")


NOBODY = Credential("", "")
