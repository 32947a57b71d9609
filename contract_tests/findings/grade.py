"""How grave a finding is: what SOURCES.md cites for the statement that it contradicts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import specs
from contract_tests.documents import sources
from contract_tests.documents.sources import Row
from contract_tests.documents.statement import description
from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.wire.exchange import Exchange

_CITED = re.compile(r"([A-Z]{1,3})(?::[\w.+-]+)?")
# What follows the name of a document in SOURCES.md: where it is kept, and what citations mean.
_KEPT = re.compile(r";|:\s|,[^,;:]*behind the colon|(?:,| in the| in) (?:same )?repository\b")
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:%-]{1,80}")
_WHO_ASKS = frozenset({401, 403, 407})
_HOW_IT_IS_ASKED = frozenset({400, 406, 412, 413, 415, 416, 422, 426, 428})
_HEADER = "header "
_DECIDED = "No document says so; it is a decision of this contract"
# What stands where there is nothing to tell: one decision, whichever way a server takes.
_ALIKE: Mapping[str, frozenset[str]] = {
    Aspect.NULL: frozenset({"null", "empty"}),
    Aspect.EMPTY: frozenset({"null", "empty", "format"}),
    Aspect.NEVER: frozenset({"never", "missing"}),
}


class Grading:
    """Grades findings by a vendor's SOURCES.md; without a vendor they stay as they are."""

    def __init__(self, vendor: str | None, contract: Mapping[str, Any] | None = None) -> None:
        """Read the rows of `vendor`; `contract` is only needed where it is not that vendor's."""
        self._rows: tuple[Row, ...] = ()
        self._found: dict[str, list[Row]] = {}
        self._documents: Mapping[str, str] = {}
        self._contract = contract or {"paths": {}}
        if vendor is not None:
            page = specs.path_of(vendor).parent / "SOURCES.md"
            self._rows, self._documents = sources.table(page), sources.documents(page)
            self._contract = contract or specs.load(vendor)

    def graded(self, finding: Finding) -> Finding:
        """Return the finding, as an assumption where only a decision of ours stands behind it.

        Answers of many operations that part from one decision (`* 401`) then have one cause.
        """
        if finding.source.startswith(sources.DECISION):
            return replace(finding, grade=Grade.ASSUMPTION)
        row = self._decision(finding) if self._rows else None
        if row is None:
            return finding
        # A field keeps its name; what is said of an answer as a whole gets that of the decision.
        is_field = row.is_about(finding.statement) and " " not in finding.statement
        statement = finding.statement if is_field else row.selector
        return replace(finding, grade=Grade.ASSUMPTION, statement=statement)

    def of_request(self, finding: Finding) -> Finding:
        """Return a finding about a request, graded by the statement that the request contradicts.

        Which answer it got says nothing of that.
        """
        if finding.source.startswith(sources.DECISION):
            return replace(finding, grade=Grade.ASSUMPTION)
        if not self._rows or finding.source:
            return finding
        row = self._wholly(finding.operation) or self._deciding(finding.statement, finding.aspect)
        return replace(finding, grade=Grade.ASSUMPTION) if row else finding

    def sentence(self, finding: Finding) -> str:
        """Return what stands behind the statement: the document, its note, the contract's words.

        Empty where nothing can be cited.
        """
        statement = finding.statement or finding.operation
        cited = self._cited(finding, statement)
        said = description(self._contract, statement)
        parts = [cited, f"The contract says: {said}" if said else ""]
        return " ".join(f"{part.rstrip('.')}." for part in parts if part)

    def _decision(self, finding: Finding) -> Row | None:
        """Return the decision that the finding contradicts, if it is one."""
        if not finding.aspect:
            return None if finding.source else self._wholly(finding.statement)
        operation = self._wholly(finding.operation)
        if operation is not None or not finding.exchanges:
            return operation
        if finding.aspect == Aspect.STATUS:
            return self._refusal(finding)
        if self._is_of_every_answer(finding):
            return self._deciding(finding.statement, finding.aspect)
        answer = self._wholly(f"{finding.operation} {_last(finding).status}")
        if answer is not None or finding.source:
            return answer
        return self._deciding(finding.statement, finding.aspect)

    def _is_of_every_answer(self, finding: Finding) -> bool:
        """Say whether a document speaks of this header, whichever answer it is missing from.

        A stranger has no account of which a header could tell.
        """
        is_header = finding.statement.startswith(_HEADER) and _last(finding).status != 401
        return is_header and any(not row.is_decision for row in self._about(finding.statement))

    def _refusal(self, finding: Finding) -> Row | None:
        """Return what decides which refusal this is to be: a success is never a decision."""
        if not 400 <= _last(finding).status < 500:
            return None
        due = f"{finding.operation} {_due(_last(finding), finding.operation)}"
        statement = due if self._about(due) else f"{finding.operation} 400"
        return self._deciding(statement, Aspect.STATUS)

    def _about(self, statement: str) -> list[Row]:
        # A run has thousands of findings, about a few statements.
        if statement not in self._found:
            self._found[statement] = [row for row in self._rows if row.is_about(statement)]
        return self._found[statement]

    def _wholly(self, statement: str) -> Row | None:
        """Return the decision that stands alone behind a statement."""
        found = self._about(statement)
        return found[0] if found and all(row.is_decision for row in found) else None

    def _deciding(self, statement: str, aspect: str) -> Row | None:
        """Return the decision behind this aspect of a statement."""
        alike = _ALIKE.get(aspect, frozenset({aspect}))
        named = (row for row in self._about(statement) if row.decides & alike)
        return self._wholly(statement) or next(named, None)

    def _cited(self, finding: Finding, statement: str) -> str:
        if finding.source.startswith(sources.DECISION):
            return _of_the_rule(finding)
        if finding.source:
            return self._in_full(finding.source)
        found = self._about(statement)
        documented = [row for row in found if not row.is_decision]
        if finding.grade is Grade.ASSUMPTION or not documented:
            decisions = [row for row in found if row.is_decision]
            return _as_decided(decisions[0]) if decisions else ""
        row = documented[0]
        return ": ".join(filter(None, [self._in_full(row.source), row.note]))

    def _in_full(self, source: str) -> str:
        """Return a citation with the names of the documents in place of their keys."""
        match = _CITED.match(source)
        document = self._documents.get(match[1]) if match else None
        return f"{_named(document)} ({source})" if document else source


def _named(document: str) -> str:
    """Return a document's name, without where it is kept and how it is cited."""
    return _KEPT.split(document, maxsplit=1)[0].rstrip(".")


def _as_decided(row: Row) -> str:
    return f"{_DECIDED}: {row.note or f'SOURCES.md, {row.selector}'}"


def _of_the_rule(finding: Finding) -> str:
    """Name a decision that no row of SOURCES.md tells: that of a rule, and what it expects."""
    return f"{_DECIDED}, in {finding.rule}: {finding.expected}"


def _last(finding: Finding) -> Exchange:
    return finding.exchanges[-1]


def _due(exchange: Exchange, operation: str) -> int:
    """Return how a refusal of this request would be documented: 401, 404 or 400."""
    if not exchange.secrets or exchange.status in _WHO_ASKS:
        return 401
    path, _, query = exchange.request.target.partition("?")
    names_one = "{" in operation and not query and not exchange.request.body
    plain = all(_PLAIN_ID.fullmatch(part) for part in path.strip("/").split("/"))
    return 404 if names_one and plain and exchange.status not in _HOW_IT_IS_ASKED else 400
