"""Signals that come to us are the child's: passed on; and the terminal is its own meanwhile."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from contract_tests.client.child import Child
from contract_tests.run.signals import Ending

_FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def forwarded(child: Child) -> Iterator[Ending]:
    """Pass signals on to a child while it runs; what came last is told by what is yielded."""
    ending = Ending()

    def passed_on(number: int, frame: FrameType | None) -> None:
        del frame
        ending.number = number
        child.signal(number)

    if threading.current_thread() is not threading.main_thread():
        yield ending
        return
    before = {each: signal.signal(each, passed_on) for each in _FORWARDED}
    try:
        with _terminal(child):
            yield ending
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def _terminal(child: Child) -> Iterator[None]:
    """Give the terminal to the child's group once it runs, and take it back afterwards."""
    if not os.isatty(0) or os.tcgetpgrp(0) != os.getpgrp():
        yield
        return
    # Who takes a terminal back from the background would be stopped for it.
    before = signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    child.on_start = lambda: _begun(child.group)
    try:
        yield
    finally:
        _hand_over(os.getpgrp())
        signal.signal(signal.SIGTTOU, before)


def _begun(group: int) -> None:
    _hand_over(group)
    # It may have read from the terminal before that was its own, and have been stopped for it.
    with suppress(OSError):
        os.killpg(group, signal.SIGCONT)


def _hand_over(group: int) -> None:
    with suppress(OSError):
        os.tcsetpgrp(0, group)
