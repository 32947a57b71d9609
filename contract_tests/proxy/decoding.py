"""Bodies without their `Content-Encoding`, to be judged; what passed through stays as it was."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import brotli
from backports import zstd

from contract_tests.wire.exchange import Exchange, Response

_MOST_BYTES = 64 * 2**20  # a small body may unfold to any size


class NotDecoded(Exception):
    """A body that is not encoded as its header says, or in a way that nobody here knows."""


def decoded(exchange: Exchange) -> Exchange:
    """Return the exchange with its answer's body as a reader sees it; NotDecoded if it cannot."""
    response = exchange.response
    named = response.header("Content-Encoding") if response else None
    if response is None or not named or not response.body:
        return exchange
    body = response.body
    # The last one named was applied last (RFC 9110, 8.4).
    for name in reversed([each.strip().lower() for each in named.split(",")]):
        body = _decoded(body, name)
    return replace(
        exchange, response=Response(response.status, response.headers, body, response.elapsed_s)
    )


def _decoded(body: bytes, name: str) -> bytes:
    decode = _KNOWN.get(name)
    if decode is None:
        raise NotDecoded(f"nobody here knows the encoding {name}")
    try:
        plain = decode(body)
    except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
        raise NotDecoded(f"the body is not encoded as {name}") from error
    if len(plain) > _MOST_BYTES:
        raise NotDecoded(f"the decoded body is longer than {_MOST_BYTES} bytes")
    return plain


def _gzip(body: bytes) -> bytes:
    reader = zlib.decompressobj(zlib.MAX_WBITS | 32)
    plain = reader.decompress(body, _MOST_BYTES + 1)
    if not reader.eof and len(plain) <= _MOST_BYTES:
        raise EOFError
    return plain


def _deflate(body: bytes) -> bytes:
    try:
        return _gzip(body)
    except zlib.error:
        # Some send it without the frame of zlib.
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, _MOST_BYTES + 1)


def _brotli(body: bytes) -> bytes:
    reader = brotli.Decompressor()
    plain = bytes(reader.process(body, output_buffer_limit=_MOST_BYTES + 1))
    if not reader.is_finished() and len(plain) <= _MOST_BYTES:
        raise EOFError
    return plain


def _zstd(body: bytes) -> bytes:
    reader = zstd.ZstdDecompressor()
    plain = reader.decompress(body, _MOST_BYTES + 1)
    if not reader.eof and len(plain) <= _MOST_BYTES:
        raise EOFError
    return plain


_KNOWN: Mapping[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
