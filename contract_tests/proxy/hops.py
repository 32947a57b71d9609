"""Which headers go on to the next hop, and how those of a message frame its body."""

from __future__ import annotations

from collections.abc import Iterable

Pair = tuple[bytes, bytes]

# RFC 9110, 7.6.1; and Trailer, because trailer fields are dropped, which 6.5.1 allows.
_OF_ONE_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# Who names these in Connection would change what a message means.
_NEEDED = frozenset({b"host", b"content-length", b"authorization"})


def end_to_end(headers: Iterable[Pair]) -> list[Pair]:
    """Return the headers that go on, in their order and spelling."""
    pairs = list(headers)
    dropped = _OF_ONE_HOP | (_named(pairs) - _NEEDED)
    return [pair for pair in pairs if pair[0].lower() not in dropped]


def value(headers: Iterable[Pair], name: bytes) -> bytes:
    """Return the first value of a header, empty if there is none; `name` in small letters."""
    return next((text for key, text in headers if key.lower() == name), b"")


def has_body(headers: Iterable[Pair]) -> bool:
    """Say whether a request with these headers has a body."""
    pairs = list(headers)
    return bool(value(pairs, b"transfer-encoding")) or value(pairs, b"content-length") not in {
        b"",
        b"0",
    }


def _named(pairs: list[Pair]) -> set[bytes]:
    texts = (text for key, text in pairs if key.lower() == b"connection")
    return {token.strip().lower() for text in texts for token in text.split(b",")}
