"""How much trace data of one session may be fetched: three years in any ten minutes."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.core.errors import TooManyRequests
from mockserver.core.store import Document

DAY_MS = 86_400_000
MOST_MS = 3 * 365 * DAY_MS
WINDOW_MS = 600_000

Fetch = Sequence[int]
"""When, in ms since the epoch, and how many ms of data."""


def spent(fetches: Sequence[Fetch], now_ms: int, amount_ms: int) -> list[Fetch]:
    """Return what counts after one more fetch; TooManyRequests if that is more than allowed."""
    recent = [fetch for fetch in fetches if fetch[0] > now_ms - WINDOW_MS]
    used_ms = sum(amount for _, amount in recent)
    if used_ms + amount_ms > MOST_MS:
        raise _refusal(recent, now_ms, MOST_MS - used_ms, amount_ms)
    if recent and recent[-1][0] // 1000 == now_ms // 1000:
        amount_ms += recent.pop()[1]
    return [*recent, (now_ms, amount_ms)]


def _refusal(
    recent: Sequence[Fetch], now_ms: int, left_ms: int, amount_ms: int
) -> TooManyRequests:
    wait_ms = recent[0][0] + WINDOW_MS - now_ms if recent else WINDOW_MS
    facts: Document = {
        "limit": MOST_MS // DAY_MS,
        "remaining": left_ms // DAY_MS,
        "cost": -(-amount_ms // DAY_MS),
        "retry_after_s": -(-wait_ms // 1000),
        "window_s": WINDOW_MS // 1000,
    }
    return TooManyRequests(
        "more than three years of a session's trace data in ten minutes",
        headers={"Retry-After": str(facts["retry_after_s"])},
        facts=facts,
    )
