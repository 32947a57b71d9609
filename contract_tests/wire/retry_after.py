"""`Retry-After` (RFC 9110, 10.2.3): a number of seconds, or a date."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from contract_tests.wire.exchange import Response

_UNSAID_S, _MOST_UNSAID_S = 1.0, 32.0


def seconds(response: Response, unsaid: int = 0) -> float:
    """Return how long the server asks to wait.

    Where it does not say so readably: a second, and twice as long for every answer before this
    one (there were `unsaid`) that did not say so either.
    """
    said = told(response)
    return min(_UNSAID_S * 2**unsaid, _MOST_UNSAID_S) if said is None else said


def told(response: Response) -> float | None:
    """Return how many seconds the server asks to wait; None where it does not say it readably.

    A date counts from the server's own `Date`, if it sends one.
    """
    value = (response.header("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    until = _moment(value)
    if until is None:
        return None
    now = _moment(response.header("Date") or "")
    return max(until - (time.time() if now is None else now), 0.0)


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
