"""The terminal: plain where it is none, curl lines whole, nothing that a terminal would obey."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from outcomes import every_kind, exchange, finding, outcome
from rich.console import Console

import specs
from contract_tests.findings.finding import Grade
from contract_tests.reports import reported
from contract_tests.reports.progress import Progress
from contract_tests.reports.terminal import show, text
from contract_tests.run.outcome import Outcome


def shown(whole: Outcome, *, width: int = 60) -> str:
    paper = StringIO()
    console = Console(file=paper, width=width)
    show(reported(whole), console)
    return paper.getvalue()


def test_where_it_is_no_terminal_there_is_no_escape() -> None:
    assert "\x1b" not in shown(every_kind())


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    paper = StringIO()
    show(reported(every_kind()), Console(file=paper, force_terminal=True, width=80))
    assert re.search(r"\x1b\[[0-9;]*3[0-7]m", paper.getvalue()) is None


def test_a_server_cannot_paint_the_terminal() -> None:
    bad = finding(message="\x1b[2J[bold]no markup[/bold]", received="\x9b31m\x07")
    said = shown(outcome(bad))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", said)
    assert "\\x1b[2J[bold]no markup[/bold]" in said


@pytest.mark.parametrize("width", [20, 60, 200])
def test_a_curl_line_is_one_line_however_narrow_it_is(width: int) -> None:
    talk = exchange("/app/sessions?before_id=" + "x" * 200)
    said = shown(outcome(finding(exchanges=(talk,))), width=width)
    (line,) = [row for row in said.splitlines() if row.startswith("  curl ")]
    assert line.endswith('-H "Authorization: Bearer $NGROK_API_KEY"')


def test_received_and_expected_stand_side_by_side() -> None:
    rows = text(reported(outcome(finding(received="this", expected="that")))).splitlines()
    assert any(re.search(r"received +expected", row) for row in rows)
    assert any(re.search(r"this +that", row) for row in rows)


def test_the_summary_ends_with_what_counts() -> None:
    rows = text(reported(every_kind(specs.load("ngrok")))).splitlines()
    assert rows[-4:] == [
        "1 of 4 steps passed, 12 requests in 1.5 s",
        "covered: operations 1/5, statuses 1/28, parameters 2/12",
        "repeat with --seed 7",
        "1 breach, 1 drift, 1 assumption, 1 flaky, 1 known, 1 known vanished",
    ]


def test_the_gravest_comes_first() -> None:
    whole = outcome(finding(grade=Grade.DRIFT, place="/a"), finding(place="/b"))
    assert [entry.grade for entry in reported(whole).entries] == [Grade.BREACH, Grade.DRIFT]


def test_what_says_the_same_of_many_operations_is_told_once() -> None:
    names = [f"GET /things/{number}" for number in range(5)]
    said = text(reported(outcome(*(finding(operation=n, statement=n) for n in names))))
    assert said.count("received") == 1
    assert all(name in said for name in names)
    assert "5 breaches" in said


def test_what_was_not_tried_is_told_with_its_reason() -> None:
    assert "order: session: the list is empty" in text(reported(every_kind()))


def test_progress_counts_requests_and_causes() -> None:
    with Progress(Console(file=StringIO()), 2) as progress:
        progress.step("filters: session")
        progress.heard(exchange())
        progress.heard(exchange())
        for found in (finding(), finding(), finding(place="/x", grade=Grade.DRIFT)):
            progress.found(found)
        assert progress.line == "filters: session · 2 requests · 1 breach · 1 drift"


def test_progress_says_nothing_where_it_is_no_terminal() -> None:
    paper = StringIO()
    with Progress(Console(file=paper), 1) as progress:
        progress.step("filters: session")
    assert paper.getvalue() == ""


def test_progress_takes_its_line_away() -> None:
    paper = StringIO()
    with Progress(Console(file=paper, force_terminal=True, width=100), 1) as progress:
        progress.step("filters: [red]session")
    assert "filters: [red]session" in paper.getvalue()
    assert paper.getvalue().rstrip().endswith("\x1b[2K")
