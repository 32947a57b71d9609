"""Markdown: a page for the summary of a CI job, or for an issue."""

from __future__ import annotations

import re

from contract_tests.reports.clean import clean, one_line
from contract_tests.reports.record import Entry, Report

_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")


def markdown(report: Report) -> str:
    """Return the whole report as GitHub's Markdown; nothing of the server's becomes markup."""
    blocks = [
        f"## {_text(report.contract)}: {report.verdict}",
        _facts(report),
        *([f"**Cut off:** {_text(report.cut_off)}"] if report.cut_off else []),
        *map(_entry, report.entries),
        _listed("Known, and not seen any more", report.vanished),
        _listed("Could not be removed", report.left_over),
        _listed("Errors of this run", [f"{s.name}: {s.reason}" for s in report.errors]),
        _listed("Notes", report.notes),
        _listed("Not tried", [f"{s.name}: {s.reason}" for s in report.not_tried]),
        f"Coverage: {report.coverage}" if report.coverage else "",
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _facts(report: Report) -> str:
    spent = f"{report.requests} requests · {report.elapsed_s:.1f} s"
    if report.is_of_client:
        ended = "" if report.child_code is None else f" · ended with {report.child_code}"
        return f"{_code(report.command or report.target)} · {spent}{ended}"
    spent += f" · seed {report.seed}"
    return f"{_code(report.target)} · {spent}"


def _entry(entry: Entry) -> str:
    received, expected = _code(entry.received), _code(entry.expected)
    rows = (
        f"### {entry.label}: {_text(entry.rule)}, {_code(entry.operation)} {_code(entry.field)}",
        _text(entry.message),
        f"| received | expected |\n|---|---|\n| {received} | {expected} |",
        f"> {_text(entry.document)}" if entry.document else "",
        f"at {_code(entry.caller)}" if entry.caller else "",
        _fenced(entry.curl) if entry.curl else "",
    )
    return "\n\n".join(filter(None, rows))


def _listed(title: str, rows: tuple[str, ...] | list[str]) -> str:
    if not rows:
        return ""
    items = "\n".join(f"- {_text(row)}" for row in rows)
    return f"<details><summary>{title}: {len(rows)}</summary>\n\n{items}\n\n</details>"


def _text(text: str) -> str:
    return _SIGNS.sub(r"\\\1", one_line(text, 1000)).replace("@", "@\u200b")


def _code(text: str) -> str:
    flat = one_line(text).replace("|", "\\|")
    if not flat:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", flat)), default=0))
    return f"{fence} {flat} {fence}" if "`" in flat else f"`{flat}`"


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{fence}sh\n{clean(text)}\n{fence}"
