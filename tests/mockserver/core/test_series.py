"""What is kept of a series of probes: all of it for ten minutes, minutes for a day, no more."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.series import DAY_MS, FULL_MS, MINUTE_MS, Minute, Probe, Series

START_MS = 1_767_225_600_000
PROBES = st.lists(
    st.tuples(st.integers(1, 90_000), st.none() | st.floats(0.015625, 5000, width=32)),
    min_size=1,
    max_size=120,
)


def filled(probes: Sequence[Probe]) -> Series:
    series = Series()
    for at_ms, rtt_ms in probes:
        series.add(at_ms, rtt_ms, "simulated")
    return series


def spaced(steps: Sequence[tuple[int, float | None]]) -> list[Probe]:
    at_ms, probes = START_MS, []
    for step_ms, rtt_ms in steps:
        at_ms += step_ms
        probes.append((at_ms, rtt_ms))
    return probes


def as_kept(value: float | None) -> float | None:
    """Figures are kept with the seven digits of single precision."""
    return None if value is None else array("f", [value])[0]


def plain(probes: Sequence[Probe]) -> list[Minute]:
    """Sum probes up minute by minute, without any cleverness."""
    rows = []
    for start_ms in sorted({at_ms // MINUTE_MS * MINUTE_MS for at_ms, _ in probes}):
        inside = [rtt for at, rtt in probes if start_ms <= at < start_ms + MINUTE_MS]
        came = [rtt for rtt in inside if rtt is not None]
        steps = [abs(came[n + 1] - came[n]) for n in range(len(came) - 1)]
        figures = (
            fmean(came) if came else None,
            min(came) if came else None,
            max(came) if came else None,
            fmean(steps) if steps else None,
        )
        lost = inside.count(None)
        rows.append(Minute(start_ms, len(inside), lost, *map(as_kept, figures)))
    return rows


@given(PROBES)
@settings(max_examples=150)
def test_minutes_are_those_of_a_plain_reference(steps: list[tuple[int, float | None]]) -> None:
    probes = spaced(steps)
    assert list(filled(probes).minutes()) == plain(probes)


@given(PROBES)
def test_the_last_ten_minutes_are_kept_in_full(steps: list[tuple[int, float | None]]) -> None:
    probes = spaced(steps)
    after_ms = probes[-1][0] - FULL_MS
    kept = filled(probes).since(after_ms)
    assert kept == [(at, as_kept(rtt)) for at, rtt in probes if at > after_ms]


@given(PROBES, st.randoms(use_true_random=False))
def test_answers_that_overtake_one_another_are_put_in_order(steps, chance) -> None:
    probes = spaced([(step_ms % 1000 + 1, rtt_ms) for step_ms, rtt_ms in steps])
    shuffled = list(probes)
    chance.shuffle(shuffled)
    assert filled(shuffled).since(0) == filled(probes).since(0)


def test_a_day_is_kept_and_no_more() -> None:
    probes = [(START_MS + n * MINUTE_MS, 1.0) for n in range(3000)]
    rows = list(filled(probes).minutes())
    assert rows[-1].start_ms == probes[-1][0]
    assert rows[0].start_ms == probes[-1][0] - DAY_MS
    assert rows == plain([probe for probe in probes if probe[0] >= rows[0].start_ms])


@pytest.mark.parametrize(("step_ms", "most_bytes"), [(2500, 8_000), (100, 110_000)])
def test_a_series_does_not_grow_beyond_ten_minutes_and_a_day(step_ms, most_bytes) -> None:
    """Twelve bytes a probe, 24 a minute, and what Python adds for growing."""
    series, sizes = Series(), []
    for at_ms in range(START_MS, START_MS + 25 * MINUTE_MS, step_ms):
        series.add(at_ms, 1.0, "live")
        sizes.append(series.size_bytes)
    assert max(sizes) < most_bytes
    rows = list(series.minutes())
    assert len(rows) == 25


def test_a_slow_series_keeps_its_last_probe() -> None:
    series = filled([(START_MS, 5.0), (START_MS + 3_600_000, 7.0)])
    assert series.since(0) == [(START_MS + 3_600_000, 7.0)]
    assert [row.avg_ms for row in series.minutes()] == [5.0, 7.0]


def test_the_past_is_simulated_when_somebody_looks_and_once() -> None:
    calls = []

    def past() -> list[Probe]:
        calls.append(1)
        return [(START_MS - 1000, 3.0)]

    series = Series(past, "simulated")
    series.add(START_MS, 4.0, "simulated")
    assert not calls
    assert series.since(0) == series.since(0) == [(START_MS - 1000, 3.0), (START_MS, 4.0)]
    assert calls == [1]


def test_the_past_is_there_for_who_looks_an_hour_later() -> None:
    def past() -> list[Probe]:
        return [(START_MS - 1000, 3.0)]

    late, early = Series(past), Series(past)
    early.since(0)
    for n in range(60):
        for series in (late, early):
            series.add(START_MS + n * MINUTE_MS, 1.0, "simulated")
    assert list(late.minutes()) == list(early.minutes())
    assert next(late.minutes()).start_ms == START_MS - MINUTE_MS


def test_an_empty_series_has_nothing() -> None:
    assert Series().since(0) == list(Series().minutes()) == []
    assert Series().newest_ms == 0


def test_the_newest_probe_is_told_without_the_past() -> None:
    series = Series(lambda: [(START_MS, 1.0)])
    series.since(0)
    assert series.newest_ms == 0
    series.add(START_MS + 5, None, "live")
    series.add(START_MS + 3, None, "live")
    assert series.newest_ms == START_MS + 5
