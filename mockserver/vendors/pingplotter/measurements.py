"""What tracing showed of a session's path, as far as anything was traced.

Nothing is sent: a path is drawn once for each session, and what is seen of it once for each
minute of the clock, so the same question in the same minute has the same answer.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from ipaddress import ip_address

from mockserver.core.randomness import Randomness
from mockserver.core.store import Document
from mockserver.vendors.pingplotter.model import ACTIVE
from mockserver.vendors.pingplotter.quality import Sample
from probes.path_profile import PathProfile, draw_profile

_MINUTE_MS = 60_000
_PROBES = 24  # a minute's worth at the default interval
_LOOPBACK = PathProfile(base_rtt_ms=0.05, jitter_ms=0.01)


@dataclass(frozen=True, slots=True)
class Reading:
    """A sample and when it was taken."""

    at_ms: int
    sample: Sample


def read(
    session: Document, agent: Document, randomness: Randomness, now_ms: int
) -> Reading | None:
    """Return what was last measured; None if the session does not run or its agent is away."""
    if session["Status"] != ACTIVE or not agent["IsOnline"]:
        return None
    minute = now_ms // _MINUTE_MS
    chance = randomness.stream("quality", session["SessionId"], minute)
    sample = _sample(_path(session, randomness), chance)
    # A session younger than the minute was not measured before it began.
    return Reading(max(minute * _MINUTE_MS, session["since_ms"]), sample)


def _path(session: Document, randomness: Randomness) -> PathProfile:
    address = session["IpAddress"]
    if address and ip_address(address).is_loopback:
        return _LOOPBACK
    return draw_profile(randomness.stream("path", session["SessionId"]))


def _sample(path: PathProfile, chance: random.Random) -> Sample:
    # Queues fill now and then: mostly a little, seldom a lot.
    queued_ms = path.jitter_ms * (0.5 - 0.5 * math.log(1 - chance.random()))
    lost = _lost(path.loss_probability, chance)
    if lost == _PROBES:
        return Sample(None, 0.0, 100.0)
    return Sample(path.base_rtt_ms + queued_ms, queued_ms, 100 * lost / _PROBES)


def _lost(probability: float, chance: random.Random) -> int:
    return sum(chance.random() < probability for _ in range(_PROBES)) if probability else 0
