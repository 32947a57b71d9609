"""Baselines: what was accepted is no news; what is new or has vanished is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.findings import baseline
from contract_tests.findings.baseline import Accepted, BadBaseline, Baseline
from contract_tests.findings.causes import Cause
from contract_tests.findings.finding import Finding

TODAY = date(2026, 5, 17)
NAMES = st.sets(st.sampled_from("abcdef"))


def causes(names: set[str], *, flaky: bool = False) -> list[Cause]:
    return [Cause([Finding(n, "GET /x", "", "", "", "")], flaky) for n in sorted(names)]


def ids(names: set[str]) -> list[str]:
    return [cause.id for cause in causes(names)]


@given(NAMES, NAMES)
def test_new_known_and_vanished_are_told_apart(before: set[str], now: set[str]) -> None:
    known = baseline.updated(Baseline(), causes(before), TODAY, whole=True)
    seen = baseline.compared(known, causes(now), today=TODAY, whole=True)
    assert {*seen.new} == {*ids(now - before)}
    assert {*seen.known} == {*ids(now & before)}
    assert {*seen.vanished} == {*ids(before - now)}


@given(NAMES, NAMES)
def test_an_update_makes_the_same_run_conform(before: set[str], now: set[str]) -> None:
    known = baseline.updated(Baseline(), causes(before), TODAY, whole=True)
    known = baseline.updated(known, causes(now), TODAY, whole=True)
    seen = baseline.compared(known, causes(now), today=TODAY, whole=True)
    assert (seen.new, seen.vanished) == ((), ())


@given(NAMES, NAMES)
def test_a_run_in_part_never_forgets_and_never_says_vanished(
    before: set[str], now: set[str]
) -> None:
    known = baseline.updated(Baseline(), causes(before), TODAY, whole=True)
    assert baseline.compared(known, causes(now), today=TODAY, whole=False).vanished == ()
    later = baseline.updated(known, causes(now), TODAY, whole=False)
    assert {a.id for a in later.accepted} == {*ids(before | now)}


def test_flaky_causes_are_neither_new_nor_vanished() -> None:
    known = baseline.updated(Baseline(), causes({"a"}), TODAY, whole=True)
    seen = baseline.compared(known, causes({"a", "b"}, flaky=True), today=TODAY, whole=True)
    assert (seen.new, seen.vanished) == ((), ())


def test_what_has_expired_counts_again() -> None:
    old = Accepted(ids({"a"})[0], "a", date(2026, 1, 1), "soon", expires=TODAY)
    seen = baseline.compared(Baseline(1, (old,)), causes({"a"}), today=TODAY, whole=True)
    assert (seen.new, seen.expired) == ((old.id,), (old.id,))
    valid = replace(old, expires=date(2026, 5, 18))
    seen = baseline.compared(Baseline(1, (valid,)), causes({"a"}), today=TODAY, whole=True)
    assert seen.known == (old.id,)


def test_a_reason_and_the_first_day_outlive_updates_and_files(tmp_path: Path) -> None:
    old = Accepted(ids({"a"})[0], "a", date(2026, 1, 1), "vendor knows")
    path = tmp_path / "known.json"
    baseline.write(Baseline(1, (old,)), path)
    later = baseline.updated(baseline.read(path), causes({"a", "b"}), TODAY, whole=True)
    assert later.accepted[0] == old
    baseline.write(later, path)
    assert baseline.read(path) == later


def test_no_file_is_an_empty_baseline(tmp_path: Path) -> None:
    assert baseline.read(tmp_path / "none.json") == Baseline()


@pytest.mark.parametrize("text", ["{", "[]", '{"accepted": [{"id": 1}]}', '{"unknown": 1}'])
def test_what_is_no_baseline_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(BadBaseline, match=r"known\.json"):
        baseline.read(path)
