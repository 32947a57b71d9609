"""One request to one pinned address, timed phase by phase."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import pycurl

from probes.failure import Failure, FailureKind
from probes.http.answer import Answer
from probes.http.blame import CUT_OFF, WEIRD_REPLY, Complaint, failure_of
from probes.http.certificates import read_chain
from probes.http.handle import Asking, Door, make_handle
from probes.http.kernel import tcp_figures
from probes.http.redirects import Request
from probes.http.result import HttpExchange
from probes.http.transfers import Transfers

if TYPE_CHECKING:
    from probes.http.certificate import Certificate

MOST_BYTES = float("inf")


@dataclass(frozen=True, slots=True)
class Spoken:
    """An exchange, what came of it besides figures, and what went wrong."""

    exchange: HttpExchange
    failure: Failure | None = None
    answer: Answer | None = None


async def exchange(asking: Asking, transfers: Transfers) -> Spoken:
    """Ask once over a new connection; what goes wrong on the wire is in what is returned."""
    door = Door(asking.address, asking.request.url.port)
    answer = Answer(asking.plan.download_limit_bytes or MOST_BYTES)
    handle = make_handle(asking, door, answer)
    try:
        error = await transfers.perform(handle)
        # The callbacks are ours, and libcurl has words to say even while it is being closed.
        handle.setopt(pycurl.VERBOSE, 0)
        return _spoken(asking, handle, door, answer, error)
    finally:
        handle.close()
        door.close()


def _spoken(
    asking: Asking, handle: pycurl.Curl, door: Door, answer: Answer, error: pycurl.error | None
) -> Spoken:
    complaint = _complaint(handle, answer, error)
    record = _record(asking, handle, door, answer, finished=complaint is None)
    if complaint is None:
        return Spoken(record, None, answer)
    if door.error is not None:
        message = f"No connection was made: {door.error}."
        return Spoken(record, Failure(FailureKind.UNREACHABLE, "connect", message), answer)
    return Spoken(record, failure_of(complaint, record.missing_phase), answer)


def _complaint(
    handle: pycurl.Curl, answer: Answer, error: pycurl.error | None
) -> Complaint | None:
    if answer.truncated:
        return None
    if error is not None:
        code, words = error.args[:2]
        return Complaint(code, str(words), handle.getinfo(pycurl.OS_ERRNO) or answer.errno)
    # libcurl is content with these two.
    if answer.status is None:
        return Complaint(WEIRD_REPLY, "no status line")
    return None if answer.complete else Complaint(CUT_OFF, "inside the header section")


def _record(
    asking: Asking, handle: pycurl.Curl, door: Door, answer: Answer, *, finished: bool
) -> HttpExchange:
    kernel = tcp_figures(door.opened)
    connect, tls, send, wait, receive = _phases(asking.request, handle, answer, finished=finished)
    return HttpExchange(
        url=str(asking.request.url),
        method=asking.request.method,
        address=str(asking.address),
        dns_ms=asking.dns_ms,
        connect_ms=connect,
        tls_ms=tls,
        send_ms=send,
        wait_ms=wait,
        receive_ms=receive,
        status=answer.status,
        http_version=answer.version,
        request_headers=answer.request_headers,
        response_headers=tuple(answer.headers),
        trailers=tuple(answer.trailers),
        interim_statuses=tuple(answer.interim),
        header_bytes=answer.header_bytes,
        content_bytes=_content_bytes(handle, answer),
        body_bytes=answer.body_bytes,
        truncated=answer.truncated,
        tls_version=answer.tls_version,
        tls_cipher=answer.tls_cipher,
        certificates=_certificates(asking.request, handle),
        tcp_rtt_ms=kernel.rtt_ms,
        retransmitted=kernel.retransmitted,
    )


def _content_bytes(handle: pycurl.Curl, answer: Answer) -> int:
    # libcurl does not count the piece at which it was stopped; this count has chunk marks in it.
    return answer.content_bytes if answer.truncated else handle.getinfo(pycurl.SIZE_DOWNLOAD_T)


def _certificates(request: Request, handle: pycurl.Curl) -> tuple[Certificate, ...]:
    if not request.url.encrypted:
        return ()
    chain = handle.getinfo_raw(pycurl.INFO_CERTINFO)
    pems = (value for fields in chain for name, value in fields if name == b"Cert")
    return read_chain(pem.decode("ascii", "replace") for pem in pems)


def _phases(
    request: Request, handle: pycurl.Curl, answer: Answer, *, finished: bool
) -> Iterator[float | None]:
    """Turn moments since the begin into durations; what follows a gap was not reached."""
    moments = _moments(request, handle, answer, finished=finished)
    before = 0
    for moment in accumulate(moments, _later):
        yield None if moment is None else (moment - before) / 1000
        before = moment or before


def _later(before: int | None, moment: int | None) -> int | None:
    return None if before is None or moment is None else max(before, moment)


def _moments(
    request: Request, handle: pycurl.Curl, answer: Answer, *, finished: bool
) -> Iterator[int | None]:
    """Yield microseconds until connected, secured, sent, answered and done.

    libcurl also fills in the later ones when it gives up, with the time at which it did.
    """
    connected = handle.getinfo(pycurl.CONNECT_TIME_T) or None
    answered = handle.getinfo(pycurl.STARTTRANSFER_TIME_T) if answer.begun else None
    yield connected
    yield _secured(handle) if request.url.encrypted else connected
    yield _sent(request, handle, answer, answered)
    yield answered
    yield handle.getinfo(pycurl.TOTAL_TIME_T) if finished else None


def _secured(handle: pycurl.Curl) -> int | None:
    return handle.getinfo(pycurl.APPCONNECT_TIME_T) or None


def _sent(
    request: Request, handle: pycurl.Curl, answer: Answer, answered: int | None
) -> int | None:
    moment: int = handle.getinfo(pycurl.POSTTRANSFER_TIME_T)
    if answered is not None:
        # A server may answer before it has heard all, and then this phase ends with its answer.
        return min(moment, answered, _written(request, answer, answered))
    whole = handle.getinfo(pycurl.SIZE_UPLOAD_T) >= len(request.body or b"")
    return moment if answer.request and whole else None


def _written(request: Request, answer: Answer, answered: int) -> int:
    """Tell when a request without a body was written: in one call, so when that began.

    libcurl stamps it when it comes to look for the answer. At a peer on the same machine the
    call itself returns no sooner than the answer is there, since the peer runs within it.
    """
    if request.body is not None or answer.waited_s is None:
        return answered
    return max(0, answered - round(answer.waited_s * 1_000_000))
