"""What a process writes: passed on byte by byte where somebody reads it, the last part kept."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field

_KEPT = 2**18  # bytes of each stream: the end tells why a client died
_CHUNK = 2**16
_PATIENCE_S = 2.0


@dataclass(slots=True)
class Stream:
    """One output. `to` is the file descriptor that it is passed on to, None for nowhere.

    `is_direct` leaves the descriptor to the child itself, which a terminal needs: nothing is kept.
    """

    to: int | None = None
    is_direct: bool = False
    _kept: bytearray = field(default_factory=bytearray)
    _ends: tuple[int, int] | None = None
    _thread: threading.Thread | None = None

    @property
    def given(self) -> int:
        """The descriptor that a child is given."""
        if self.is_direct:
            return subprocess.DEVNULL if self.to is None else self.to
        if self._ends is None:
            self._ends = os.pipe()
        return self._ends[1]

    @property
    def text(self) -> str:
        """The last part of what was written."""
        return bytes(self._kept).decode("utf-8", "replace")

    def started(self) -> None:
        """Read from now on: the child has its end."""
        if self._ends is None:
            return
        os.close(self._ends[1])
        self._thread = threading.Thread(target=self._read, args=(self._ends[0],), daemon=True)
        self._thread.start()

    def finish(self) -> None:
        """Wait for the last bytes."""
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)

    def _read(self, end: int) -> None:
        with suppress(OSError):
            while chunk := os.read(end, _CHUNK):
                self._kept += chunk
                del self._kept[:-_KEPT]
                self._pass_on(chunk)
        os.close(end)

    def _pass_on(self, chunk: bytes) -> None:
        while chunk and self.to is not None:
            try:
                chunk = chunk[os.write(self.to, chunk) :]
            except OSError:
                # Whoever read it is gone; the child may go on, and is judged all the same.
                self.to = None


@dataclass(slots=True)
class Pipes:
    """Both outputs of a process."""

    out: Stream = field(default_factory=Stream)
    err: Stream = field(default_factory=Stream)

    def started(self) -> None:
        """Read both from now on."""
        self.out.started()
        self.err.started()

    def finish(self) -> None:
        """Wait for the last bytes of both."""
        self.out.finish()
        self.err.finish()


def passing() -> Pipes:
    """Return pipes to our own outputs; a terminal is left to the child as it is."""
    return Pipes(*(Stream(number, is_direct=os.isatty(number)) for number in (1, 2)))
