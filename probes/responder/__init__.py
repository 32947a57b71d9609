"""The other end of voice, agent-to-agent and throughput measurements, and how to talk to it."""

from probes.responder.messages import DEFAULT_PORT

__all__ = ["DEFAULT_PORT"]
