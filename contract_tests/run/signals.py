"""Ctrl-C and SIGTERM end a run, and leave it the time to clean up and to report."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_HEARD = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class Ending:
    """The signal that came, if one did; 0 if none."""

    number: int = 0

    @property
    def code(self) -> int:
        """The exit code that shells know: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.number


@contextmanager
def heeded() -> Iterator[Ending]:
    """Turn both signals into KeyboardInterrupt, every time; what came is told by what is yielded.

    Some libraries take the exception for themselves: look at `number` after calling them.
    """
    ending = Ending()

    def end(number: int, frame: FrameType | None) -> None:
        del frame
        ending.number = number
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    before = {each: signal.signal(each, end) for each in _HEARD}
    try:
        yield ending
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
