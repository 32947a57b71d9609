"""The ten codecs: sizes follow from rates, scores from G.113's values."""

import pytest

from probes.quality import CODECS, WIDEBAND, Codec

ALL = pytest.mark.parametrize("codec", CODECS.values(), ids=lambda codec: codec.name)


def test_they_are_numbered_0_to_9() -> None:
    assert list(CODECS) == list(range(10))


@ALL
def test_a_packet_holds_what_the_rate_makes_in_its_interval(codec: Codec) -> None:
    assert codec.payload_bytes == pytest.approx(codec.bits_per_s * codec.interval_ms / 8000, abs=1)


@ALL
def test_the_name_says_rate_and_band(codec: Codec) -> None:
    rate, unit = codec.name.split(" @ ")[1].split()[:2]
    assert (float(rate) * 1000, unit) == (codec.bits_per_s, "Kbps")
    assert ("(WB)" in codec.name) == (codec.band is WIDEBAND)


@pytest.mark.parametrize(
    ("codec_id", "mos"),
    # What R = 93.2 - Ie, or (129 - 0.15 - Ie) / 1.29, come to; 4.41 is also the vendor's sample.
    [(0, 4.41), (1, 4.20), (2, 4.33), (3, 4.24), (4, 3.95), (5, 4.10), (9, 4.33)],
)
def test_the_best_score_of_codecs_with_published_values(codec_id: int, mos: float) -> None:
    assert CODECS[codec_id].max_mos == pytest.approx(mos, abs=0.01)


@pytest.mark.parametrize("codec_id", [0, 4, 5])
def test_narrowband_values_of_g_113(codec_id: int) -> None:
    values = {0: (0, 25.1), 4: (15, 16.1), 5: (11, 19.0)}
    assert (CODECS[codec_id].ie, CODECS[codec_id].bpl) == values[codec_id]


@ALL
def test_loss_and_delay_cost_something(codec: Codec) -> None:
    assert codec.rate(0, 3).mos < codec.max_mos
    assert codec.rate(400, 0).mos < codec.max_mos
