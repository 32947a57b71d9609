"""One TCP probe: the SYN of a connection that is given up as soon as something answers it."""

import errno
import os
import socket
import struct
import time
from collections.abc import Hashable

from probes.flight import round_trip_ms
from probes.socket_address import Sockaddr
from probes.sockets import Arrival
from probes.tcp.tcp_info import tcp_info
from probes.timestamps import SO_TIMESTAMPNS_NEW
from probes.trace.channels import ttl_option
from probes.trace.error_queue import ErrorQueue
from probes.trace.lane import Lane
from probes.trace.shot import Answer, Shot

_ABORT = struct.pack("=ii", 1, 0)
_UNDER_WAY = frozenset({0, errno.EINPROGRESS})
_NO_PORT = frozenset({errno.EADDRINUSE, errno.EADDRNOTAVAIL})


class TcpChannel:
    """A socket for one connection attempt; without rights the kernel allows one a flow."""

    def __init__(self, family: socket.AddressFamily, key: Hashable) -> None:
        self.key = key
        self._sock = socket.socket(family, socket.SOCK_STREAM)
        self._sock.settimeout(0)
        # Closing sends RST instead of waiting for the peer.
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        self._sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS_NEW, 1)
        self._queue = ErrorQueue(self._sock, 0)
        self._shot: Shot | None = None
        self._refused = False

    def fileno(self) -> int:
        """Descriptor to wait on."""
        return self._sock.fileno()

    def close(self) -> None:
        """Give the descriptor back."""
        self._sock.close()

    def send(self, shot: Shot, where: Sockaddr) -> None:
        """Send a SYN; OSError says why the kernel would not."""
        self._sock.setsockopt(*ttl_option(self._sock), shot.ttl)
        self._bind(shot.lane)
        self._shot, shot.channel = shot, self
        shot.wall_ns, shot.steady_ns = time.time_ns(), time.monotonic_ns()
        self._begun(self._sock.connect_ex(where))

    def read(self) -> list[Lane]:
        """Take in what has come; return the lane if it learnt something."""
        shot = self._shot
        if shot is None:
            return []
        report = next(self._queue.drain(_ignore), None)
        answer = report.answer if report else self._handshake(shot)
        if answer is None:
            return []
        stamp_ns = report.stamp_ns if report else None
        clocks = time.time_ns(), time.monotonic_ns()
        arrival = Arrival(b"", shot.lane.host, stamp_ns, *clocks)
        rtt_ms = self._handshake_ms() or round_trip_ms(shot, arrival)
        self._shot = None
        if rtt_ms > shot.timeout_ms:
            return []
        shot.answer, shot.rtt_ms = answer, rtt_ms
        shot.lane.heard(shot)
        return [shot.lane]

    def forget(self, shot: Shot) -> None:
        """Wait for it no longer."""
        if self._shot is shot:
            self._shot = None

    @property
    def is_done(self) -> bool:
        """Whether there is nothing more to wait for."""
        return self._shot is None

    def _bind(self, lane: Lane) -> None:
        if not lane.is_alone:
            return
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._sock.bind(("", lane.source_port))
        except OSError as error:
            if error.errno in _NO_PORT:
                raise _no_port(error.errno) from error
            raise
        lane.source_port = self._sock.getsockname()[1]

    def _begun(self, code: int) -> None:
        if code in _UNDER_WAY:
            return
        self._refused = code == errno.ECONNREFUSED
        # On a short way the answer is there before the call returns.
        if self._refused or code == errno.EHOSTUNREACH:
            return
        if code in _NO_PORT:
            raise _no_port(code)
        raise OSError(code, os.strerror(code))

    def _handshake(self, shot: Shot) -> Answer | None:
        code = self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        refused = self._refused or code == errno.ECONNREFUSED
        if refused or tcp_info(self._sock).connected:
            return Answer(shot.lane.host)
        return None

    def _handshake_ms(self) -> float | None:
        known = tcp_info(self._sock)
        return known.rtt_ms if known.connected else None


def _no_port(code: int) -> BlockingIOError:
    """Say that ports lack, which may pass."""
    return BlockingIOError(code, os.strerror(code))


def _ignore(_number: int, _left_ns: int | None) -> None:
    """SYNs are not stamped."""
