"""What a voice stream is to be like."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from probes.errors import PlanInvalid
from probes.quality.codecs import CODECS, Codec
from probes.responder import DEFAULT_PORT
from probes.responder.messages import LONGEST_MS, Kind, Request
from probes.responder.rtp import HEADER_BYTES

if TYPE_CHECKING:
    from probes.live import LiveNetwork
    from probes.simulated import SimulatedNetwork
    from probes.voice.result import VoiceResult

EXPEDITED = 46
LARGEST_BUFFER_MS = 150


@dataclass(frozen=True, slots=True)
class VoicePlan:
    """An RTP stream from here to a responder at the target (`probes respond`), one way.

    The defaults are those of ThousandEyes' voice tests, which last 5 to 30 s; shorter ones are
    allowed. `codec_id` is a key of `probes.quality.CODECS`, `dscp` the six bits of RFC 2474.
    """

    most_at_once: ClassVar[int] = 16

    target: str
    port: int = DEFAULT_PORT
    codec_id: int = 0
    dscp: int = EXPEDITED
    duration_s: float = 5.0
    jitter_buffer_ms: int = 40
    timeout_s: float = 5.0

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        if self.codec_id not in CODECS:
            raise PlanInvalid(f"There is no codec {self.codec_id}: expected 0 to {max(CODECS)}.")
        if not 1 <= self.port <= 65_535:
            raise PlanInvalid(f"The port is {self.port}: expected 1 to 65535.")
        if not 0 <= self.jitter_buffer_ms <= LARGEST_BUFFER_MS:
            text = f"expected 0 to {LARGEST_BUFFER_MS}"
            raise PlanInvalid(f"The jitter buffer is {self.jitter_buffer_ms} ms: {text}.")
        if not 0.1 <= self.duration_s <= LONGEST_MS / 1000:
            text = f"expected 0.1 to {LONGEST_MS // 1000}"
            raise PlanInvalid(f"The duration is {self.duration_s} s: {text}.")
        if not (math.isfinite(self.timeout_s) and self.timeout_s > 0):
            raise PlanInvalid(f"The timeout must be more than zero seconds, not {self.timeout_s}.")
        self.request  # noqa: B018 - made to be checked

    @property
    def codec(self) -> Codec:
        """The codec with this number."""
        return CODECS[self.codec_id]

    @property
    def packets(self) -> int:
        """How many packets fill the duration."""
        return max(2, int(self.duration_s * 1000 / self.codec.interval_ms))

    @property
    def request(self) -> Request:
        """What the responder is asked for."""
        size = HEADER_BYTES + self.codec.payload_bytes
        duration_ms = self.packets * self.codec.interval_ms
        return Request(Kind.VOICE, self.packets, size, duration_ms, self.dscp)

    async def live(self, network: LiveNetwork) -> VoiceResult:
        """Send the stream."""
        from probes.voice.probe import voice  # noqa: PLC0415 - plans are cheap to import

        return await voice(self, network)

    async def simulated(self, network: SimulatedNetwork) -> VoiceResult:
        """Make up what the path does to every packet."""
        from probes.voice.simulated import simulated_voice  # noqa: PLC0415 - the same

        return await simulated_voice(self, network)
