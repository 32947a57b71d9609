"""The E-model against published points.

Sources: [B] table B.1 of G.107, annex B (also table 1 of G.109): R of 50, 60, 70, 80 and 90 are
MOS 2.58, 3.10, 3.60, 4.03 and 4.34. [7.7] G.107, section 7.7: all defaults give R = 93.2. [loom]
the points that the open E-model of bgrewell/loom (Go, core/rtp/emodel, Apache-2.0) is pinned to,
worked out there from equations 7-2 to 7-29, independently of this code. [TE] the sample answer in
the documentation of ThousandEyes' rtp-stream: G.711, 103 ms one way, no loss: 4.351 of 4.41.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.quality.e_model import NARROWBAND, WIDEBAND, equipment_impairment, rate

LOSSES = st.floats(0, 100)
DELAYS = st.floats(0, 2000)


@pytest.mark.parametrize(
    ("r_factor", "mos"), [(50, 2.58), (60, 3.10), (70, 3.60), (80, 4.03), (90, 4.34)]
)
def test_r_to_mos_as_in_table_b_1(r_factor: float, mos: float) -> None:
    assert NARROWBAND.opinion_score(r_factor) == pytest.approx(mos, abs=0.01)


@pytest.mark.parametrize(
    ("r_factor", "mos"), [(-5, 1), (0, 1), (93.2, 4.409286), (100, 4.5), (129, 4.5)]
)
def test_r_to_mos_at_its_ends(r_factor: float, mos: float) -> None:
    assert NARROWBAND.opinion_score(r_factor) == pytest.approx(mos, abs=1e-6)


@pytest.mark.parametrize(
    ("r_factor", "mos"), [(-3, 1), (64.5, 2.575), (116.1, 4.339), (129, 4.5), (150, 4.5)]
)
def test_wideband_r_to_mos(r_factor: float, mos: float) -> None:
    assert WIDEBAND.opinion_score(r_factor) == pytest.approx(mos, abs=1e-6)


def test_all_defaults_rate_93_2() -> None:
    assert rate().r_factor == pytest.approx(93.2, abs=0.01)
    assert rate().mos == pytest.approx(4.409406, abs=1e-4)


@pytest.mark.parametrize(
    ("delay_ms", "expected"),
    [
        (100, (1.963791, 0.727733, 0.0, 90.663730, 4.354920)),
        (150, (2.811844, 0.840747, 0.163531, 89.539132, 4.327546)),
        (250, (4.242856, 1.018587, 8.916710, 79.177101, 3.992519)),
    ],
)
def test_delay_as_worked_out_elsewhere(delay_ms: float, expected: tuple[float, ...]) -> None:
    rating = rate(delay_ms=delay_ms)
    terms = rating.impairments
    found = (terms.talker_echo, terms.listener_echo, terms.delay, rating.r_factor, rating.mos)
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("delay_ms", "idd"), [(200, 3.044), (300, 14.8), (400, 24.1)])
def test_long_delays_by_themselves(delay_ms: float, idd: float) -> None:
    assert rate(delay_ms=delay_ms).impairments.delay == pytest.approx(idd, abs=0.05)


def test_wideband_delay_as_worked_out_elsewhere() -> None:
    rating = rate(delay_ms=50, band=WIDEBAND)
    terms = rating.impairments
    found = (terms.talker_echo, terms.listener_echo, rating.r_factor, rating.mos)
    assert found == pytest.approx((0.092907, 0.652075, 128.255018, 4.495632), abs=1e-4)


def test_wideband_codec_with_delay_as_worked_out_elsewhere() -> None:
    rating = rate(delay_ms=150, ie=5, bpl=15, band=WIDEBAND)
    terms = rating.impairments
    found = (terms.talker_echo, terms.listener_echo, terms.delay, rating.r_factor, rating.mos)
    assert found == pytest.approx((0.355448, 1.012266, 0.210955, 122.421331, 4.439743), abs=1e-4)


@pytest.mark.parametrize(
    ("ie", "bpl", "loss", "burst", "expected"),
    [
        (0, 25.1, 1, 1, 3.639847),
        (0, 25.1, 5, 1, 15.780731),
        (0, 25.1, 5, 2, 17.210145),
        (11, 19, 2, 1, 19.0),
        (11, 19, 0, 1, 11.0),
        (0, 25.1, 200, 1, 75.939249),
    ],
)
def test_codec_and_loss(ie: float, bpl: float, loss: float, burst: float, expected: float) -> None:
    assert equipment_impairment(ie, bpl, loss, burst) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("ie", "bpl", "loss", "mos"),
    [
        (0, 25.1, 1, 4.33),
        (0, 25.1, 2, 4.23),
        (0, 25.1, 5, 3.92),
        (0, 25.1, 10, 3.41),
        (0, 4.3, 1, 3.83),
        (11, 19, 0, 4.10),
        (11, 19, 2, 3.79),
    ],
)
def test_mos_under_loss(ie: float, bpl: float, loss: float, mos: float) -> None:
    assert rate(ie=ie, bpl=bpl, loss_percent=loss).mos == pytest.approx(mos, abs=0.01)


def test_the_sample_of_thousandeyes_is_met_with_its_latency_alone() -> None:
    assert rate(delay_ms=103).mos == pytest.approx(4.351024, abs=0.01)


@given(delay_ms=st.floats(10, 2000), loss=LOSSES, more=st.floats(0.1, 500))
def test_nothing_gets_better_by_delay(delay_ms: float, loss: float, more: float) -> None:
    """Under some 5 ms the Recommendation's term for the talker's echo is a little negative."""
    later = rate(delay_ms=delay_ms + more, loss_percent=loss)
    assert later.r_factor <= rate(delay_ms=delay_ms, loss_percent=loss).r_factor + 1e-9


@given(delay_ms=DELAYS, loss=LOSSES, band=st.sampled_from([NARROWBAND, WIDEBAND]))
def test_the_score_stays_on_its_scale(delay_ms: float, loss: float, band: object) -> None:
    assert 1 <= rate(delay_ms=delay_ms, loss_percent=loss, band=band).mos <= 4.5  # type: ignore[arg-type]


@pytest.mark.parametrize("delay_ms", [-1, math.nan, math.inf])
def test_an_impossible_delay_is_refused(delay_ms: float) -> None:
    with pytest.raises(ValueError, match="expected 0 or more"):
        rate(delay_ms=delay_ms)
