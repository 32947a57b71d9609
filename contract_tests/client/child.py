"""A client's process: started in a group of its own, watched, and never left behind."""

from __future__ import annotations

import os
import secrets
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from contract_tests.client.streams import Pipes

GRACE_S = 2.0  # between asking a process to end, and ending it
_MARK = "CONTRACT_TESTS_RUN"
_SLICE_S = 0.2
_PROC = Path("/proc")


class NoCommand(Exception):
    """The command cannot be started; the message says why."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is to be run, with which environment; `time_limit_s` of 0 is none."""

    args: Sequence[str]
    environment: Mapping[str, str]
    time_limit_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: `code` is negative for a signal; what it wrote last is in the pipes."""

    code: int
    hung: bool
    elapsed_s: float


@dataclass(slots=True, eq=False)
class Child:
    """One process. `signal` may be called from a signal handler."""

    command: Command
    pipes: Pipes
    stdin: int | None = None
    on_start: Callable[[], object] = lambda: None
    _process: subprocess.Popen[bytes] | None = None
    _ends_at: float = 0.0
    _mark: str = field(default_factory=lambda: secrets.token_hex(8))

    def start(self) -> None:
        """Start it; NoCommand if there is no such program."""
        try:
            self._process = subprocess.Popen(  # noqa: S603  (what the user asked us to run)
                list(self.command.args),
                stdin=self.stdin,
                stdout=self.pipes.out.given,
                stderr=self.pipes.err.given,
                env={**self.command.environment, _MARK: self._mark},
                process_group=0,
            )
        except OSError as error:
            raise NoCommand(_why(self.command.args[0], error)) from None
        finally:
            self.pipes.started()
        self.on_start()

    @property
    def group(self) -> int:
        """The id of its process group."""
        return self._process.pid if self._process else 0

    def signal(self, number: int) -> None:
        """Pass a signal on; after the second one, or when the grace is over, it is ended."""
        self._send(signal.SIGKILL if self._ends_at else number)
        self._ends_at = time.monotonic() + 5 * GRACE_S

    def wait(self) -> Ended:
        """Return once it has ended, or was stopped at its limit; nothing of it lives on."""
        assert self._process is not None  # noqa: S101
        began = time.monotonic()
        limit_s = self.command.time_limit_s
        hung = not self._ended_by(began + limit_s if limit_s else 0.0)
        if hung:
            self._send(signal.SIGTERM)
            self._ended_by(time.monotonic() + GRACE_S)
        self._sweep()
        code = self._process.wait()
        self.pipes.finish()
        return Ended(code, hung, time.monotonic() - began)

    def _ended_by(self, limit: float) -> bool:
        """Wait until `limit` (0 is for ever); tell whether it has ended by then."""
        with _watched(self.group) as watched:
            while not watched.poll(1000 * _SLICE_S):
                now = time.monotonic()
                if limit and now >= limit:
                    return False
                if self._ends_at and now >= self._ends_at:
                    self._send(signal.SIGKILL)
        return True

    def _sweep(self) -> None:
        """End whatever of it is still there, also what left its group."""
        strays = list(_strays(self._mark))
        for pid in strays:
            _kill(pid, signal.SIGTERM)
        until = time.monotonic() + GRACE_S
        while strays and time.monotonic() < until:
            time.sleep(0.02)
            strays = list(_strays(self._mark))
        self._send(signal.SIGKILL)
        for pid in strays:
            _kill(pid, signal.SIGKILL)

    def _send(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, number)


class _watched:  # noqa: N801  (read as a verb)
    """Polls a process for its end, without taking its exit code."""

    def __init__(self, pid: int) -> None:
        self._pid, self._file = pid, -1

    def __enter__(self) -> select.poll:
        self._file = os.pidfd_open(self._pid)
        poll = select.poll()
        poll.register(self._file, select.POLLIN)
        return poll

    def __exit__(self, *_: object) -> None:
        os.close(self._file)


def _strays(mark: str) -> Iterator[int]:
    """Yield processes with our mark in their environment that are alive still."""
    wanted = f"{_MARK}={mark}".encode()
    for folder in _PROC.iterdir():
        if not folder.name.isdigit():
            continue
        with suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


def _kill(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def _why(program: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"there is no command {program!r}"
    return f"the command {program!r} cannot be started: {error.strerror}"
