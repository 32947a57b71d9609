"""What an answer says to a client: done, failed, refused, come again later."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

from contract_tests.conduct.heard import Heard
from contract_tests.wire.exchange import Response
from contract_tests.wire.retry_after import told

OURS = "a rule of this kit (docs/client-reactions.md): no document speaks of it"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})  # RFC 9110, 9.2.1

# What the same request meets again, and where that is said.
FINAL: Mapping[int, str] = {
    400: "RFC 9110, 15.5.1",
    401: "RFC 9110, 15.5.2",
    402: "RFC 9110, 15.5.3",
    403: "RFC 9110, 15.5.4",
    405: "RFC 9110, 15.5.6",
    406: "RFC 9110, 15.5.7",
    411: "RFC 9110, 15.5.12",
    413: "RFC 9110, 15.5.14",
    414: "RFC 9110, 15.5.15",
    415: "RFC 9110, 15.5.16",
    422: "RFC 9110, 15.5.21",
    501: "RFC 9110, 15.6.2",
}
_PASSING = frozenset({408, 425, 429})  # of the client's statuses, those that invite another try
_EPOCH_S = 1e9  # a clock that tells less does not count from 1970


def has_failed(heard: Heard) -> bool:
    """Say whether another try of the same request may end otherwise: no answer, 429, 5xx."""
    status = heard.exchange.status
    return was_cut(heard) or status in _PASSING or (status >= 500 and status not in FINAL)


def was_cut(heard: Heard) -> bool:
    """Say whether the client has no whole answer, whoever is to blame."""
    exchange = heard.exchange
    return heard.given_up or bool(exchange.failure) or exchange.response is None


def is_refused(heard: Heard) -> bool:
    """Say whether the answer is that this request will not do, now or later.

    401 without a credential is how a client may learn which one to show (RFC 9110, 11.6.1).
    """
    is_question = heard.exchange.status == 401 and not heard.asker
    is_final = heard.exchange.status in FINAL and not is_question
    return is_final and not was_cut(heard) and wait_s(heard) is None


def wait_s(heard: Heard) -> float | None:
    """Return how many seconds the answer asks to wait; None where it does not say it readably."""
    response = heard.exchange.response
    if response is None or response.header("Retry-After") is None:
        return None
    return told(_dated(response, heard))


def is_date(heard: Heard) -> bool:
    """Say whether `Retry-After` is a date, which is exact to a second only."""
    response = heard.exchange.response
    value = (response.header("Retry-After") or "") if response else ""
    return not value.strip().isdigit()


def status_word(heard: Heard) -> str:
    """Return what became of a request, in a word or two."""
    if heard.given_up:
        return "no patience"
    if was_cut(heard):
        return "no whole answer" if heard.exchange.status else "no answer"
    return str(heard.exchange.status)


def _dated(response: Response, heard: Heard) -> Response:
    """Return the answer with a `Date`: where it tells none, a date counts from when it came."""
    if response.header("Date") is not None or heard.ended_s < _EPOCH_S:
        return response
    date = format_datetime(datetime.fromtimestamp(heard.ended_s, UTC), usegmt=True)
    return replace(response, headers=(*response.headers, ("Date", date)))


def none_of(heard: Iterable[Heard], is_one: Callable[[Heard], object], reason: str) -> str:
    """Return the reason why a rule had nothing to try, or nothing if there was one."""
    return "" if any(is_one(one) for one in heard) else reason
