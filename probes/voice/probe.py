"""The voice probe over a live network."""

from __future__ import annotations

from contextlib import closing

from probes.errors import PlanInvalid
from probes.live import LiveNetwork
from probes.resolve import PinnedTarget
from probes.responder.caller import Call, CallEnded, calling
from probes.responder.offset import ClockOffset
from probes.responder.rtp import RtpHeader, voice_packet
from probes.responder.stream import Make, Stream, demand_any, greet, greet_again, open_socket, send
from probes.voice.evaluation import Heard, blank, evaluate
from probes.voice.plan import VoicePlan
from probes.voice.result import VoiceResult

_LATEST_S = 1.0


async def voice(plan: VoicePlan, network: LiveNetwork) -> VoiceResult:
    """Send the stream to the responder at the target, and judge what it says it got."""
    most = network.gate.limits.bits_per_s
    if plan.request.bits_per_s > most:
        raise PlanInvalid(f"The stream needs {plan.request.bits_per_s:.0f} bit/s of {most}.")
    pinned = await network.gate.admit(plan.target)
    try:
        stream, rows, offset = await _converse(plan, pinned)
    except CallEnded as ended:
        return blank(plan, str(pinned.address), ended.failure)
    heard = [Heard(*row) for row in rows]
    return evaluate(plan, str(pinned.address), stream.left_ns, heard, offset)


async def _converse(
    plan: VoicePlan, pinned: PinnedTarget
) -> tuple[Stream, list[list[int]], ClockOffset]:
    async with calling(pinned, plan.port, plan.request, plan.timeout_s) as call:
        with closing(open_socket(call)) as sock:
            before = await greet(call, sock)
            stream = await send(call, sock, _maker(plan, call), _LATEST_S)
            demand_any(stream.sent, stream.refused)
            offset = await greet_again(call, sock, before)
            rows = await call.report(round(_LATEST_S * 1000), 3, plan.timeout_s + _LATEST_S)
            return stream, rows, offset


def _maker(plan: VoicePlan, call: Call) -> Make:
    codec, source = plan.codec, int.from_bytes(call.grant.token[:4])

    def make(number: int) -> bytes:
        timestamp = number * codec.clock_ticks & 0xFFFF_FFFF
        header = RtpHeader(codec.payload_type, number, timestamp, source, marker=number == 0)
        return voice_packet(header, codec.payload_bytes)

    return make
