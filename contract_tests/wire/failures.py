"""Why a request got no answer, in plain words in place of a library's."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

import requests
import urllib3

REFUSED = "the connection was refused"
_TIMES = (requests.Timeout, urllib3.exceptions.ReadTimeoutError, TimeoutError)
_ENCODING = (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError)
_LONGEST = 200
# The first that is anywhere in an error says what happened.
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, REFUSED),
    (ssl.SSLCertVerificationError, "the server's certificate cannot be trusted"),
    (ssl.SSLError, "TLS failed"),
    (http.client.RemoteDisconnected, "the connection ended without an answer"),
    (ConnectionResetError, "the connection was reset"),
    (BrokenPipeError, "the connection ended without an answer"),
    (http.client.IncompleteRead, "the answer ended before its end"),
    (urllib3.exceptions.InvalidChunkLength, "the chunks of the answer are malformed"),
    (http.client.HTTPException, "the answer is no HTTP"),
)


def worded(error: Exception, timeout_s: float) -> str:
    """Say what became of a request whose time-out was `timeout_s`."""
    chain = list(_chain(error))
    if isinstance(error, _TIMES):
        return f"no answer within {timeout_s:g} s"
    if isinstance(error, _ENCODING):
        return "the body is not encoded as Content-Encoding says"
    plain = next((w for kind, w in _WORDS if any(isinstance(e, kind) for e in chain)), "")
    if plain and plain not in {"TLS failed", "the answer is no HTTP"}:
        return plain
    told = f"{type(chain[-1]).__name__}: {chain[-1]}"[:_LONGEST]
    return f"{plain} ({told})" if plain else f"no connection ({told})"


def is_refused(error: Exception) -> bool:
    """Say whether nobody listens at the address."""
    return any(isinstance(each, ConnectionRefusedError) for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came from, the innermost last."""
    seen: list[BaseException] = []
    inner: object = error
    while isinstance(inner, BaseException) and inner not in seen:
        yield inner
        seen.append(inner)
        inner = next(_inner(inner), None)


def _inner(error: BaseException) -> Iterator[BaseException]:
    for each in (getattr(error, "reason", None), *error.args, error.__cause__, error.__context__):
        if isinstance(each, BaseException):
            yield each
