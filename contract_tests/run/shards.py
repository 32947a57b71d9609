"""A run in parts: `2/4` is the second of four, and together they are the whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import specs

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Shard:
    """Part `index` (from 1) of `of`."""

    index: int = 1
    of: int = 1

    def part(self, whole: Sequence[T]) -> list[T]:
        """Return what of a list is in this part: every so-manieth, so that parts are alike."""
        return list(whole[self.index - 1 :: self.of])

    def contract(self, contract: Mapping[str, Any]) -> dict[str, Any]:
        """Return a contract with the operations of this part only, and without links to others."""
        names = [row.operation_id for row in specs.rows(contract)]
        kept = {*self.part(names)}
        paths = {path: _item(item, kept) for path, item in contract["paths"].items()}
        filled = {path: item for path, item in paths.items() if {*specs.METHODS} & {*item}}
        return {**contract, "paths": filled}

    def __str__(self) -> str:
        """Write it as it is given."""
        return f"{self.index}/{self.of}"


def parsed(text: str) -> Shard:
    """Read `2/4`; ValueError if that is none."""
    match = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
    if not match or int(match[1]) > int(match[2]):
        raise ValueError(f"{text!r} is no part of a run, such as 1/4 … 4/4")
    return Shard(int(match[1]), int(match[2]))


def _item(item: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    return {
        name: _unlinked(value, kept) if name in specs.METHODS else value
        for name, value in item.items()
        if name not in specs.METHODS or value["operationId"] in kept
    }


def _unlinked(operation: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    answers = {
        status: {
            **answer,
            "links": {
                name: link
                for name, link in answer.get("links", {}).items()
                if link.get("operationId") in kept
            },
        }
        for status, answer in operation["responses"].items()
    }
    return {**operation, "responses": answers}
