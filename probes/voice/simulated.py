"""The voice probe over a simulated network."""

from __future__ import annotations

from random import Random

from probes.failure import Failure, FailureKind
from probes.journey import Journey
from probes.resolve import check_name
from probes.responder.offset import ClockOffset
from probes.simulated import SimulatedNetwork
from probes.voice.evaluation import Heard, blank, evaluate
from probes.voice.plan import VoicePlan
from probes.voice.result import VoiceResult

_LATENESS_MS = 0.06
"""Mean lateness of a sending thread on an idle machine."""
_NS = 1e6
_TO_RATE_CLOCKS = 8


async def simulated_voice(plan: VoicePlan, network: SimulatedNetwork) -> VoiceResult:
    """Send every packet half the way of a round trip, and judge them as those of a live stream."""
    check_name(plan.target)
    stream = network.turn("voice", plan.target)
    address = str(network.address(plan.target))
    journey = Journey(network, plan.target, stream, plan.timeout_s * 1000)
    # Connect, ask, and be granted.
    talks = [journey.exchange_ms() for _ in range(2)]
    if None in talks:
        await network.clock.sleep(journey.spent_ms / 1000)
        text = f"No answer came within {plan.timeout_s:g} s."
        return blank(plan, address, Failure(FailureKind.TIMEOUT, "connect", text))
    left_ns, heard = _stream(plan, network, stream)
    await network.clock.sleep((journey.spent_ms + plan.request.duration_ms) / 1000)
    return evaluate(plan, address, left_ns, heard, _clocks(plan, network, stream))


def _stream(
    plan: VoicePlan, network: SimulatedNetwork, stream: Random
) -> tuple[list[int | None], list[Heard]]:
    left_ns: list[int | None] = []
    heard: list[Heard] = []
    for number in range(plan.packets):
        due_ms = number * plan.codec.interval_ms + 2 * _LATENESS_MS * stream.random()
        left_ns.append(round(due_ms * _NS))
        rtt_ms = network.round_trip_ms(plan.target, stream)
        if rtt_ms is not None:
            heard.append(Heard(number, round((due_ms + rtt_ms / 2) * _NS), plan.dscp << 2))
    return left_ns, sorted(heard, key=lambda packet: packet.stamp_ns)


def _clocks(plan: VoicePlan, network: SimulatedNetwork, stream: Random) -> ClockOffset:
    """Know the offset as well as greetings would have told; the clocks themselves agree."""
    trips = [network.round_trip_ms(plan.target, stream) for _ in range(_TO_RATE_CLOCKS)]
    known = [trip for trip in trips if trip is not None]
    return ClockOffset(0, round(min(known, default=0.0) / 2 * _NS))
