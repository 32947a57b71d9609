"""Odd paths, queries and headers: each of them may be refused, and none may break a server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any
from urllib.parse import quote

from contract_tests.calls.caller import Operation
from contract_tests.wire.exchange import Request

# Longer than common limits of a path, a query or all headers together.
_LONG = "x" * 8000
_MANY_HEADERS = 120

# What is written where a text goes, by its name; percent-encoded as it is sent.
_TEXTS: Mapping[str, str] = {
    "a NUL": "%00",
    "a smiling face, a word from right to left, a combining accent": quote("😀 \u202eאב e\u0301"),
    "8000 characters": _LONG,
    "bytes that are no UTF-8": "%FF%FE%C0%AF",
    "half of a surrogate pair": "%ED%A0%80",
    "quotes": "%27%22%60%3B--%20%24%7B1%7D",
    "slashes and dots": "..%2F..%2Fetc%2Fpasswd",
    "an encoding of an encoding": "%252F%2500",
    "white space": "%20%09%0D%0A",
}
_NUMBERS: Mapping[str, str] = {
    "a number of 400 digits": "9" * 400,
    "2 to the power of 63": "9223372036854775808",
    "a huge exponent": "1e400",
    "no number": "NaN",
    "minus zero": "-0",
    "nothing": "",
    "Arabic digits": quote("١٢"),
    "a fraction": "0.5",
}
_LARGE = frozenset({"8000 characters"})
_BODY = b'{"a": 1}'
_LARGE_BODY = b'{"a": "' + b"x" * 100_000 + b'"}'


@dataclass(frozen=True, slots=True)
class Odd:
    """A request, and what is odd about it, and where.

    `is_large`: a server may hang up on it. `is_valid`: the contract allows it.
    """

    place: str
    what: str
    request: Request
    is_large: bool = False
    is_valid: bool = False


def odd_addresses(operation: Operation, plain: Request) -> Iterator[Odd]:
    """Yield variants of a plain request of an operation, in turn from each of its parameters."""
    families = [
        _of_parameter(operation, parameter, plain)
        for parameter in operation.parameters
        if parameter["in"] in {"path", "query"}
    ]
    found = chain.from_iterable(zip_longest(*families, _of_any(plain)))
    yield from (odd for odd in found if odd is not None)


def plain_variants(plain: Request) -> Iterator[Odd]:
    """Yield what clients and people do send to any address: HEAD, or what a browser sends."""
    without = [(n, v) for n, v in plain.headers if n.lower() != "accept"]
    yield Odd("HEAD", "HEAD in place of GET", replace(plain, method="HEAD"))
    browser = (*without, ("Accept", "text/html"))
    yield Odd("Accept", "what a browser wants", replace(plain, headers=browser))
    path, question, query = plain.target.partition("?")
    slash = replace(plain, target=f"{path.rstrip('/')}/{question}{query}")
    yield Odd("path", "a slash at the end", slash)
    headers = (*plain.headers, ("Content-Type", "application/json"), ("Connection", "close"))
    large = replace(plain, headers=headers, body=_LARGE_BODY)
    yield Odd("body", "a large body where none is meant", large, is_large=True)


def odd_ids(operation: Operation, plain: Request) -> Iterator[Odd]:
    """Yield variants of a plain request with odd texts in its path."""
    for parameter in operation.parameters:
        if parameter["in"] == "path":
            yield from _of_parameter(operation, parameter, plain)


def _of_parameter(
    operation: Operation, parameter: Mapping[str, Any], plain: Request
) -> Iterator[Odd]:
    name, kind = parameter["name"], parameter.get("schema", {}).get("type")
    texts = _NUMBERS if kind in {"integer", "number", "boolean"} else _TEXTS
    if parameter["in"] == "path":
        for what, text in texts.items():
            target = _with_path(operation, plain, name, text)
            yield Odd(f"{{{name}}}", what, replace(plain, target=target), what in _LARGE)
        return
    key = quote(name)
    queries = [(what, f"{key}={text}") for what, text in texts.items()]
    queries.insert(2, ("sent thrice", f"{key}=1&{key}%5B%5D=2&{key}=x"))
    for what, query in queries:
        target = with_query(plain.target, query)
        yield Odd(f"?{name}", what, replace(plain, target=target), what in _LARGE)


def _of_any(plain: Request) -> Iterator[Odd]:
    # Some servers leave such a body on the connection; the next request is not to meet it there.
    headers = (*plain.headers, ("Content-Type", "application/json"), ("Connection", "close"))
    yield Odd("body", "a body where none is meant", replace(plain, headers=headers, body=_BODY))
    junk = "&&=&%00=%00&" + quote("ключ😀") + "=%FF&" + "a=1&" * 50
    yield Odd("query", "junk", replace(plain, target=with_query(plain.target, junk)))
    path, question, query = plain.target.partition("?")
    nowhere = f"{path}/no%00such/%F0%9F%98%80{question}{query}"
    yield Odd("path", "one that nobody knows", replace(plain, target=nowhere))
    many = tuple((f"X-Odd-{number}", "x" * 20) for number in range(_MANY_HEADERS))
    loaded = replace(plain, headers=(*plain.headers, *many))
    yield Odd("headers", "very many", loaded, is_large=True)


def with_query(target: str, query: str) -> str:
    """Return a target with some more query."""
    return f"{target}{'&' if '?' in target else '?'}{query}"


def _with_path(operation: Operation, plain: Request, name: str, text: str) -> str:
    """Return the plain target with another text for one parameter of its path."""
    path, question, query = plain.target.partition("?")
    parts = zip_longest(operation.path.split("/"), path.split("/"), fillvalue="")
    marker = f"{{{name}}}"
    written = [
        template.replace(marker, text) if marker in template else sent for template, sent in parts
    ]
    return "/".join(written) + question + query
