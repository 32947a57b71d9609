"""GitHub annotations: a workflow command a cause, at its line in the client or the contract."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from contract_tests.reports.clean import clean
from contract_tests.reports.markdown import markdown
from contract_tests.reports.record import Entry, Report

_LEVELS = {"breach": "error", "drift": "warning"}
_LARGEST_SUMMARY = 1_000_000  # bytes; GitHub refuses more than 1 MiB


def github(report: Report) -> str:
    """Return `::error …` for breaches, `::warning …` for drift, `::notice …` for the rest."""
    lines = [_annotation(entry) for entry in report.entries]
    lines += [f"::error title=vanished::{_data(name)}" for name in report.vanished]
    lines += [f"::warning title=error::{_data(f'{s.name}: {s.reason}')}" for s in report.errors]
    return "".join(f"{line}\n" for line in lines)


def announce(
    report: Report,
    say: Callable[[str], object],
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Say the annotations and add to the step's summary, if this runs in GitHub Actions."""
    if environment.get("GITHUB_ACTIONS") != "true":
        return
    say(github(report).rstrip("\n"))
    page = environment.get("GITHUB_STEP_SUMMARY")
    if page:
        text = markdown(report).encode("utf-8", "backslashreplace")[:_LARGEST_SUMMARY]
        with Path(page).open("ab") as summary:
            summary.write(text + b"\n")


def _annotation(entry: Entry) -> str:
    level = _LEVELS.get(entry.label, "notice")
    properties = {"title": f"{entry.rule} ({entry.label})"}
    place = entry.line if entry.line.file else entry.place
    if place.file:
        properties = {"file": place.file, "line": str(place.line)} | properties
    named = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    parts = (
        f"{entry.operation} {entry.field}".strip(),
        entry.message,
        f"received: {entry.received}",
        f"expected: {entry.expected}",
        entry.document,
        entry.caller and f"at {entry.caller}",
        entry.curl,
    )
    return f"::{level} {named}::{_data(chr(10).join(filter(None, parts)))}"


def _data(text: str) -> str:
    escaped = clean(text).replace("%", "%25").replace("\r", "%0D")
    return escaped.replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
