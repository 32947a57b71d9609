"""SARIF 2.1.0: results at the lines of the contract, for code scanning."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from contract_tests.documents.places import Place
from contract_tests.reports.clean import clean
from contract_tests.reports.product import NAME, product_version
from contract_tests.reports.record import Entry, Report
from contract_tests.reports.rules import sentences

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"breach": "error", "drift": "warning"}
_STATES = {"new": "new", "known": "unchanged"}
_FINGERPRINT = "contractTestsCause/v1"


def sarif(report: Report) -> str:
    """Return a log of one run; a baseline's states are `new`, `unchanged` and `absent`."""
    rules = _rules(report)
    order = {rule["id"]: index for index, rule in enumerate(rules)}
    name = report.contract or "contract"
    run = {
        "tool": {"driver": _driver(rules)},
        "automationDetails": {"id": f"contract-tests/{name}/"},
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The checkout."}}},
        "invocations": [_invocation(report)],
        "results": [*_results(report, order), *_vanished(report, order)],
        "columnKind": "unicodeCodePoints",
        "properties": {"target": report.target, "seed": report.seed, "mode": report.mode},
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _driver(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": NAME,
        "semanticVersion": product_version(),
        "rules": rules,
    }


def _rules(report: Report) -> list[dict[str, Any]]:
    used = [entry.rule for entry in report.entries]
    used += [name.partition(" | ")[0] for name in report.vanished]
    return [_rule(name, sentence) for name, sentence in sorted(sentences(used).items())]


def _rule(name: str, sentence: str) -> dict[str, Any]:
    described = {"text": clean(sentence)}
    help_ = f"{sentence} A breach contradicts a document, drift is what a vendor may do when it"
    help_ += " moves on, an assumption contradicts only a decision of the contract's authors."
    return {
        "id": name,
        "shortDescription": described,
        "fullDescription": described,
        "help": {"text": help_, "markdown": help_},
        "defaultConfiguration": {"level": "error"},
    }


def _invocation(report: Report) -> dict[str, Any]:
    began = datetime.fromtimestamp(report.began_at, UTC)
    ended = datetime.fromtimestamp(report.began_at + report.elapsed_s, UTC)
    problems = [(step.name + ": " + step.reason, "error") for step in report.errors]
    problems += [(report.cut_off, "warning")] if report.cut_off else []
    return {
        "executionSuccessful": not report.errors,
        "startTimeUtc": began.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "endTimeUtc": ended.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "toolExecutionNotifications": [
            {"message": {"text": clean(text)}, "level": level} for text, level in problems
        ],
    }


def _results(report: Report, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    for entry in report.entries:
        result = {
            "ruleId": entry.rule,
            "ruleIndex": order[entry.rule],
            "level": _LEVELS.get(entry.label, "note"),
            "message": {"text": clean(_text(entry))},
            **_locations(entry),
            "partialFingerprints": {_FINGERPRINT: _digest(entry.id)},
            "occurrenceCount": entry.count,
            "properties": {"grade": entry.grade.value, "flaky": entry.flaky, "cause": entry.id},
        }
        state = _STATES.get(entry.state)
        yield result | ({"baselineState": state} if state else {})


def _vanished(report: Report, order: dict[str, int]) -> Iterator[dict[str, Any]]:
    for name in report.vanished:
        rule = name.partition(" | ")[0]
        yield {
            "ruleId": rule,
            "ruleIndex": order[rule],
            "level": "error",
            "message": {"text": f"A known finding was not seen any more: {name}"},
            "locations": [_location(name, Place(report.file))],
            "partialFingerprints": {_FINGERPRINT: _digest(name)},
            "baselineState": "absent",
        }


def _locations(entry: Entry) -> dict[str, Any]:
    """Return where it is: in the client's code if that is known, the contract beside it."""
    contract = _location(entry.operation, entry.place)
    if not entry.line.file:
        return {"locations": [contract]}
    return {
        "locations": [_location(entry.operation, entry.line)],
        "relatedLocations": [{**contract, "message": {"text": "what the contract says"}}],
    }


def _location(name: str, place: Place) -> dict[str, Any]:
    logical = [{"fullyQualifiedName": clean(name), "kind": "resource"}]
    if not place.file:
        return {"logicalLocations": logical}
    artifact = {"uri": quote(place.file)}
    if not place.file.startswith("/"):
        artifact["uriBaseId"] = "%SRCROOT%"
    physical = {"artifactLocation": artifact, "region": {"startLine": place.line}}
    return {"physicalLocation": physical, "logicalLocations": logical}


def _text(entry: Entry) -> str:
    lines = (
        f"{entry.operation} {entry.field}: {entry.message}",
        f"received: {entry.received}",
        f"expected: {entry.expected}",
        entry.document,
        entry.caller and f"at {entry.caller}",
        entry.curl,
    )
    return "\n".join(filter(None, lines))


def _digest(cause: str) -> str:
    return hashlib.sha256(cause.encode("utf-8", "backslashreplace")).hexdigest()
