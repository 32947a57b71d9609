"""One machine of a laboratory: a network namespace that vanishes with the test process."""

from __future__ import annotations

import asyncio
import ctypes
import encodings.idna  # noqa: F401 - nobody may be unable to read it where it is installed
import inspect
import multiprocessing
import os
import pwd
import signal
import socket
import subprocess
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import peers
import pytest

CLONE_NEWNET = 0x4000_0000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
PATIENCE_S = 60.0
LIBC = ctypes.CDLL(None, use_errno=True)
Body = Callable[[], Any]
_LISTENING = {"tcp": "0A", "udp": "07"}


class Node:
    """A namespace held open by a descriptor: no name, nothing to clean up after a crash."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._descriptor = _in_thread(_new_namespace)

    def close(self) -> None:
        """Let the namespace go once its last process has ended."""
        os.close(self._descriptor)

    @property
    def path(self) -> str:
        """A file that stands for the namespace, as `ip link set … netns` takes it."""
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def enter(self) -> None:
        """Move the calling thread into the namespace."""
        _checked(LIBC.setns(self._descriptor, CLONE_NEWNET))

    def within(self, body: Body) -> Any:
        """Run in a thread inside the namespace: quick, for sockets and settings that stay here."""

        def inside() -> Any:
            self.enter()
            return body()

        return _in_thread(inside)

    def run(self, body: Body, patience_s: float = PATIENCE_S) -> Any:
        """Run as root in a forked child; a coroutine is awaited; failures fail the test."""
        return self._forked(body, patience_s, _stay_privileged)

    def run_unprivileged(self, body: Body, patience_s: float = PATIENCE_S) -> Any:
        """Run as nobody without any capability, otherwise like `run`.

        Import beforehand what the body needs: nobody may not read the folder it lies in.
        """
        return self._forked(body, patience_s, _become_nobody)

    @contextmanager
    def serving(self, body: Callable[[Callable[[Any], None]], Any]) -> Iterator[Any]:
        """Run `body(announce)` in a forked child until the block ends.

        The block begins when the body announces something, and that is its value.
        """
        child, here = self._fork(_stay_privileged, lambda there: _serve(body, there))
        try:
            yield _outcome(here, PATIENCE_S)
        finally:
            _end(child, here)

    def command(self, argv: Sequence[str]) -> list[str]:
        """Turn a command into one that runs inside, and dies with the test process."""
        dying = ["setpriv", "--pdeathsig", "KILL"]
        return [*dying, "nsenter", f"--net={self.path}", "--", *map(str, argv)]

    def exec(self, command: str | Sequence[str], words: str | None = None) -> str:
        """Run a command to its end, a string by the shell, and return what it printed."""
        argv = ["sh", "-c", command] if isinstance(command, str) else command
        done = subprocess.run(
            self.command(argv),
            input=words,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"{self.name}: {command}: {done.stderr or done.stdout}")
        return done.stdout

    def popen(self, argv: Sequence[str], **settings: Any) -> subprocess.Popen[bytes]:
        """Start a program inside; whoever calls ends it."""
        return subprocess.Popen(self.command(argv), **settings)

    def running(
        self,
        argv: Sequence[str],
        log: Path,
        ready: Callable[[], bool],
        stop: int = signal.SIGTERM,
    ) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """Run a server inside until the block ends; see `peers.running`."""
        return peers.running(self.command(argv), log, ready, stop)

    def listens(self, port: int, protocol: str = "tcp") -> bool:
        """Tell whether something here waits on this port, without disturbing it."""
        ending, state = f":{port:04X}", _LISTENING[protocol]
        rows = self.within(lambda: _sockets(protocol))
        return any(row[1].endswith(ending) and row[3] == state for row in rows)

    def set(self, name: str, value: object) -> None:
        """Set a sysctl under net, by its path; one that this kernel lacks is left."""

        def write() -> None:
            with suppress(FileNotFoundError):
                Path("/proc/sys/net", name).write_text(str(value))

        self.within(write)

    def socket(self, *kind: int) -> socket.socket:
        """Open a socket inside for use outside."""
        opened: socket.socket = self.within(lambda: socket.socket(*kind))
        return opened

    def _forked(self, body: Body, patience_s: float, become: Callable[[], None]) -> Any:
        child, here = self._fork(become, lambda there: there.send(("done", _awaited(body()))))
        try:
            return _outcome(here, patience_s)
        finally:
            _end(child, here)

    def _fork(
        self, become: Callable[[], None], body: Callable[[Connection], None]
    ) -> tuple[BaseProcess, Connection]:
        fork = multiprocessing.get_context("fork")
        here, there = fork.Pipe()
        child = fork.Process(target=self._child, args=(there, become, body))
        with warnings.catch_warnings():
            # Newer Pythons warn of forking beside threads; the child needs none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            child.start()
        there.close()
        return child, here

    def _child(
        self, there: Connection, become: Callable[[], None], body: Callable[[Connection], None]
    ) -> None:
        try:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            self.enter()
            become()
            body(there)
        except pytest.skip.Exception as skipped:
            there.send(("skipped", str(skipped)))
        except BaseException:  # noqa: BLE001 - whatever it was, the parent is to report it
            with suppress(OSError):
                there.send(("failed", traceback.format_exc()))


def _serve(body: Callable[[Callable[[Any], None]], Any], there: Connection) -> None:
    _awaited(body(lambda value: there.send(("done", value))))


def _awaited(value: Any) -> Any:
    return asyncio.run(value) if inspect.iscoroutine(value) else value


def _outcome(here: Connection, patience_s: float) -> Any:
    try:
        kind, content = here.recv() if here.poll(patience_s) else ("failed", "no answer in time")
    except EOFError:
        kind, content = "failed", "the child ended without a word"
    if kind == "skipped":
        pytest.skip(content)
    if kind == "failed":
        pytest.fail(content, pytrace=False)
    return content


def _end(child: BaseProcess, here: Connection) -> None:
    child.kill()
    child.join()
    child.close()
    here.close()


def _stay_privileged() -> None:
    """Keep all rights."""


def _become_nobody() -> None:
    nobody = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    # Changing the user made /proc/self unreadable and cleared the wish to die with the parent.
    LIBC.prctl(PR_SET_DUMPABLE, 1)
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _sockets(protocol: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for table in (protocol, f"{protocol}6"):
        with suppress(FileNotFoundError):
            text = Path("/proc/thread-self/net", table).read_text()
            rows += [line.split() for line in text.splitlines()[1:]]
    return rows


def _new_namespace() -> int:
    _checked(LIBC.unshare(CLONE_NEWNET))
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


def _checked(status: int) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _in_thread(body: Body) -> Any:
    # A namespace belongs to a thread; this one ends, so nothing has to be put back.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(body).result(PATIENCE_S)
