"""A request taken apart: the names and values that it gives, and how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from contract_tests.conduct.demands import Demand
from contract_tests.wire.exchange import Request

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2}).{0,2}")
Values = Mapping[tuple[str, str], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request gives.

    `values` are texts by place and name (those of headers in small letters, of the others as they
    were sent). `broken` are parts of the target that no reader of percent-encoding takes.
    """

    values: Values
    broken: tuple[str, ...] = ()

    def names(self, where: str) -> tuple[str, ...]:
        """Return the names that are given in one place."""
        return tuple(name for place, name in self.values if place == where)


def read(request: Request, demand: Demand, path: str) -> Reading:
    """Return what a request of an operation gives; `path` is that of the contract, encoded."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    broken: list[str] = []
    for name, value in _pairs(request.target.partition("?")[2]):
        key = ("query", _decoded(name, broken))
        found[key] = (*found.get(key, ()), _decoded(value, broken))
    for name, value in request.headers:
        header = ("header", name.lower())
        found[header] = (*found.get(header, ()), value.strip())
        if name.lower() == "cookie":
            found.update(_cookies(value))
    for name, value in zip(demand.path_names, _parts(demand, path), strict=False):
        found["path", name] = (_decoded(value, broken, plus="+"),)
    return Reading(found, tuple(dict.fromkeys(broken)))


def query_of(target: str) -> list[tuple[str, str]]:
    """Return the decoded names and values of a target's query."""
    return [(_decoded(n, []), _decoded(v, [])) for n, v in _pairs(target.partition("?")[2])]


def _pairs(query: str) -> list[tuple[str, str]]:
    parts = [part.partition("=") for part in query.split("&") if part]
    return [(name, value) for name, _, value in parts]


def _parts(demand: Demand, path: str) -> tuple[str, ...]:
    prefix = demand.operation.path.removesuffix(demand.operation.template)
    match = demand.path.fullmatch(path.removeprefix(prefix)) or demand.path.fullmatch(path)
    return match.groups() if match else ()


def _decoded(text: str, broken: list[str], plus: str = " ") -> str:
    if "%" not in text and "+" not in text and text.isascii():
        return text
    broken += _BROKEN.findall(text)
    raw = unquote_to_bytes(text.replace("+", plus).encode("latin-1", "replace"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        broken.append(text)
        return raw.decode("utf-8", "replace")


def _cookies(value: str) -> Values:
    pairs = (part.strip().partition("=") for part in value.split(";"))
    return {("cookie", name): (text,) for name, _, text in pairs}
