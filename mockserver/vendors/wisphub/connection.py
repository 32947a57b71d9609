"""What a finished or unfinished ping task says about a connection."""

from __future__ import annotations

from mockserver.core.store import Document
from mockserver.vendors.wisphub.model import PENDING


def action_of(task: Document) -> str:
    """Return the action that tells how `task` stands, from the packets that were counted."""
    if task["status"] == PENDING:
        return "pending"
    if "error" in task or not task["sent"]:
        return "ping_failed"
    return _quality(task["sent"], task["received"])


def _quality(sent: int, received: int) -> str:
    if received == 0:
        return "no_internet"
    # 80 per cent and more, in whole numbers so that 4 of 5 is never a rounding error below.
    return "stable_connection" if received * 5 >= sent * 4 else "intermittent_connection"
