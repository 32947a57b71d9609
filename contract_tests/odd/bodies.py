"""Odd bodies: JSON that is none, that is of another shape, too deep, too large."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from contract_tests.calls import pointer
from contract_tests.odd.addresses import Odd
from contract_tests.wire.exchange import Request

_DEPTH = 10_000
_LARGE_BYTES = 2**20
_SIZEABLE_BYTES = 30_000
_DEEPEST = 3
_MARK = "\u0001"

# What stands where something else is meant: JSON as it is sent.
_VALUES: tuple[tuple[str, str], ...] = (
    ("an object", '{"a": [null, {}]}'),
    ("a huge number", "1e400"),
    ("null", "null"),
    ("a list in a list", "[[]]"),
    ("2 to the power of 64", "18446744073709551616"),
    ("half of a surrogate pair, a NUL", '"\\ud800\\u0000"'),
    ("true", "true"),
    ("a face, a word from right to left", '"😀\u202eאב e\u0301"'),
)


def odd_bodies(plain: Request, body: Any) -> Iterator[Odd]:
    """Yield variants of a plain request with a JSON body, those that break most servers first."""
    shapes = list(_shapes(body))
    fields = list(_fields(body))
    # By turns: who takes only the first few meets both kinds.
    for number in range(max(len(shapes), len(fields))):
        for place, text in (*fields[number : number + 1], *shapes[number : number + 1]):
            yield Odd("body", place, _with_body(plain, text))


def large_body(plain: Request) -> Odd:
    """Return a variant with a body of a mebibyte."""
    text = '{"x": "' + "x" * _LARGE_BYTES + '"}'
    return Odd("body", "a mebibyte", _with_body(plain, text.encode()), is_large=True)


def sizeable_body(plain: Request) -> Odd:
    """Return a variant with a body that is longer than most, and shorter than common limits."""
    text = '{"x": "' + "x" * _SIZEABLE_BYTES + '"}'
    return Odd("body", "30000 characters", _with_body(plain, text.encode()))


def other_type(plain: Request) -> Odd:
    """Return a variant that says to be something else than JSON."""
    headers = [(n, v) for n, v in plain.headers if n.lower() != "content-type"]
    kind = ("Content-Type", 'text/html; charset="no-such-charset')
    return Odd("body", "another type", replace(plain, headers=(*headers, kind)))


def scripts(plain: Request, body: Any, places: Iterable[str]) -> Odd:
    """Return a variant with text of several scripts at places where any text may stand."""
    for place in places:
        body = pointer.replaced(body, place, "ct 😀 \u202eאב e\u0301 \U0001f468\u200d\U0001f469")
    text = json.dumps(body, ensure_ascii=False).encode()
    return Odd("body", "several scripts", _with_body(plain, text), is_valid=True)


def _shapes(body: Any) -> Iterator[tuple[str, bytes]]:
    text = json.dumps(body).encode()
    swapped = b"{}" if isinstance(body, list) else b'[{"a": 1}, 2, "three", null]'
    yield "of another shape", swapped
    yield "cut off", text[: len(text) // 2]
    yield "10000 levels deep", b"[" * _DEPTH + b"]" * _DEPTH
    yield "no UTF-8", text[:1] + b'"\xff\xfe\xc0\xaf": "\xed\xa0\x80", ' + text[1:]
    yield "nothing", b""
    yield "null", b"null"
    yield "a number", b"-1e999"
    yield "the same key twice", _doubled(body)


def _doubled(body: Any) -> bytes:
    if not isinstance(body, dict) or not body:
        return b'[{"a": 1, "a": [1], "a": {}}]'
    name = json.dumps(next(iter(body)))
    return f"{{{name}: 1, {name}: [1], {name}: {{}}}}".encode()


def _fields(body: Any) -> Iterator[tuple[str, bytes]]:
    """Yield bodies with one place that holds something else, another thing at each place."""
    places = list(_places(body, ""))
    for turn in range(2):
        for number, place in enumerate(places):
            what, text = _VALUES[(number + 3 * turn) % len(_VALUES)]
            marked = json.dumps(pointer.replaced(body, place, _MARK))
            yield f"{place} is {what}", marked.replace(json.dumps(_MARK), text).encode()


def _places(body: Any, place: str) -> Iterator[str]:
    """Yield pointers to what a body holds, the outer before the inner ones."""
    if place.count("/") >= _DEEPEST:
        return
    items = dict(enumerate(body)) if isinstance(body, list) else body
    if not isinstance(items, dict):
        return
    inner = [f"{place}/{_escaped(str(name))}" for name in items]
    yield from inner
    for name, value in zip(inner, items.values(), strict=True):
        yield from _places(value, name)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _with_body(plain: Request, body: bytes) -> Request:
    return replace(plain, body=body)
