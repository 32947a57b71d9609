"""The body of an answer against its schema: every fault, and every field that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import jsonschema_rs

from contract_tests.findings.finding import Aspect, Finding, Grade
from contract_tests.words import media
from contract_tests.words.case import Case
from contract_tests.words.errors import Fault, faults, shown
from contract_tests.words.json_text import NotJson, parsed, whole
from contract_tests.words.known import Level
from contract_tests.words.places import Places
from contract_tests.words.translation import ANSWERS, Translation
from specs.json_schema import Schema

_DRIFTS = frozenset({Aspect.WORDS, Aspect.UNKNOWN})
_MOST = 200  # errors of one answer that are looked at: a list of thousands repeats itself
MESSAGES = {
    Aspect.MISSING: "A required field is missing",
    Aspect.NULL: "A field is null that may not be",
    Aspect.TYPE: "A field has another type than documented",
    Aspect.FORMAT: "A field has not the documented form",
    Aspect.EMPTY: "A field is empty where it has a documented form",
    Aspect.WORDS: "A field has a value that the contract does not list",
    Aspect.RANGE: "A field is out of its bounds",
    Aspect.UNKNOWN: "A field is there that the contract does not know",
}


class Bodies:
    """Judges bodies by the schemas of one contract, each compiled once."""

    def __init__(self, contract: Mapping[str, Any], side: str = ANSWERS) -> None:
        """Take a contract; the references in it may be resolved or not."""
        self.places = Places(contract)
        self._levels: dict[int, Level] = {}
        self._fine: set[tuple[int, int]] = set()
        self._translation = Translation(contract, side)
        self._validators: dict[int, tuple[Schema, jsonschema_rs.Draft4Validator | None]] = {}

    def validator(self, schema: Schema) -> jsonschema_rs.Draft4Validator | None:
        """Return the compiled schema, or None where it cannot be judged by."""
        if id(schema) not in self._validators:
            self._validators[id(schema)] = (schema, self._translation.compiled(schema))
        return self._validators[id(schema)][1]

    def findings(self, case: Case) -> Iterator[Finding]:
        """Yield what is wrong with a body that is there."""
        content = case.answer.get("content") or {}
        sent = media.documented(content, case.response.header("Content-Type"))
        name = sent or next(filter(media.is_json, content), None)
        if name is None or not media.is_json(name) or not case.response.body or case.has_no_body:
            return
        key = (id(content[name]), hash(case.response.body))
        if key in self._fine:
            return
        found = list(self._judged(case, content[name].get("schema"), is_meant=sent is not None))
        if not found:
            # Lists are read again and again: what was right once is not read twice.
            self._fine.add(key)
        yield from found

    def _judged(self, case: Case, schema: Schema | None, *, is_meant: bool) -> Iterator[Finding]:
        try:
            body = parsed(case.response.body)
        except NotJson as fault:
            # With another media type it need not be JSON: that is told already.
            if is_meant:
                yield _not_json(case, fault)
            return
        yield from self._of_schema(case, body, schema)

    def _of_schema(self, case: Case, body: Any, schema: Schema | None) -> Iterator[Finding]:
        if schema is None:
            return
        seen: set[tuple[str, str, str]] = set()
        for fault in self.faults(schema, body):
            finding = self._finding(case, schema, fault)
            if finding.cause not in seen:
                seen.add(finding.cause)
                yield finding

    def faults(self, schema: Schema, body: Any) -> Iterator[Fault]:
        """Yield what is wrong with a value by its schema, and every field that is not known."""
        validator = self.validator(schema)
        if validator is not None:
            yield from errors(validator, body)
            yield from self._unknown(body, schema)

    def _unknown(self, body: Any, schema: Schema) -> Iterator[Fault]:
        if id(schema) not in self._levels:
            self._levels[id(schema)] = Level(self.places, [schema])
        for path in self._levels[id(schema)].unknown(body):
            value = body
            for step in path:
                value = value[step]
            yield Fault(path, Aspect.UNKNOWN, shown(value), "no such field")

    def _finding(self, case: Case, schema: Schema, fault: Fault) -> Finding:
        spot = self.places.spot(case.statement, schema, fault.path)
        return case.finding(
            "body_fits_schema",
            fault.aspect,
            f"{MESSAGES[fault.aspect]}: {spot.whole}.",
            received=fault.received,
            expected=fault.expected,
            place=spot.pointer,
            statement=spot.selector,
            grade=Grade.DRIFT if fault.aspect in _DRIFTS else Grade.BREACH,
        )


def errors(validator: jsonschema_rs.Draft4Validator, body: Any) -> list[Fault]:
    """Return what is wrong with a value, so many faults as a person would look at."""
    try:
        if validator.is_valid(body):
            return []
    except UnicodeEncodeError:
        body = whole(body)
    found = list(islice(validator.iter_errors(body), _MOST))
    return list(faults(found))


def _not_json(case: Case, fault: NotJson) -> Finding:
    return case.finding(
        "body_is_json",
        Aspect.BODY,
        f"The body is no proper JSON: {fault.fault}.",
        received=fault.received,
        expected=fault.expected,
        place=fault.fault,
        source=fault.source,
    )
