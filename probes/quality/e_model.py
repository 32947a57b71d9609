"""The E-model: delay and loss to a rating R, and R to a mean opinion score.

Narrowband after ITU-T G.107 (06/2015), wideband after G.107.1 (06/2015), with the default of
every parameter that a network probe cannot see (tables 3 there: loudness, noise, sidetone, an
echo loss of 65 dB at the talker and 110 dB at the listener, standard sensitivity to delay).
Delays are one way from mouth to ear in ms, losses in percent.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

_ECHO_LOSS_DB = 65.0
_LISTENER_ECHO_LOSS_DB = 110.0
_LEAST_AUDIBLE_MS = 100.0
"""mT: conversations do not suffer from less (G.107, table 1)."""
_MOST_IMPAIRED = 95.0


@dataclass(frozen=True, slots=True)
class Band:
    """One of the two scales: what R is without any impairment, and how echo counts on it.

    `signal_to_noise` is Ro and `simultaneous` Is, both at their defaults; `echo_ceiling` is Roe;
    `echo_slope` is the factor in Re; `span` is the highest R, over 100.
    """

    name: str
    signal_to_noise: float
    simultaneous: float
    echo_ceiling: float
    echo_slope: float
    span: float

    def opinion_score(self, rating: float) -> float:
        """Turn R into a MOS of 1 to 4.5 (G.107, annex B; G.107.1, annex A)."""
        scaled = rating / self.span
        if scaled <= 0:
            return 1.0
        if scaled >= 100:
            return 4.5
        cubic = 7e-6 * scaled * (scaled - 60) * (100 - scaled)
        # Just above 0 the cubic dips under the worst score there is.
        return max(1.0, 1 + 0.035 * scaled + cubic)

    def talker_echo(self, delay_ms: float) -> float:
        """Idte: hearing oneself (G.107, 7-19 to 7-23; G.107.1, 7-6 to 7-10)."""
        masked = 40 * math.log10((1 + delay_ms / 10) / (1 + delay_ms / 150))
        heard = _ECHO_LOSS_DB + self._loudness_gain(delay_ms) - masked
        heard += 6 * math.exp(-0.3 * delay_ms * delay_ms)
        half = (self.echo_ceiling - 80 - self.echo_slope * (heard - 14)) / 2
        return (half + math.hypot(half, 10) - 1) * (1 - math.exp(-delay_ms))

    def listener_echo(self, delay_ms: float) -> float:
        """Idle: hearing the other twice; the echo's way is twice `delay_ms` (G.107, 7-25 f.)."""
        quiet = 10.5 * (_LISTENER_ECHO_LOSS_DB + 7) * math.pow(2 * delay_ms + 1, -0.25)
        half = (self.signal_to_noise - quiet) / 2
        return half + math.hypot(half, 13)

    def sluggishness(self, delay_ms: float) -> float:
        """Idd: waiting for the other to answer (G.107, 7-27; G.107.1, 7-13)."""
        if delay_ms <= _LEAST_AUDIBLE_MS:
            return 0.0
        doublings = math.log2(delay_ms / _LEAST_AUDIBLE_MS)
        rise = math.pow(1 + doublings**6, 1 / 6) - 3 * math.pow(1 + (doublings / 3) ** 6, 1 / 6)
        return 25 * (rise + 2) * self.span

    def _loudness_gain(self, delay_ms: float) -> float:
        if self.span == 1.0:
            return 0.0
        return 18.0 if delay_ms >= 100 else 10 + 0.08 * delay_ms


NARROWBAND = Band("narrowband", 94.768822, 1.413568, 94.768821, 2.5, 1.0)
WIDEBAND = Band("wideband", 129.0, 0.0, 106.208250, 3.0, 1.29)


@dataclass(frozen=True, slots=True)
class Impairments:
    """What is taken off R, term by term, and the advantage A that is put on."""

    talker_echo: float
    listener_echo: float
    delay: float
    equipment: float
    advantage: float

    @property
    def delay_total(self) -> float:
        """Id, the sum of the three that grow with delay."""
        return self.talker_echo + self.listener_echo + self.delay


@dataclass(frozen=True, slots=True)
class Rating:
    """R, not clamped, what it is made of, and the score it stands for."""

    r_factor: float
    mos: float
    impairments: Impairments


def equipment_impairment(
    ie: float, bpl: float, loss_percent: float, burst_ratio: float = 1.0
) -> float:
    """Ie-eff: the codec, and what loss does to it (G.107, 7-29).

    `burst_ratio` is the mean length of loss bursts over that of random loss; 1 means random.
    """
    loss = min(100.0, max(0.0, loss_percent))
    return ie + (_MOST_IMPAIRED - ie) * loss / (loss / max(1.0, burst_ratio) + bpl)


def rate(  # noqa: PLR0913 - the parameters of the model, by their own names
    *,
    delay_ms: float = 0.0,
    loss_percent: float = 0.0,
    ie: float = 0.0,
    bpl: float = 25.1,
    burst_ratio: float = 1.0,
    advantage: float = 0.0,
    band: Band = NARROWBAND,
) -> Rating:
    """Rate a call: R = Ro - Is - Id - Ie-eff + A (G.107, 7-1).

    The defaults for `ie` and `bpl` are G.711's with concealment of losses (G.113, appendix I).
    """
    if not (math.isfinite(delay_ms) and delay_ms >= 0):
        raise ValueError(f"a delay of {delay_ms} ms: expected 0 or more")
    terms = Impairments(
        band.talker_echo(delay_ms),
        band.listener_echo(delay_ms),
        band.sluggishness(delay_ms),
        equipment_impairment(ie, bpl, loss_percent, burst_ratio),
        advantage,
    )
    unimpaired = band.signal_to_noise - band.simultaneous
    r_factor = unimpaired - terms.delay_total - terms.equipment + terms.advantage
    return Rating(r_factor, band.opinion_score(r_factor), terms)
