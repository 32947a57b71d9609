"""From departures and arrivals to the figures of a voice stream; no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean, median

from probes import statistics
from probes.failure import Failure, FailureKind
from probes.responder.offset import ClockOffset
from probes.voice.plan import VoicePlan
from probes.voice.result import VoiceResult

FIRST = 50
_NS = 1e6


@dataclass(frozen=True, slots=True)
class Heard:
    """A packet at the receiver: number, when (ns of its clock), and its traffic class."""

    number: int
    stamp_ns: int
    traffic_class: int


def blank(plan: VoicePlan, address: str | None, failure: Failure | None = None) -> VoiceResult:
    """Return a result in which nothing has been measured yet."""
    codec = plan.codec
    return VoiceResult(
        plan.target,
        address,
        codec.id,
        codec.name,
        codec.max_mos,
        plan.dscp,
        plan.jitter_buffer_ms,
        failure=failure,
    )


def evaluate(
    plan: VoicePlan,
    address: str,
    left_ns: Sequence[int | None],
    heard: Sequence[Heard],
    offset: ClockOffset,
) -> VoiceResult:
    """Judge a stream; `left_ns` is by packet number, `heard` in order of arrival."""
    departed = {number: left for number, left in enumerate(left_ns) if left is not None}
    known = [packet for packet in heard if packet.number in departed]
    first = {packet.number: packet for packet in reversed(known)}
    played = [packet for packet in known if first[packet.number] is packet]
    counted = replace(
        blank(plan, address),
        sent=len(departed),
        received=len(first),
        lost=len(departed) - len(first),
        duplicates=len(known) - len(first),
        reordered=reordered([packet.number for packet in played]),
        discards=_discards(plan, played),
        clock_offset_ms=offset.offset_ns / _NS,
        clock_error_ms=offset.error_ns / _NS,
    )
    return _timed(_paced(counted, plan, departed), plan, departed, played, offset)


def reordered(numbers: Sequence[int]) -> int:
    """Count packets that came after one that was sent later (RFC 4737, section 3)."""
    following = late = 0
    for number in numbers:
        late += number < following
        following = max(following, number + 1)
    return late


def _discards(plan: VoicePlan, played: Sequence[Heard]) -> int:
    """Count what came after its play-out time, see VoiceResult."""
    if not played:
        return 0
    transits_ms = _media_transits_ms(plan, played)
    play_out_ms = median(transits_ms[:FIRST]) + plan.jitter_buffer_ms
    return sum(transit > play_out_ms for transit in transits_ms)


def _media_transits_ms(plan: VoicePlan, played: Sequence[Heard]) -> list[float]:
    """Arrivals less what the RTP timestamps say, ms, counted from the first arrival."""
    start_ns = played[0].stamp_ns
    return [
        (packet.stamp_ns - start_ns) / _NS - packet.number * plan.codec.interval_ms
        for packet in played
    ]


def _timed(
    result: VoiceResult,
    plan: VoicePlan,
    departed: Mapping[int, int],
    played: Sequence[Heard],
    offset: ClockOffset,
) -> VoiceResult:
    if not played:
        text = "No packet of the stream arrived."
        return replace(result, failure=Failure(FailureKind.TIMEOUT, "latency_ms", text))
    latencies_ms = [
        (packet.stamp_ns - offset.offset_ns - departed[packet.number]) / _NS for packet in played
    ]
    high = statistics.percentile(latencies_ms, 99)
    # A clock that is wrong by more than the path is long would put arrivals before departures.
    mouth_to_ear_ms = max(0.0, fmean(latencies_ms)) + plan.jitter_buffer_ms + plan.codec.delay_ms
    spoiled_percent = 100 * (result.lost + result.discards) / result.sent
    rating = plan.codec.rate(mouth_to_ear_ms, spoiled_percent)
    last, mean = rtp_jitter(_media_transits_ms(plan, played))
    return replace(
        result,
        dscp_received=Counter(packet.traffic_class >> 2 for packet in played).most_common(1)[0][0],
        latency_ms=fmean(latencies_ms),
        min_latency_ms=min(latencies_ms),
        max_latency_ms=max(latencies_ms),
        pdv_ms=None if high is None else high - min(latencies_ms),
        jitter_ms=last,
        mean_jitter_ms=mean,
        mouth_to_ear_ms=mouth_to_ear_ms,
        r_factor=rating.r_factor,
        mos=rating.mos,
    )


def rtp_jitter(transits_ms: Sequence[float]) -> tuple[float | None, float | None]:
    """Return RFC 3550's jitter after the last packet, and its mean over all packets but one."""
    if len(transits_ms) < 2:
        return None, None
    jitter, course = 0.0, []
    for earlier, later in pairwise(transits_ms):
        jitter += (abs(later - earlier) - jitter) / 16
        course.append(jitter)
    return jitter, fmean(course)


def _paced(result: VoiceResult, plan: VoicePlan, departed: Mapping[int, int]) -> VoiceResult:
    gaps_ms = [
        abs((departed[number + 1] - left) / _NS - plan.codec.interval_ms)
        for number, left in departed.items()
        if number + 1 in departed
    ]
    return replace(
        result,
        pacing_p50_ms=statistics.percentile(gaps_ms, 50),
        pacing_p99_ms=statistics.percentile(gaps_ms, 99),
    )
