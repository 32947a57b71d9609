"""What libcurl's codes and words are called."""

import errno

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import FailureKind
from probes.http.blame import Complaint, failure_of


@pytest.mark.parametrize(
    ("complaint", "phase", "kind"),
    [
        (Complaint(7, "", errno.ECONNREFUSED), "connect", FailureKind.REFUSED),
        (Complaint(7, "", errno.ENETUNREACH), "connect", FailureKind.UNREACHABLE),
        (Complaint(7, "", errno.EHOSTUNREACH), "connect", FailureKind.UNREACHABLE),
        (Complaint(7, "", errno.EACCES), "connect", FailureKind.UNREACHABLE),
        (Complaint(7, "", errno.ETIMEDOUT), "connect", FailureKind.TIMEOUT),
        (Complaint(28, "Operation timed out"), "wait", FailureKind.TIMEOUT),
        (
            Complaint(35, "TLS connect error: error:0A0000BF:SSL routines::x"),
            "tls",
            FailureKind.TLS,
        ),
        (Complaint(35, "Recv failure: Connection reset by peer"), "tls", FailureKind.RESET),
        (
            Complaint(56, "SSL_read: error:0A00045C:SSL routines::alert", 0),
            "wait",
            FailureKind.TLS,
        ),
        (Complaint(56, "Recv failure", errno.ECONNRESET), "receive", FailureKind.RESET),
        (Complaint(52, "Empty reply from server"), "wait", FailureKind.RESET),
        (Complaint(18, "transfer closed with 5 bytes remaining"), "receive", FailureKind.RESET),
        (Complaint(92, "HTTP/2 stream 1 was reset by server"), "wait", FailureKind.RESET),
        (Complaint(16, "nghttp2 error"), "wait", FailureKind.PROTOCOL),
        (Complaint(61, "Unrecognized content encoding"), "receive", FailureKind.PROTOCOL),
    ],
)
def test_the_kind(complaint: Complaint, phase: str, kind: FailureKind) -> None:
    failure = failure_of(complaint, phase)
    assert (failure.kind, failure.phase) == (kind, phase)


@given(st.integers(), st.text(), st.integers(0, 200), st.sampled_from(["connect", "tls", "wait"]))
def test_every_complaint_becomes_one_sentence(
    code: int, words: str, number: int, phase: str
) -> None:
    message = failure_of(Complaint(code, words, number), phase).message
    assert message.endswith(").")
    assert len(message) < 300
