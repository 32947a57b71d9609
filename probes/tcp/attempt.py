"""One attempt at a TCP port: a handshake, and what the kernel and our own clock say of it."""

import asyncio
import errno
import socket
import time
from dataclasses import replace

from probes.connection import failure_of
from probes.errors import ProbeError
from probes.failure import Failure, FailureKind
from probes.socket_address import Sockaddr
from probes.tcp.result import PHASE, TcpAttempt, TcpMode
from probes.tcp.tcp_info import TcpInfo, tcp_info

_MOST_CLAIMS = 8


class PortsExhausted(ProbeError):
    """No socket or source port is left here for another attempt."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"No TCP connection can be begun here: {reason}.")


def open_socket(family: socket.AddressFamily) -> socket.socket:
    """Open a TCP socket that does not block."""
    try:
        opened = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise PortsExhausted(str(error.strerror).lower()) from None
    opened.settimeout(0)
    return opened


def claim_port(sock: socket.socket) -> None:
    """Take a source port until the socket is closed.

    The kernel frees a port that it chose itself as soon as a RST comes (inet_put_port of
    tcp_set_state), so one that is free is asked for by its number.
    """
    for _ in range(_MOST_CLAIMS):
        try:
            sock.bind(("", _free_port(sock.family)))
        except OSError as error:
            # Somebody else was quicker.
            objection = str(error.strerror).lower()
            continue
        return
    raise PortsExhausted(objection)


def _free_port(family: int) -> int:
    with socket.socket(family, socket.SOCK_STREAM) as finder:
        finder.bind(("", 0))
        return int(finder.getsockname()[1])


async def attempt(
    sock: socket.socket, where: Sockaddr, mode: TcpMode, timeout_s: float
) -> TcpAttempt:
    """Try to connect; what fails on the wire is in the result."""
    began_ns = time.perf_counter_ns()
    error = await _connect(sock, where, timeout_s)
    elapsed_ms = (time.perf_counter_ns() - began_ns) / 1e6
    info, port = tcp_info(sock), _source_port(sock)
    failure = _failure(sock, error, info, timeout_s)
    if mode is TcpMode.SYN and failure is None and info.retransmits:
        failure = Failure(FailureKind.TIMEOUT, PHASE, "Only a repeated SYN was answered.")
    rtt_ms = None if info.retransmits else info.rtt_ms
    sent = failure is None or info.segments > 0
    answered = TcpAttempt(port, elapsed_ms, rtt_ms, info.retransmits, failure, sent)
    if answered.answered:
        return answered
    return replace(answered, connect_ms=None, kernel_rtt_ms=None)


async def _connect(sock: socket.socket, where: Sockaddr, timeout_s: float) -> OSError | None:
    try:
        async with asyncio.timeout(timeout_s):
            await asyncio.get_running_loop().sock_connect(sock, where)
    except OSError as error:
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAGAIN, errno.ENOBUFS):
            raise PortsExhausted(str(error.strerror).lower()) from None
        return error
    return None


def _failure(
    sock: socket.socket, error: OSError | None, info: TcpInfo, timeout_s: float
) -> Failure | None:
    if error is None:
        return _met_itself(sock)
    if isinstance(error, TimeoutError) and _in_time(info, timeout_s):
        return None
    return failure_of(error, PHASE)


def _in_time(info: TcpInfo, timeout_s: float) -> bool:
    # The answer may have reached the kernel in time while this program was busy.
    in_time = info.rtt_ms is not None and info.rtt_ms <= timeout_s * 1000
    return info.connected and in_time and not info.retransmits


def _met_itself(sock: socket.socket) -> Failure | None:
    # On loopback a SYN may leave from the very port that it goes to, which TCP allows (RFC 9293,
    # section 3.5, simultaneous open): then nobody listens there.
    if sock.getsockname() != sock.getpeername():
        return None
    return Failure(FailureKind.REFUSED, PHASE, "Nobody listens: the connection met itself.")


def _source_port(sock: socket.socket) -> int | None:
    return int(sock.getsockname()[1]) or None
