"""Ten voice codecs by the numbers that ThousandEyes gives them, and what the E-model needs.

Rates and names are the vendor's list. `ie` and `bpl` come from ITU-T G.113: appendix I for the
narrow band (tables I.1 and I.4), appendix IV for the wide one (Ie,wb). Where G.113 has nothing,
`published` says so and the value is a decision of ours, made like this: a waveform coder that
does not conceal losses gets the 4.3 of plain G.711, every other coder the 10 of GSM-EFR, the
least that appendix I has for one that conceals; RTAudio gets the Ie of the ITU codec of the same
band and nearest kind (G.726 at 32 kbit/s; G.722.1 at 32 kbit/s), and SILK that of G.722.2 at its
highest rate, which codes in the same manner.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from probes.quality.e_model import NARROWBAND, WIDEBAND, Band, Rating, rate


@dataclass(frozen=True, slots=True)
class Codec:
    """How a codec fills packets, and how it copes with losing them.

    `clock_hz` is the rate of RTP timestamps (8000 for G.722 too: RFC 3551, section 4.5.2),
    `look_ahead_ms` what the coder waits for beyond the packet itself, `published` which of
    `ie` and `bpl` stand in G.113.
    """

    id: int
    name: str
    bits_per_s: int
    interval_ms: int
    payload_bytes: int
    payload_type: int
    clock_hz: int
    look_ahead_ms: float
    band: Band
    ie: float
    bpl: float
    published: tuple[str, ...]

    @property
    def max_mos(self) -> float:
        """The score without delay and loss: what the codec alone makes of speech."""
        return self.rate(0.0, 0.0).mos

    @property
    def delay_ms(self) -> float:
        """Time to fill a packet, and to look ahead."""
        return self.interval_ms + self.look_ahead_ms

    @property
    def clock_ticks(self) -> int:
        """RTP timestamp units from one packet to the next."""
        return self.clock_hz * self.interval_ms // 1000

    def rate(self, delay_ms: float, loss_percent: float) -> Rating:
        """Rate a call with this codec; losses are taken as random."""
        return rate(
            delay_ms=delay_ms,
            loss_percent=loss_percent,
            ie=self.ie,
            bpl=self.bpl,
            band=self.band,
        )


_BOTH, _IE, _NONE = ("ie", "bpl"), ("ie",), ()
_NB, _WB = NARROWBAND, WIDEBAND

# Numbers 96 and above are dynamic payload types (RFC 3551, section 3).
# fmt: off
_ROWS = (
    #     id name                         bit/s ms bytes  pt  clock ahead band Ie  Bpl
    Codec(0, "G.711 @ 64 Kbps",          64_000, 20, 160,  0,  8000, 0.0, _NB,  0, 25.1, _BOTH),
    Codec(1, "G.722.1 @ 24 Kbps (WB)",   24_000, 20,  60, 97, 16000, 20., _WB, 19, 10.0, _IE),
    Codec(2, "G.722.1 @ 32 Kbps (WB)",   32_000, 20,  80, 98, 16000, 20., _WB, 13, 10.0, _IE),
    Codec(3, "G.726 @ 32 Kbps",          32_000, 20,  80, 99,  8000, 0.0, _NB,  7,  4.3, _IE),
    Codec(4, "G.723.1 @ 6.4 Kbps",        6_400, 30,  24,  4,  8000, 7.5, _NB, 15, 16.1, _BOTH),
    Codec(5, "G.729a @ 8 Kbps",           8_000, 20,  20, 18,  8000, 5.0, _NB, 11, 19.0, _BOTH),
    Codec(6, "RTAudio @ 45 Kbps (WB)",   45_000, 20, 113, 96, 16000, 20., _WB, 13, 10.0, _NONE),
    Codec(7, "RTAudio @ 27.8 Kbps",      27_800, 20,  70, 96,  8000, 20., _NB,  7, 10.0, _NONE),
    Codec(8, "SILK @ 36 Kbps (WB)",      36_000, 20,  90, 96, 16000, 5.0, _WB,  8, 10.0, _NONE),
    Codec(9, "G.722 @ 64 Kbps (WB)",     64_000, 20, 160,  9,  8000, 1.5, _WB, 13,  4.3, _IE),
)
# fmt: on

CODECS: Mapping[int, Codec] = MappingProxyType({codec.id: codec for codec in _ROWS})
