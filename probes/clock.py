"""The clock a simulated network keeps: one that is handed in, or one that never waits."""

from typing import Protocol


class Clock(Protocol):
    """Tells the time and waits for a time to come."""

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        ...

    async def sleep(self, delay_s: float) -> None:
        """Return once `delay_s` seconds of this clock have passed."""
        ...


class InstantClock:
    """A clock on which waiting takes no time: whoever sleeps moves it."""

    def __init__(self, start_ms: int = 0) -> None:
        self._now_ms = float(start_ms)

    def now_ms(self) -> int:
        """Return milliseconds since the epoch, UTC."""
        return int(self._now_ms)

    async def sleep(self, delay_s: float) -> None:
        """Move on by `delay_s` seconds."""
        self._now_ms += delay_s * 1000
