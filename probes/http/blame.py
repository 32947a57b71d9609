"""What libcurl's error codes and words are called in a result."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass

from probes.failure import Failure, FailureKind

# https://curl.se/libcurl/c/libcurl-errors.html; pycurl names only some of them.
WEIRD_REPLY, CUT_OFF = 8, 18
_CONNECT, _TIMEOUT, _QUIC = 7, 28, 96
_TLS = frozenset({35, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98})
_BROKEN_OFF = frozenset({CUT_OFF, 52})
_TRANSPORT = frozenset({55, 56})
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EACCES})
_RESETS = re.compile(
    r"reset by peer|broken pipe|unexpected eof|SSL_ERROR_SYSCALL|connection (was )?closed"
    r"|reset by server|closed abruptly|connection died",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"^(SSL certificate OpenSSL verify result: |SSL: |TLS connect error: |SSL_\w+: |error:\w+:)+"
)
_CERTIFICATE = (
    ("has expired", "The server's certificate has expired"),
    ("not yet valid", "The server's certificate is not valid yet"),
    ("self-signed certificate in", "The issuer of the server's certificate is not trusted"),
    ("self-signed", "The server's certificate is signed by itself"),
    ("issuer certificate", "The issuer of the server's certificate is not trusted"),
    ("target host", "The server's certificate is for another name"),
)
_LEADS = {
    FailureKind.REFUSED: "The server refused the connection",
    FailureKind.UNREACHABLE: "The server cannot be reached",
    FailureKind.RESET: "The server broke the connection off",
    FailureKind.TLS: "The TLS handshake failed",
    FailureKind.PROTOCOL: "The server did not speak HTTP as expected",
    FailureKind.TIMEOUT: "The exchange did not end in time",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What libcurl said: its code, its words, and the system's error number or 0."""

    code: int
    words: str
    errno: int = 0


def failure_of(complaint: Complaint, phase: str) -> Failure:
    """Name what ended an exchange while this phase was timed."""
    kind = _kind(complaint, phase)
    lead = _certificate_lead(complaint) or _LEADS[kind]
    reason = _reason(complaint)
    return Failure(kind, phase, f"{lead} ({reason}).")


def _kind(complaint: Complaint, phase: str) -> FailureKind:
    if complaint.code == _TIMEOUT or complaint.errno == errno.ETIMEDOUT:
        return FailureKind.TIMEOUT
    if phase == "connect" and complaint.errno == errno.ECONNREFUSED:
        return FailureKind.REFUSED
    if phase == "connect" and (complaint.code == _CONNECT or complaint.errno in _UNREACHABLE):
        return FailureKind.UNREACHABLE
    if complaint.code in _BROKEN_OFF or _RESETS.search(complaint.words):
        return FailureKind.RESET
    if complaint.code in _TLS or _is_alert(complaint):
        return FailureKind.TLS
    return FailureKind.RESET if complaint.errno == errno.ECONNRESET else FailureKind.PROTOCOL


def _is_alert(complaint: Complaint) -> bool:
    # In TLS 1.3 a server refuses the client's certificate after the client's handshake is done.
    spoken = complaint.code in _TRANSPORT or complaint.code == _QUIC
    return spoken and ("alert" in complaint.words or "SSL routines" in complaint.words)


def _certificate_lead(complaint: Complaint) -> str | None:
    if complaint.code not in (60, _QUIC):
        return None
    found = (lead for clue, lead in _CERTIFICATE if clue in complaint.words)
    return next(found, None)


def _reason(complaint: Complaint) -> str:
    if complaint.errno and complaint.code in (_CONNECT, *_TRANSPORT, _QUIC):
        return os.strerror(complaint.errno).lower()
    words = _PREFIX.sub("", complaint.words)[:200].strip(" .")
    # They may quote the peer, who is not to write on a terminal.
    words = "".join(char if char.isprintable() else "?" for char in words)
    return words or f"libcurl error {complaint.code}"
