"""What can go wrong between the one who asks and the agent who measures."""

from probes.errors import ProbeError


class LetterInvalid(ProbeError):
    """A letter that does not say what a letter of its kind says."""


class EngineUnreachable(ProbeError):
    """The database that carries the letters does not answer, or is none."""


class AgentSilent(ProbeError):
    """An agent that did not answer in time: stopped, cut off, or busy beyond measure."""

    def __init__(self, address: str, patience_s: float) -> None:
        super().__init__(
            f"The agent {address} did not answer within {patience_s:.0f} s:"
            " it has stopped, or is cut off from the engine."
        )


class AgentInvalid(ProbeError):
    """A name or setting that no agent can have."""
