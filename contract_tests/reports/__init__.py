"""What a run tells, a format a file; `write` knows them all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from contract_tests.reports.gather import Sentence, reported
from contract_tests.reports.github import github
from contract_tests.reports.har import har
from contract_tests.reports.html import html
from contract_tests.reports.junit import junit
from contract_tests.reports.machine import machine
from contract_tests.reports.markdown import markdown
from contract_tests.reports.record import Report
from contract_tests.reports.sarif import sarif
from contract_tests.reports.terminal import text
from contract_tests.run.outcome import Outcome

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "html": html,
    "junit": junit,
    "sarif": sarif,
    "json": machine,
    "github": github,
    "markdown": markdown,
    "har": har,
    "text": text,
}


class UnknownReport(Exception):
    """No report of that kind; the message lists those that there are."""


def kinds() -> tuple[str, ...]:
    """Return the kinds of reports that there are."""
    return tuple(FORMATS)


def write(
    outcome: Outcome, kind: str, path: Path | str, sentence: Sentence = lambda _: ""
) -> None:
    """Write a report of `kind` to a file, or to standard output where `path` is `-`.

    `sentence` words what the document says against a finding. UnknownReport names the kinds;
    OSError if the file cannot be written.
    """
    write_report(reported(outcome, sentence), kind, path)


def write_report(report: Report, kind: str, path: Path | str) -> None:
    """Write a report that is put together already; else as `write`."""
    if kind not in FORMATS:
        raise UnknownReport(f"no report of kind {kind!r}: there are {', '.join(kinds())}")
    # Half a surrogate pair, which a server may send, has no place in UTF-8.
    content = FORMATS[kind](report).encode("utf-8", "backslashreplace")
    if str(path) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content)
