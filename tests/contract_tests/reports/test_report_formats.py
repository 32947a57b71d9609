"""Every format is what its readers expect, whatever a server has said."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from outcomes import every_kind, exchange, finding, outcome
from page_har import HAR
from report_formats import SARIF, junit_faults

import specs
from contract_tests import reports
from contract_tests.findings.finding import Finding, Grade
from contract_tests.reports import FORMATS, reported
from contract_tests.reports.github import announce
from contract_tests.reports.machine import schema
from contract_tests.run.outcome import Outcome

ROOT = Path(__file__).parent.parent.parent.parent
NASTY = st.text(
    st.characters() | st.sampled_from("\0\x1b\x9b\u202e\ud800\r\n<>&\"'`|%:,*_[]$\\]]>{}@"),
    max_size=40,
)


def rendered(kind: str, whole: Outcome) -> str:
    text = FORMATS[kind](reported(whole))
    return text.encode("utf-8", "backslashreplace").decode()


@pytest.fixture(scope="module")
def whole() -> Outcome:
    return every_kind(specs.load("ngrok"))


@pytest.fixture(scope="module")
def sarif(whole: Outcome) -> Any:
    return json.loads(rendered("sarif", whole))["runs"][0]


@pytest.fixture(scope="module")
def suite(whole: Outcome) -> ET.Element:
    found = ET.fromstring(rendered("junit", whole)).find("testsuite")
    assert found is not None
    return found


def har_schema() -> dict[str, Any]:
    """Return the schema with what only requests with bodies have."""
    entry = json.loads(json.dumps(HAR))
    within = entry["properties"]["log"]["properties"]["entries"]["items"]["properties"]
    within["request"]["properties"]["postData"] = {"type": "object"}
    within["response"]["properties"]["content"]["properties"] |= {
        "text": {"type": "string"},
        "encoding": {"const": "base64"},
    }
    return entry


def valid(kind: str, text: str) -> None:
    """Raise where a reader of this kind would."""
    if kind == "junit":
        assert list(junit_faults(ET.fromstring(text))) == []
    elif kind == "sarif":
        jsonschema_rs.validate(SARIF, json.loads(text))
    elif kind == "har":
        jsonschema_rs.validate(har_schema(), json.loads(text))
    elif kind == "json":
        jsonschema_rs.validate(schema(), json.loads(text))
    elif kind == "github":
        pattern = r"::(error|warning|notice) [^:\n]*::[^\n]*"
        assert all(re.fullmatch(pattern, line) for line in text.splitlines())
    elif kind == "text":
        assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text) is None


@pytest.mark.parametrize("kind", reports.kinds())
def test_a_format_is_valid(kind: str, whole: Outcome) -> None:
    valid(kind, rendered(kind, whole))


@pytest.mark.parametrize("kind", reports.kinds())
def test_a_run_that_found_nothing_is_valid_too(kind: str) -> None:
    valid(kind, rendered(kind, Outcome()))


@pytest.mark.slow
@pytest.mark.parametrize("kind", reports.kinds())
@settings(max_examples=12, deadline=None)
@given(text=NASTY, body=st.binary(max_size=40))
def test_a_format_is_valid_whatever_a_server_says(kind: str, text: str, body: bytes) -> None:
    seen = exchange(body=body, sent=body, method="POST")
    bad = finding(
        place=text, message=text, received=text, expected=text, exchanges=(seen,), statement=text
    )
    valid(kind, rendered(kind, outcome(bad, notes=[text], cut_off=text)))


@pytest.mark.parametrize("kind", reports.kinds())
def test_the_same_outcome_is_the_same_report(kind: str, whole: Outcome) -> None:
    assert rendered(kind, whole) == rendered(kind, every_kind(specs.load("ngrok")))


def test_the_schema_of_json_is_in_the_documents() -> None:
    written = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    assert written == schema()


def test_json_counts_by_grade(whole: Outcome) -> None:
    counts = json.loads(rendered("json", whole))["counts"]
    assert counts == {"breach": 1, "drift": 1, "assumption": 1, "flaky": 1, "known": 1}


def test_a_step_is_a_test_case(suite: ET.Element) -> None:
    names = [case.get("name") for case in suite.findall("testcase")]
    assert names[:3] == ["filters: session", "order: session", "words: all"]


def test_only_breach_and_drift_are_failures(suite: ET.Element) -> None:
    case = suite.findall("testcase")[2]
    text = case.findtext("failure") or ""
    assert re.findall("^(breach|drift|assumption|flaky|known):", text, re.MULTILINE) == [
        "breach",
        "drift",
    ]
    assert (case.findtext("flakyFailure") or "").startswith("flaky:")
    assert "assumption:" in (case.findtext("system-out") or "")


def test_what_was_not_tried_is_skipped_with_its_reason(suite: ET.Element) -> None:
    skipped = suite.findall("testcase")[1].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "the list is empty"


def test_the_counts_of_junit_are_those_of_its_cases(suite: ET.Element) -> None:
    assert (suite.get("tests"), suite.get("failures")) == ("5", "2")
    assert (suite.get("errors"), suite.get("skipped")) == ("1", "1")


def test_a_finding_of_no_step_is_a_case_too() -> None:
    lost = outcome(finding(), attempts=[])
    root = ET.fromstring(rendered("junit", lost))
    assert [case.get("classname") for case in root.iter("testcase")] == ["ngrok.body_fits_schema"]


def test_sarif_stands_at_the_line_of_the_field(sarif: Any) -> None:
    place = sarif["results"][0]["locations"][0]["physicalLocation"]
    path = place["artifactLocation"]["uri"]
    lines = (ROOT / path).read_text("utf-8").splitlines()
    assert lines[place["region"]["startLine"] - 1].strip() == "created_at:"


def test_sarif_rules_are_those_of_its_results(sarif: Any) -> None:
    rules = sarif["tool"]["driver"]["rules"]
    for result in sarif["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert rules[result["ruleIndex"]]["help"]["text"]


def test_sarif_tells_new_known_and_vanished(sarif: Any) -> None:
    states = [result.get("baselineState") for result in sarif["results"]]
    assert states == ["new", "new", "new", None, "unchanged", "absent"]


def test_a_fingerprint_belongs_to_the_cause_and_not_to_the_request() -> None:
    def prints(bad: Finding) -> Any:
        found = json.loads(rendered("sarif", outcome(bad)))["runs"][0]["results"]
        return found[0]["partialFingerprints"]

    other = finding(exchanges=(exchange("/app/sessions/as_2"),), received="another")
    assert prints(finding()) == prints(other)
    assert prints(finding()) != prints(finding(place="/other"))


def test_an_annotation_is_one_line_and_escaped() -> None:
    bad = finding(message="50% :: of\nall", grade=Grade.DRIFT)
    line = rendered("github", outcome(bad)).rstrip("\n")
    assert line.startswith("::warning file=specs/ngrok/schemas/sessions.yaml,line=")
    assert "50%25 :: of%0Aall" in line


def test_actions_are_told_by_themselves(tmp_path: Path, whole: Outcome) -> None:
    page = tmp_path / "summary"
    said: list[str] = []
    place = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(page)}
    announce(reported(whole), said.append, place)
    assert said[0].startswith("::error file=")
    assert page.read_text("utf-8").startswith("## ngrok: 1 breach")


def test_nobody_else_is_told(whole: Outcome) -> None:
    said: list[str] = []
    announce(reported(whole), said.append, {})
    assert said == []


def test_markdown_has_no_markup_of_the_server() -> None:
    page = rendered("markdown", outcome(finding(message="<img src=x> @team [a](b) **c**")))
    assert "\\<img src=x\\> @\u200bteam \\[a\\](b) \\*\\*c\\*\\*" in page


def test_an_unknown_kind_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(
        reports.UnknownReport, match="no report of kind 'pdf': there are html, junit"
    ):
        reports.write(Outcome(), "pdf", tmp_path / "x")


def test_a_report_is_written_where_it_is_wanted(tmp_path: Path, whole: Outcome) -> None:
    path = tmp_path / "new" / "report.json"
    reports.write(whole, "json", path)
    assert json.loads(path.read_text("utf-8"))["seed"] == 7


def test_the_sentence_of_the_document_is_told(whole: Outcome) -> None:
    report = reported(whole, lambda finding: f"The page says {finding.place}.")
    assert "The page says /created_at." in FORMATS["html"](report)
