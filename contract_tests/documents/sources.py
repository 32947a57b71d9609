"""SOURCES.md against its contract: every statement has a source, every row a statement.

A row's first cell is a selector in backticks: `GET /agents`, `GET /agents ?includeDeleted`,
`GET /agents/{id} {id}`, `GET /agents #Accept`, `GET /agents 404`, `header X-Limit`, `Agent`,
`Agent.CustomFields.Name`. A `*` stands for any text.

Where a document and a decision both have a part in a statement, the statement has a row for each,
and the note of the decision names what it decides: `null: …`, `words: …; range: …` (see
`finding.Aspect`). A decision that stands alone decides everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import specs

_ROW = re.compile(r"^\|\s*`([^`]+)`\s*\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*(?:\||$)")
_SIGNS = {"query": "?{}", "header": "#{}", "path": "{{{}}}", "cookie": "={}"}
_SHAPES = ("allOf", "anyOf", "oneOf")
_DOCUMENT_KEY = re.compile(r"[A-Z]{1,3}")
_DOCUMENT = re.compile(r"^\|\s*`?([A-Z]{1,3})`?\s*\|\s*([^|]*?)\s*\|")
_DECIDED = re.compile(r"(?:^|; )([a-z]+):")
DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of SOURCES.md: what it is about, what it cites, and what it adds to that."""

    selector: str
    source: str
    note: str = ""

    @property
    def decides(self) -> frozenset[str]:
        """The aspects that are a decision of ours by this row; none where it cites a document."""
        return frozenset(_DECIDED.findall(self.note)) if self.is_decision else frozenset()

    @property
    def is_decision(self) -> bool:
        """Whether no document stands behind it."""
        return self.source.startswith(DECISION)

    def is_about(self, statement: str) -> bool:
        """Say whether the row's selector fits."""
        return fnmatchcase(statement, self.selector)


def statements(contract: Mapping[str, Any]) -> Iterator[str]:
    """Yield the selector of everything that a resolved contract states."""
    for path, item in contract["paths"].items():
        for method in specs.METHODS:
            if method in item:
                shared = item.get("parameters", [])
                yield from _of_operation(f"{method.upper()} {path}", item[method], shared)
    components = contract.get("components", {})
    for name in components.get("headers", {}):
        yield f"header {name}"
    for name, schema in components.get("schemas", {}).items():
        yield name
        yield from dict.fromkeys(_fields(name, schema))


def _of_operation(
    label: str, operation: Mapping[str, Any], shared: list[Mapping[str, Any]]
) -> Iterator[str]:
    yield label
    for parameter in [*shared, *operation.get("parameters", [])]:
        yield f"{label} {_SIGNS[parameter['in']].format(parameter['name'])}"
    for status in operation["responses"]:
        yield f"{label} {status}"


def _fields(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    for shape in _SHAPES:
        for part in schema.get(shape, ()):
            yield from _fields(name, part)
    if "items" in schema:
        yield from _fields(name, schema["items"])
    for field, inner in schema.get("properties", {}).items():
        yield f"{name}.{field}"
        yield from _fields(f"{name}.{field}", inner)


def table(sources: Path) -> tuple[Row, ...]:
    """Return the rows of SOURCES.md in their order, without the list of documents."""
    found = (_ROW.match(line) for line in sources.read_text("utf-8").splitlines())
    rows_found = (Row(match[1], match[2], match[3]) for match in found if match)
    # A document's key is a few capitals; a schema's name always has a small letter.
    return tuple(row for row in rows_found if not _DOCUMENT_KEY.fullmatch(row.selector))


def documents(sources: Path) -> dict[str, str]:
    """Return the documents that SOURCES.md cites, by the keys under which it does."""
    found = (_DOCUMENT.match(line) for line in sources.read_text("utf-8").splitlines())
    return {match[1]: match[2] for match in found if match}


def rows(sources: Path) -> dict[str, str]:
    """Return the selectors of SOURCES.md with what each cites (the last row of each)."""
    return {row.selector: row.source for row in table(sources)}


def without_source(vendor: str) -> list[str]:
    """Return the statements of a vendor's contract that no row of its SOURCES.md covers."""
    selectors = rows(specs.path_of(vendor).parent / "SOURCES.md")
    return [
        statement
        for statement in statements(specs.load(vendor))
        if not any(fnmatchcase(statement, selector) for selector in selectors)
    ]


def without_statement(vendor: str) -> list[str]:
    """Return the rows of a vendor's SOURCES.md that its contract says nothing of."""
    said = list(statements(specs.load(vendor)))
    selectors = rows(specs.path_of(vendor).parent / "SOURCES.md")
    return [s for s in selectors if not any(fnmatchcase(text, s) for text in said)]


def without_citation(vendor: str) -> list[str]:
    """Return the rows that name neither a document nor a decision."""
    selectors = rows(specs.path_of(vendor).parent / "SOURCES.md")
    return [selector for selector, source in selectors.items() if not source]
