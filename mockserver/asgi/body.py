"""The bytes of a body → a value that is safe to handle, or the reason why not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl

import orjson

from mockserver.core.errors import BadRequest, ContentTooLarge, RequestTimeout, Violation

if TYPE_CHECKING:
    from starlette.types import Receive

MAX_BYTES = 1_048_576
MAX_DEPTH = 64
MAX_DRAINED = 64 * MAX_BYTES
DEADLINE_S = 30


async def read(receive: Receive, headers: Mapping[str, str], max_bytes: int = MAX_BYTES) -> bytes:
    """Return the whole body; ContentTooLarge past `max_bytes`, RequestTimeout past DEADLINE_S.

    The rest of a body that is too long is read and thrown away (up to a bound), because a client
    that is still sending would not see the answer.
    """
    declared = headers.get("content-length", "")
    keep = not (declared.isdecimal() and int(declared[:19]) > max_bytes)
    try:
        async with asyncio.timeout(DEADLINE_S):
            body, size = await _collect(receive, max_bytes if keep else -1)
    except TimeoutError:
        raise RequestTimeout(f"the body did not end within {DEADLINE_S} s") from None
    if not keep or size > max_bytes:
        violation = Violation("body", "", "maxLength", f"at most {max_bytes} bytes", size)
        raise ContentTooLarge(f"the body is longer than {max_bytes} bytes", violations=[violation])
    return body


async def _collect(receive: Receive, max_bytes: int) -> tuple[bytes, int]:
    chunks: list[bytes] = []
    size, more = 0, True
    while more and size <= MAX_DRAINED:
        message = await receive()
        if message["type"] == "http.disconnect":
            _refuse("the whole body", "a part of it")
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size <= max_bytes:
            chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks), size


def parse_json(raw: bytes) -> Any:
    """Return the JSON value; BadRequest for what is not JSON, or JSON that nobody should send.

    Refused: bytes that are not UTF-8, NaN and Infinity, numbers that no double holds, lone
    surrogates, nesting deeper than MAX_DEPTH, and an object that says the same key twice (RFC
    8259 leaves its meaning open, so a client cannot know what was understood).
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        _refuse("JSON in UTF-8", str(error))
    if isinstance(value, dict | list):
        keys = _count_keys(value, 1)
        # A colon for each key and none besides: no key was said twice. Else look closely.
        if keys != raw.count(b":"):
            _refuse_repeated_keys(raw)
    return value


def _count_keys(value: dict[str, Any] | list[Any], depth: int) -> int:
    if depth > MAX_DEPTH:
        _refuse(f"nesting of at most {MAX_DEPTH} levels", "deeper nesting")
    is_object = isinstance(value, dict)
    keys = len(value) if is_object else 0
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            keys += _count_keys(item, depth + 1)
    return keys


def _refuse_repeated_keys(raw: bytes) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, item in pairs:
            if name in result:
                _refuse("each key once in an object", f"{name!r} more than once", name)
            result[name] = item
        return result

    try:
        json.loads(raw, object_pairs_hook=unique)
    except RecursionError:  # deep, in a value that its key said again hid from the count above
        _refuse(f"nesting of at most {MAX_DEPTH} levels", "deeper nesting")


def parse_form(raw: bytes) -> dict[str, str]:
    """Return the fields of an `application/x-www-form-urlencoded` body."""
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except (UnicodeDecodeError, ValueError) as error:
        _refuse("form fields in percent-encoded UTF-8", str(error))
    return dict(pairs)


def _refuse(expected: str, received: str, name: str = "") -> NoReturn:
    violation = Violation("body", name, "syntax", expected, received)
    raise BadRequest("the body cannot be read", violations=[violation])
