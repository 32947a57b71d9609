"""What measured figures mean to people: the E-model, codecs, and quality scores."""

from probes.quality.codecs import CODECS, Codec
from probes.quality.e_model import NARROWBAND, WIDEBAND, Band, Impairments, Rating, rate
from probes.quality.scores import DEFINITIONS, Curve, Definition, Sample, Score, verdict

__all__ = [
    "CODECS",
    "DEFINITIONS",
    "NARROWBAND",
    "WIDEBAND",
    "Band",
    "Codec",
    "Curve",
    "Definition",
    "Impairments",
    "Rating",
    "Sample",
    "Score",
    "rate",
    "verdict",
]
