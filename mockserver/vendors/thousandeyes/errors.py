"""How ThousandEyes words an error: one sentence under `errorMessage`."""

from __future__ import annotations

from mockserver.core.errors import ApiError
from mockserver.core.store import Document
from mockserver.core.vendor import Situation


def word_error(error: ApiError, situation: Situation) -> Document:
    """Return the body of a refusal, with everything that was wrong."""
    del situation
    if error.status == 429:
        return {"errorMessage": f"Rate limit exceeded: {error.message}"}
    reasons = "; ".join(violation.sentence() for violation in error.violations)
    return {"errorMessage": f"{error.message}: {reasons}" if reasons else error.message}
