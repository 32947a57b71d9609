"""Operations by what their paths have in common: a collection, and one of its items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import inflection

from contract_tests.calls.caller import Operation, operations

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"[^A-Za-z0-9]+")


@dataclass(slots=True)
class Family:
    """Operations of one collection by method, and those of one item, with their operationIds.

    `owners` are the parameters before the collection, `item` is the one behind it.
    """

    name: str
    key: tuple[str, ...]
    owners: tuple[str, ...]
    item: str = ""
    of_all: dict[str, list[tuple[str, Operation]]] = field(default_factory=dict)
    of_one: dict[str, tuple[str, Operation]] = field(default_factory=dict)

    @property
    def owner_key(self) -> tuple[str, ...]:
        """The key of the family whose item owns this one's; empty if it has no owner."""
        return self.key[:-2] if len(self.key) > 2 and self.key[-2] == "{}" else ()


def families(contract: Mapping[str, Any]) -> list[Family]:
    """Return the families of a contract that have an item, in the order of its document."""
    found: dict[tuple[str, ...], Family] = {}
    for name, operation in operations(contract).items():
        segments = _segments(operation.template)
        if segments:
            _place(found, segments, name, operation)
    return [family for family in found.values() if family.of_one]


def _segments(path: str) -> list[str]:
    # Suffixes of a format and slashes at the end say nothing about what a path is of.
    plain = re.sub(r"(\.json|\.\{format\})?/?$", "", path)
    return [segment for segment in plain.split("/") if segment]


def _place(
    found: dict[tuple[str, ...], Family], segments: list[str], name: str, operation: Operation
) -> None:
    is_one = bool(_PARAMETER.fullmatch(segments[-1])) and len(segments) > 1
    of = segments[:-1] if is_one else segments
    if "{" in of[-1]:
        return
    key = tuple(_keys(of))
    owners = tuple(_PARAMETER.findall("/".join(of)))
    family = found.setdefault(key, Family(_word(of[-1]), key, owners))
    if is_one:
        family.item = segments[-1][1:-1]
        family.of_one[operation.method] = name, operation
    else:
        family.of_all.setdefault(operation.method, []).append((name, operation))


def _keys(segments: list[str]) -> Iterator[str]:
    for segment in segments:
        yield "{}" if _PARAMETER.fullmatch(segment) else _word(segment)


def _word(segment: str) -> str:
    words = [word for word in _WORD.split(inflection.underscore(segment)) if word]
    return "_".join([*words[:-1], inflection.singularize(words[-1])]) if words else segment
