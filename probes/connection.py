"""TCP to a pinned address, where a peer may lead, and what an error on the way is called."""

import asyncio
import errno
import os
import socket
import ssl
from contextlib import suppress
from pathlib import Path
from typing import cast

from probes.errors import PlanInvalid
from probes.failure import Failure, FailureKind
from probes.gate import Gate
from probes.targets import Address, family_of
from probes.tcp.tcp_info import tcp_info


class Stopped(Exception):
    """Carries the failure that ends a measurement from wherever it was met."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


async def connected(address: Address, port: int) -> socket.socket:
    """Open a TCP connection to this very address; OSError says why not."""
    opened = socket.socket(family_of(address), socket.SOCK_STREAM)
    try:
        opened.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        loop = asyncio.get_running_loop()
        await loop.sock_connect(opened, (str(address), port))
        _refuse_itself(opened)
    except BaseException:
        opened.close()
        raise
    return opened


def handshake_s(opened: socket.socket, elapsed_s: float) -> float:
    """Say what the handshake took from SYN to SYN-ACK; `elapsed_s` is what the caller saw.

    It is the kernel's figure where no SYN was lost: on a busy machine the event loop hears of
    the answer late.
    """
    info = tcp_info(opened)
    if info.rtt_ms is None or info.retransmits:
        return elapsed_s
    return min(elapsed_s, info.rtt_ms / 1000)


def _refuse_itself(opened: socket.socket) -> None:
    # On loopback a SYN may meet the very port that it left from, where nobody listens.
    if opened.getsockname() == opened.getpeername():
        raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


async def client_context(*, verify: bool, ca_file: Path | None) -> ssl.SSLContext:
    """Make ready for TLS; `ca_file` (PEM) replaces the system's authorities."""
    # Some 30 ms go into reading the authorities, for which no other probe is to wait.
    return await asyncio.to_thread(_context, verify=verify, ca_file=ca_file)


def _context(*, verify: bool, ca_file: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise PlanInvalid(f"The authorities in {ca_file} cannot be read: {error}.") from None
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def misled(gate: Gate, peer: Address, pointed: str, phase: str) -> Failure | None:
    """Say why the address that this peer pointed to may not be contacted; None if it may.

    The peer itself may. Nobody else's server may point into this machine, whose loopback is
    open to those who were asked to probe it.
    """
    if pointed == str(peer):
        return None
    if failure := gate.objection(pointed, phase):
        return failure
    if gate.check(pointed).is_loopback and not peer.is_loopback:
        message = f"{peer} pointed to {pointed}, which is this machine itself."
        return Failure(FailureKind.NOT_ALLOWED, phase, message)
    return None


def failure_of(error: Exception, phase: str) -> Failure:
    """Name what the socket, TLS or asyncio raised while this phase was timed."""
    if isinstance(error, Stopped):
        return error.failure
    kinds = (kind for errors, kind in _KINDS if isinstance(error, errors))
    kind = next(kinds, FailureKind.UNREACHABLE)
    return Failure(kind, phase, f"{_WORDS[kind]}{_reason(error)}.")


# In this order: an error of ssl is an OSError, and so is a TimeoutError.
_KINDS = (
    ((ssl.SSLError,), FailureKind.TLS),
    ((ConnectionRefusedError,), FailureKind.REFUSED),
    ((TimeoutError,), FailureKind.TIMEOUT),
    ((ConnectionError, EOFError), FailureKind.RESET),
)

_WORDS = {
    FailureKind.TLS: "TLS with the server failed",
    FailureKind.REFUSED: "The server refused the connection",
    FailureKind.TIMEOUT: "The server did not answer in time",
    FailureKind.RESET: "The server closed the connection before the end",
    FailureKind.UNREACHABLE: "The server cannot be reached",
}


def _reason(error: Exception) -> str:
    """Say more where the kind alone says little; asyncio's own words name its calls."""
    text = None
    if isinstance(error, ssl.SSLCertVerificationError):
        text = error.verify_message
    elif isinstance(error, ssl.SSLError):
        text = (error.reason or "").replace("_", " ").lower()
    elif isinstance(error, OSError) and not isinstance(error, (ConnectionError, TimeoutError)):
        text = os.strerror(error.errno) if error.errno else None
    return f" ({text})" if text else ""


def abort(transport: asyncio.BaseTransport | None) -> None:
    """Drop a connection at once, if it is still there."""
    # Python 3.11: a transport that has lost its connection has let go of its loop as well.
    if transport is not None:
        with suppress(AttributeError):
            # Datagram transports have it too, and uvloop's are of no class of asyncio's.
            cast("asyncio.WriteTransport", transport).abort()
