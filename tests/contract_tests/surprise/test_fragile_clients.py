"""Real clients with one fault each: the surprise that shows it is found, and named alone."""

import pytest
from surprise_clients import FAULTS, findings, script, tried

from contract_tests.findings.finding import Grade
from contract_tests.surprise.course import Budget, replayed, surprised
from contract_tests.surprise.schedule import called, drawn
from contract_tests.surprise.surprise import parsed

_PAGES = ("pages_empty_first", "pages_many")
_LOCATION = "/application_sessions/*/browser_session/location"


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["null", "list_empty", "error", "cut_end", *_PAGES])
def test_a_fault_is_found_by_its_surprise(tmp_path, fault):
    found = findings(tmp_path, script(fault), {fault})
    assert {finding.place.rpartition("(")[2].rstrip(")") for finding in found} == {fault}


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["charset", "text_emoji", "time_offset"])
def test_a_fault_is_found_among_many_surprises(tmp_path, fault):
    kinds = {*FAULTS, "headers_many", "text_lines", "fields_backwards"}
    found = findings(tmp_path, script(fault), kinds)
    assert fault in {finding.place.rpartition("(")[2].rstrip(")") for finding in found}


def test_what_broke_a_client_is_narrowed_to_one_place(tmp_path):
    (found,) = findings(tmp_path, script("null"), {"null", "extra", "text_rtl"})
    assert found.place == f"{_LOCATION} (null)"
    assert found.grade is Grade.BREACH
    assert "TypeError" in found.received
    assert "client.py:" in found.received
    assert (
        found.exchanges[0].body()["application_sessions"][0]["browser_session"]["location"] is None
    )


@pytest.mark.slow
def test_a_header_that_is_missing_at_another_try_is_found(tmp_path):
    found = findings(tmp_path, script("bare"), {"busy_once"})
    assert [(one.rule, one.place) for one in found if one.grade is Grade.BREACH] == [
        ("required_parameters_are_sent", "Ngrok-Version")
    ]


@pytest.mark.slow
def test_a_slip_of_ones_own_after_a_cut_is_found(tmp_path):
    (found,) = findings(tmp_path, script("slip"), {"cut_headless"})
    assert "AttributeError" in found.received


@pytest.mark.slow
def test_an_unknown_field_is_drift(tmp_path):
    found = findings(tmp_path, script("extra"), {"extra"})
    assert {finding.grade for finding in found} == {Grade.DRIFT}


@pytest.mark.slow
def test_a_finding_shows_no_key(tmp_path):
    found = findings(tmp_path, script("null"), {"null"})
    headers = dict(found[0].exchanges[0].request.headers)
    assert "$" in headers["authorization"]


@pytest.mark.slow
def test_a_right_client_is_not_accused(tmp_path):
    kinds = {"null", "list_empty", "error", "cut_reset", "pages_many", "pages_empty_first"}
    assert findings(tmp_path, script(), {*kinds, "failing_once", "crumbs", "gzip"}) == []


@pytest.mark.slow
def test_a_right_client_is_not_accused_of_anything(tmp_path):
    with tried(tmp_path, script()) as (trial, books):
        found = surprised(trial, books, Budget(time_s=1e9, runs=60, jobs=2))
    assert [str(each) for _, each in found.findings if each.grade is not Grade.ASSUMPTION] == []
    assert found.given > found.planned * 0.9


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 7])
def test_a_right_client_lives_with_what_is_drawn(tmp_path, seed):
    with tried(tmp_path, script()) as (trial, books):
        plain = trial(())
        plans = drawn(called(plain, books), 4, seed)
        runs = [trial(plan) for plan in plans]
    assert [ran.code for ran in runs] == [0] * 4
    assert all(heard.surprise for ran in runs for _, heard in ran.heard[:1])


def test_an_id_repeats_what_was_found(tmp_path):
    with tried(tmp_path, script("null")) as (trial, books):
        plan = parsed(f"ngrok:list_application_sessions:0:null:{_LOCATION}")
        told, ran = replayed(trial, books, plan)
    assert [finding.place for _, finding in told.findings] == [f"{_LOCATION} (null)"]
    assert ran.code == 1
    assert "TypeError" in ran.err
