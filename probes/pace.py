"""A bound on packets a second that all engines of a network share."""

BURST_S = 0.05


class Pace:
    """A token bucket (RFC 2697's single rate, one colour): full after 50 ms of rest."""

    def __init__(self, per_s: int) -> None:
        self._per_s = per_s
        self._depth = max(1.0, per_s * BURST_S)
        self._tokens = self._depth
        self._at = 0.0

    def take(self, now_s: float) -> bool:
        """Take leave to send one packet now; False when the sender has to wait."""
        self._tokens = min(self._depth, self._tokens + (now_s - self._at) * self._per_s)
        self._at = now_s
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
