"""Quality scores: the manual's sum, our curves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.vendors.pingplotter import quality as stand_in
from probes.quality import DEFINITIONS, Curve, Sample, Score, verdict

VOICE = next(one for one in DEFINITIONS if one.id == "voice-over-ip")


def test_the_manuals_example() -> None:
    assert Score.of(6, 12, 2).points == 80


def test_a_perfect_path_scores_100() -> None:
    assert VOICE.score(Sample(0, 0, 0)).points == 100


def test_each_quantity_has_its_own_penalty() -> None:
    score = VOICE.score(Sample(100, 40, 0.5))
    assert (score.latency_penalty, score.jitter_penalty, score.loss_penalty) == (20, 40, 5)


def test_total_loss_leaves_nothing() -> None:
    assert VOICE.score(Sample(None, None, 100)).points == 0


@pytest.mark.parametrize(
    ("value", "points"), [(-1, 0), (0, 0), (50, 5), (100, 20), (135, 40), (240, 100), (9e9, 100)]
)
def test_a_curve_goes_through_its_knots(value: float, points: float) -> None:
    assert Curve(100, 135).penalty(value) == pytest.approx(points)


@given(value=st.floats(0, 1e6), more=st.floats(0, 1e6))
def test_a_curve_never_falls(value: float, more: float) -> None:
    curve = Curve(100, 135)
    assert curve.penalty(value + more) >= curve.penalty(value)


@pytest.mark.parametrize(
    ("points", "word"),
    [(100, "Good"), (80, "Good"), (79.9, "Fair"), (60, "Fair"), (59.9, "Poor"), (None, "NoData")],
)
def test_verdicts(points: float | None, word: str) -> None:
    assert verdict(points) == word


@given(
    latency=st.floats(0, 1000),
    jitter=st.floats(0, 200),
    loss=st.floats(0, 100),
    index=st.integers(0, 3),
)
def test_the_stand_in_scores_alike(latency: float, jitter: float, loss: float, index: int) -> None:
    theirs = stand_in.DEFINITIONS[index]
    ours = DEFINITIONS[index].score(Sample(latency, jitter, loss)).points
    assert theirs.id == DEFINITIONS[index].id
    assert theirs.score(stand_in.Sample(latency, jitter, loss)) == round(ours, 1)
