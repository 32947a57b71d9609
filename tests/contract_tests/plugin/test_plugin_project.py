"""A user's project with the plugin: what passes, what fails, and how it is worded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plugin_project import ENDS, FILES, TYPO
from plugin_runs import Run, run

pytestmark = pytest.mark.slow
REPORT = ("--contract-report", "json=out.json")


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("alone")
    found = run(folder, *REPORT, files=FILES)
    found.texts["report"] = (folder / "out.json").read_text()
    return found


def test_each_test_ends_as_it_should(alone: Run) -> None:
    assert alone.ends == ENDS, alone.output


def test_a_failure_names_rule_line_and_a_masked_curl_line(alone: Run) -> None:
    text = alone.texts["test_breaks"]
    assert "breach  operation_exists  GET /app/session" in text
    assert "/app/sessions or /app/sessions/{id}" in text
    assert "at client.py:7 in misspelt" in text
    assert "Bearer $NGROK_API_KEY" in text


def test_the_line_of_a_coroutine_is_found(alone: Run) -> None:
    assert "in test_async_breaks" in alone.texts["test_async_breaks"]


def test_a_test_that_fails_by_itself_shows_the_findings_beside_its_own_reason(alone: Run) -> None:
    text = alone.texts["test_breaks_and_fails"]
    assert "its own reason" in text
    assert "operation_exists" in alone.output.partition("test_breaks_and_fails")[2]


def test_what_comes_while_fixtures_end_is_told_as_the_rest_is(alone: Run) -> None:
    assert "breach  operation_exists  GET /app/session" in alone.texts["test_marked_breaks_late"]


def test_a_mistake_is_shown_at_the_line_of_the_test(alone: Run) -> None:
    text = alone.texts["test_no_such_operation"]
    assert "the nearest are list_application_sessions" in text
    assert "test_it.py" in text
    assert "faults.py" not in text


def test_ignored_retry_after_is_a_finding(alone: Run) -> None:
    assert "retry_after_is_honoured" in alone.texts["test_retry_after_is_ignored"]


def test_the_summary_counts(alone: Run) -> None:
    (line,) = [each for each in alone.output.splitlines() if each.startswith("contract: ")]
    assert "2 findings" in line
    assert "of 5 operations" in line


def test_the_report_is_about_the_whole_run(alone: Run) -> None:
    report = json.loads(alone.texts["report"])
    assert {entry["rule"] for entry in report["entries"]} == {
        "operation_exists",
        "retry_after_is_honoured",
    }


def test_no_key_is_shown_anywhere(alone: Run) -> None:
    assert "mock_" not in alone.texts["report"]
    assert "Bearer mock_" not in alone.output


def test_workers_see_the_same_and_tell_it_together(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("workers")
    chosen = "conforms or breaks_and_fails or retry or world_is_full or breaks_late or typo"
    files = FILES | {"test_typo.py": TYPO}
    found = run(folder, "-n2", "--contract-vendor=ngrok", "-k", chosen, *REPORT, files=files)
    assert found.ends.pop("test_typo") == "error"
    assert found.ends == {name: ENDS[name] for name in found.ends}, found.output
    assert len(found.ends) == 12
    assert json.loads((folder / "out.json").read_text())["requests"] == 14
    assert "contract: 14 requests, 1 of 5 operations, 2 findings" in found.output


def test_a_vendor_that_there_is_not_ends_the_run(tmp_path: Path) -> None:
    found = run(tmp_path, files={"test_typo.py": TYPO})
    assert found.code == 4
    assert "test_typo: @pytest.mark.contract: no vendor named 'ngork'" in found.output
    assert "there are ngrok, pingplotter" in found.output
