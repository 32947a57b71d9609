"""Documents → the JSON that WispHub answers: an envelope of six keys, all always there."""

from __future__ import annotations

from typing import Any

from mockserver.core.store import Document
from mockserver.vendors.wisphub.connection import action_of

_TYPES = {
    "ping_created": "success",
    "stable_connection": "success",
    "intermittent_connection": "info",
    "no_internet": "info",
    "pending": "info",
}


def envelope(action: str, data: Any = None, message: str | None = None) -> Document:
    """Return the envelope of `action`; what is neither success nor info is an error."""
    type_ = _TYPES.get(action, "error")
    return {
        "ok": type_ != "error",
        "type": type_,
        "action": action,
        "data": data,
        "message": message,
        "meta": None,
    }


def ping_created(task: Document) -> Document:
    """Return the answer to a task that was just made."""
    return envelope("ping_created", {"task_id": task["id"]})


def ping_result(task: Document) -> Document:
    """Return how a task stands; a failed one says why."""
    action = action_of(task)
    reason = task.get("error") or "No packet was sent." if action == "ping_failed" else None
    return envelope(action, message=reason)


def token(text: str) -> Document:
    """Return a bearer token, which comes without the envelope."""
    return {"access_token": text, "token_type": "bearer"}
