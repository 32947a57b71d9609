"""What the guard knows of one connection that the browser asked for."""

from dataclasses import dataclass

from probes.failure import Failure


@dataclass(slots=True)
class Passage:
    """Times are seconds of the monotonic clock, which is Chromium's clock for events too."""

    host: str
    port: int
    asked_s: float
    resolving_s: float | None = None
    """When resolving began; None for an address, and for a name that had been resolved before."""
    resolved_s: float | None = None
    connecting_s: float | None = None
    """When connecting to the pinned address began."""
    connected_s: float | None = None
    """When the peer had accepted the connection."""
    address: str | None = None
    failure: Failure | None = None
    named: bool = False
    """Whether a request named the host, or it is an address; else the browser asked by itself."""

    def resolving_took_s(self, since_s: float) -> float | None:
        """Say how long the name was resolved after this moment."""
        return _span(self.resolving_s, self.resolved_s, since_s)

    def connecting_took_s(self, since_s: float) -> float | None:
        """Say how long the connection was made after this moment."""
        return _span(self.connecting_s, self.connected_s, since_s)


def _span(begin_s: float | None, end_s: float | None, since_s: float) -> float | None:
    if begin_s is None or end_s is None:
        return None
    return max(0.0, end_s - max(begin_s, since_s))
