"""Addresses in answers that lead past the proxy, turned so that they lead to it again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from contract_tests.proxy.hops import Pair, value

MOST_BYTES = 16 * 2**20  # a longer body passes as it is
_PORTS = {"http": 80, "https": 443}
_TEXTS = (b"json", b"text/", b"xml", b"javascript")


@dataclass(frozen=True, slots=True)
class Rewriting:
    """`bases` are base URLs that lead to the upstream; `links` says that bodies are turned too."""

    bases: tuple[str, ...]
    links: bool = False

    def headers(self, headers: Iterable[Pair], here: str) -> list[Pair]:
        """Return headers with a `Location` that stays with the proxy, whose origin is `here`."""
        return [
            (name, self.location(text.decode("latin-1"), here).encode("latin-1"))
            if name.lower() in {b"location", b"content-location"}
            else (name, text)
            for name, text in headers
        ]

    def location(self, text: str, here: str) -> str:
        """Return an address; one below a base with `here` in place of the base."""
        for base in self.bases:
            rest = _rest(text, base)
            if rest is not None:
                return here + rest
        return text

    def turns(self, headers: Iterable[Pair]) -> bool:
        """Say whether the body of an answer with these headers is to be turned."""
        pairs = list(headers)
        kind = value(pairs, b"content-type").lower()
        is_plain = value(pairs, b"content-encoding").lower() in {b"", b"identity"}
        return self.links and is_plain and any(word in kind for word in _TEXTS)

    def body(self, content: bytes, here: str) -> bytes:
        """Return a body in which every base is `here`, also where its slashes are escaped."""
        for base in self.bases:
            content = content.replace(base.encode(), here.encode())
            escaped = base.replace("/", "\\/").encode()
            content = content.replace(escaped, here.replace("/", "\\/").encode())
        return content


def _rest(text: str, base: str) -> str | None:
    """Return what follows `base` in an address of the same scheme, host and port, or None."""
    try:
        given, own = urlsplit(text), urlsplit(base)
        same = _origin(given) == _origin(own)
    except ValueError:
        return None
    path = own.path.rstrip("/")
    if not (same and given.hostname and f"{given.path}/".startswith(f"{path}/")):
        return None
    start = text.find(given.netloc) + len(given.netloc) + len(path)
    return text[start:]


def _origin(parts: object) -> tuple[str, str | None, int | None]:
    scheme = parts.scheme  # type: ignore[attr-defined]
    port = parts.port or _PORTS.get(scheme)  # type: ignore[attr-defined]
    return scheme, parts.hostname, port  # type: ignore[attr-defined]
