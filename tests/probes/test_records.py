"""Results as documents: fields, then the figures that the class names."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from ipaddress import ip_address
from typing import ClassVar

from probes import PingResult
from probes.records import as_document, as_json


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    size_bytes: int


@dataclass(frozen=True)
class Outer:
    SUMMARY: ClassVar = ("double",)
    inner: Inner
    many: tuple[Inner, ...]
    at: datetime
    colour: Colour
    where: object
    raw: bytes
    nothing: None = None

    @property
    def double(self) -> int:
        return 2 * self.inner.size_bytes

    @property
    def hidden(self) -> int:
        return 0


def test_everything_becomes_what_json_can_hold() -> None:
    outer = Outer(
        Inner(3),
        (Inner(1), Inner(2)),
        datetime(2026, 1, 2, tzinfo=UTC),
        Colour.RED,
        ip_address("::1"),
        b"ab\xff",
    )
    assert json.loads(as_json(outer)) == {
        "inner": {"size_bytes": 3},
        "many": [{"size_bytes": 1}, {"size_bytes": 2}],
        "at": "2026-01-02T00:00:00+00:00",
        "colour": "red",
        "where": "::1",
        "raw": "ab\ufffd",
        "nothing": None,
        "double": 6,
    }


def test_a_ping_result_shows_its_figures() -> None:
    document = as_document(PingResult.of("a", "127.0.0.1", [1.0, None, 3.0]))
    assert document["packet_loss"] == 100 / 3
    assert document["rtts_ms"] == [1.0, None, 3.0]
    assert set(document["jitters_ms"]) == {
        "consecutive_difference",
        "mean_deviation",
        "rfc3550",
        "standard_deviation",
        "percentile",
    }
