"""The voice probe: an RTP stream to a responder, and how it would have sounded."""

from probes.voice.plan import VoicePlan
from probes.voice.result import VoiceResult

__all__ = ["VoicePlan", "VoiceResult"]
