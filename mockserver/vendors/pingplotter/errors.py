"""How PingPlotter Cloud words an error: `{"error": …}`, and more only past the rate limit."""

from __future__ import annotations

from mockserver.core.errors import ApiError
from mockserver.core.store import Document
from mockserver.core.vendor import Situation


def word_error(error: ApiError, situation: Situation) -> Document:
    """Return the body of a refusal."""
    del situation
    if error.status == 429:
        return _too_many(error)
    reasons = "; ".join(violation.sentence() for violation in error.violations)
    return {"error": f"{error.message}: {reasons}" if reasons else error.message}


def _too_many(error: ApiError) -> Document:
    facts = error.facts
    return {
        "error": "Rate limit exceeded",
        "limit": facts["limit"],
        "remaining": facts["remaining"],
        "cost": facts["cost"],
        "retryAfterSeconds": facts["retry_after_s"],
    }
