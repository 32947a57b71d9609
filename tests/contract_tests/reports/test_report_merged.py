"""Reports about several vendors as one: every step says whose it is."""

from __future__ import annotations

from contract_tests.reports.merge import merged
from contract_tests.reports.record import Report, Step
from contract_tests.reports.terminal import text

NOTHING = Step("pages_end", "pages_end", "not tried", "no list was read")
PASSED = Step("pages_end", "pages_end", "passed")
REPORTS = [
    Report(contract="ngrok", mode="client", steps=(NOTHING, PASSED)),
    Report(contract="wisphub", mode="client", steps=(PASSED, NOTHING)),
    Report(contract="pingplotter", mode="client", steps=(Step("other", "other", "passed"),)),
]


def test_what_was_not_tried_is_told_once_with_its_vendors() -> None:
    (step,) = merged(REPORTS).not_tried
    assert step.name == "pages_end (ngrok, wisphub)"


def test_other_steps_are_told_each_with_its_vendor() -> None:
    names = [step.name for step in merged(REPORTS).steps if step.verdict == "passed"]
    assert names == ["pages_end (ngrok)", "pages_end (wisphub)", "other (pingplotter)"]


def test_the_terminal_names_the_vendors() -> None:
    assert "  pages_end (ngrok, wisphub): no list was read\n" in text(merged(REPORTS))


def test_one_vendor_is_not_named() -> None:
    assert merged(REPORTS[:1]).steps == (NOTHING, PASSED)
