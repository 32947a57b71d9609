"""JSON: everything that a run told, versioned; docs/report.schema.json describes it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter

from contract_tests.reports.record import Report

VERSION = 1  # one more whenever something is renamed or removed; new fields may come at any time
_REPORT = TypeAdapter(Report)


def machine(report: Report) -> str:
    """Return the report as JSON, in an order that does not change from run to run."""
    return json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as plain values; exchanges are left to HAR."""
    whole = asdict(replace(report, exchanges=()))
    del whole["exchanges"]
    covered = report.coverage.sums if report.coverage else {}
    sums = {name: {"seen": seen, "known": known} for name, (seen, known) in covered.items()}
    said = {"version": VERSION, "verdict": report.verdict, "counts": report.counts}
    return {**said, "coverage_sums": sums, **whole}


def schema() -> dict[str, Any]:
    """Return the JSON schema of the document."""
    described = _REPORT.json_schema()
    described["properties"].pop("exchanges")
    definitions = described["$defs"]
    for name in ("Exchange", "Request", "Response"):
        definitions.pop(name, None)
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    described["properties"] = {
        "version": {"const": VERSION, "type": "integer"},
        "verdict": {"type": "string"},
        "counts": counts,
        "coverage_sums": {"type": "object", "additionalProperties": counts},
        **described["properties"],
    }
    described["required"] = list(described["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}
