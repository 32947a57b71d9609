"""Private networks for tests: no packet leaves the loopback of a namespace made for one test."""

from __future__ import annotations

import ctypes
import fcntl
import multiprocessing
import os
import socket
import struct
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

CLONE_NEWUSER, CLONE_NEWNET = 0x1000_0000, 0x4000_0000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
PATIENCE_S = 60

LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Namespace:
    """Settings of a network that exists for one body of code."""

    sockets: str = "raw"
    silent: bool = False

    def run(self, body: Callable[[], object]) -> object:
        """Run the body in a forked child inside the namespace; its failures fail the test."""
        fork = multiprocessing.get_context("fork")
        here, there = fork.Pipe()
        child = fork.Process(target=self._child, args=(there, body))
        with warnings.catch_warnings():
            # Newer Pythons warn of forking beside threads; the child needs none of them.
            warnings.simplefilter("ignore", DeprecationWarning)
            child.start()
        there.close()
        try:
            kind, content = here.recv() if here.poll(PATIENCE_S) else ("failed", "no answer")
        finally:
            child.kill()
            child.join()
        if kind == "skipped":
            pytest.skip(content)
        if kind == "failed":
            pytest.fail(content, pytrace=False)
        return content

    def _child(self, there: Connection, body: Callable[[], object]) -> None:
        try:
            enter_network()
        except OSError as error:
            there.send(("skipped", f"needs network namespaces: {error}"))
            return
        try:
            self._settle()
            there.send(("done", body()))
        except BaseException:  # noqa: BLE001 - whatever it was, the parent is to report it
            there.send(("failed", traceback.format_exc()))

    def _settle(self) -> None:
        raise_loopback()
        if self.sockets == "datagram":
            Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 0")
        if self.silent:
            Path("/proc/sys/net/ipv4/icmp_echo_ignore_all").write_text("1")


def enter_network() -> None:
    """Move this process into a network of its own, with or without being root."""
    if LIBC.unshare(CLONE_NEWNET) == 0:
        return
    user, group = os.getuid(), os.getgid()
    if LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def raise_loopback() -> None:
    """Do what `ip link set lo up` does, where that program may be missing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack_from("16xh", fcntl.ioctl(control, SIOCGIFFLAGS, request))
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))
