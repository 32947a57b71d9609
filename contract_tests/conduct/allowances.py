"""What documents say of requests that a contract has no words for: kept beside the contract.

`specs/<vendor>/requests.yaml` is a list of rows: what is said, of what, and by which document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field as default
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

import specs

Said = Literal[
    "suffix",
    "without_base_path",
    "unlabelled_body",
    "answer_type",
    "other_name",
    "other_field",
    "any_case",
    "quoted",
    "secret_shape",
    "user_shape",
    "shape",
    "apart",
    "needs",
    "below",
    "at_most",
    "moment",
    "elsewhere",
]


class BadAllowances(Exception):
    """A file of allowances says something that is not understood; the message names the file."""


@dataclass(frozen=True, slots=True, config=ConfigDict(extra="forbid"))
class Row:
    """One thing that is said of requests.

    `user_shape` is what the name in Basic looks like, `shape` a place and what stands there: that
    is documented where the contract's own form is a decision.

    `of` are names, or places as in roles (`?window`, `#/port`, `#/protocol=ICMP`); `in_` names the
    operations that it holds for, all of them if empty. `source` cites a document as SOURCES.md
    does, or is `decision`.
    """

    says: Said
    source: str
    of: tuple[str, ...] = ()
    in_: tuple[str, ...] = ()


@dataclass(frozen=True)
class Allowances:
    """All that is said of the requests of one vendor."""

    rows: tuple[Row, ...] = default(default_factory=tuple)

    def of(self, *kinds: str) -> Iterator[Row]:
        """Yield the rows of some kinds."""
        return (row for row in self.rows if row.says in kinds)

    def words(self, kind: str) -> frozenset[str]:
        """Return everything that rows of a kind are about."""
        return self._words.get(kind, frozenset())

    def says(self, kind: str) -> bool:
        """Say whether there is a row of a kind."""
        return kind in self._words

    @cached_property
    def other_fields(self) -> dict[str, str]:
        """Other names of fields, each with the one that the contract has."""
        return dict(self._others(""))

    @cached_property
    def other_queries(self) -> dict[str, str]:
        """Other names of query parameters, each with the one that the contract has."""
        return dict(self._others("?"))

    def _others(self, sign: str) -> Iterator[tuple[str, str]]:
        for name, *others in (row.of for row in self.of("other_name")):
            if name.startswith("?") == bool(sign):
                yield from ((other, name.removeprefix(sign)) for other in others)

    @cached_property
    def secret_shapes(self) -> tuple[re.Pattern[str], ...]:
        """What keys of this vendor look like."""
        return tuple(re.compile(shape) for shape in sorted(self.words("secret_shape")))

    @cached_property
    def _words(self) -> dict[str, frozenset[str]]:
        kinds = {row.says for row in self.rows}
        return {kind: frozenset(w for row in self.of(kind) for w in row.of) for kind in kinds}


_ROWS = TypeAdapter(tuple[Row, ...])
NONE = Allowances()


def allowances_of(vendor: str) -> Allowances:
    """Return what stands beside a vendor's contract; nothing where there is no such file."""
    path = specs.path_of(vendor).parent / "requests.yaml"
    return read(path) if path.exists() else NONE


def read(path: Path) -> Allowances:
    """Return the allowances in a YAML file; BadAllowances says what is not understood."""
    try:
        content: Any = yaml.safe_load(path.read_text("utf-8")) or ()
        return Allowances(_ROWS.validate_python(content))
    except (yaml.YAMLError, ValidationError, UnicodeError) as error:
        raise BadAllowances(f"{path.name}: {error}") from None
