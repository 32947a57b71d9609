"""The penalty curves: what makes a path good, fair or poor."""

from __future__ import annotations

import pytest

from mockserver.vendors.pingplotter.quality import DEFINITIONS, Curve, Sample, chosen, verdict

BY_ID = {definition.id: definition for definition in DEFINITIONS}


def test_there_are_the_four_definitions_of_the_manual():
    names = [definition.name for definition in DEFINITIONS]
    assert names == ["Remote Desktop", "Web/Email", "Voice-over-IP", "Video Call"]


@pytest.mark.parametrize(
    ("value", "points"),
    [(0, 0), (50, 5), (100, 20), (117.5, 30), (135, 40), (170, 60), (10_000, 100)],
)
def test_a_penalty_passes_through_its_knots(value, points):
    assert Curve(100, 135).penalty(value) == pytest.approx(points)


@pytest.mark.parametrize("id_", BY_ID)
def test_more_is_never_better(id_):
    definition = BY_ID[id_]
    for name in ("latency_ms", "jitter_ms", "loss_percent"):
        curve = getattr(definition, name)
        penalties = [curve.penalty(value / 4) for value in range(2000)]
        assert penalties == sorted(penalties)


@pytest.mark.parametrize("id_", BY_ID)
def test_a_single_value_at_its_good_knot_is_just_good(id_):
    definition = BY_ID[id_]
    samples = (
        Sample(definition.latency_ms.good, 0, 0),
        Sample(1e-9, definition.jitter_ms.good, 0),
        Sample(1e-9, 0, definition.loss_percent.good),
    )
    assert [definition.score(sample) for sample in samples] == [80, 80, 80]


def test_the_three_penalties_add_up():
    """The manual's example: 100 - 6 - 12 - 2 = 80."""
    voice = BY_ID["voice-over-ip"]
    sample = Sample(
        100 * (6 / 20) ** 0.5,
        20 * (12 / 20) ** 0.5,
        (2 / 20) ** 0.5,
    )
    assert voice.score(sample) == 80


def test_a_score_is_never_under_zero():
    assert BY_ID["voice-over-ip"].score(Sample(900, 400, 60)) == 0


@pytest.mark.parametrize("id_", BY_ID)
def test_a_target_that_never_answers_is_poor(id_):
    score = BY_ID[id_].score(Sample(None, 0, 100))
    assert (score, verdict(score)) == (0, "Poor")


def test_voice_asks_for_more_than_mail():
    sample = Sample(130, 30, 0)
    assert BY_ID["voice-over-ip"].score(sample) < BY_ID["web-email"].score(sample)


@pytest.mark.parametrize(
    ("score", "word"),
    [(100, "Good"), (80, "Good"), (79.9, "Fair"), (60, "Fair"), (59.9, "Poor"), (0, "Poor")],
)
def test_the_word_follows_from_the_score(score, word):
    assert verdict(score) == word


def test_none_named_means_all():
    assert chosen(None) == chosen([]) == DEFINITIONS
    assert chosen(["web-email", "x"]) == (BY_ID["web-email"],)
