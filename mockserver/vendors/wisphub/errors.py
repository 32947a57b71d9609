"""How WispHub words an error: the same envelope, with a sentence for people."""

from __future__ import annotations

from mockserver.core.errors import ApiError, Violation, shown
from mockserver.core.store import Document
from mockserver.core.vendor import Situation
from mockserver.vendors.wisphub.serializers import envelope

_WORDS = {
    400: "Error de validación",
    413: "Request body too large",
    415: "Unsupported Media Type",
    500: "Ocurrió un error interno en el servidor.",
}
_NOT_FOUND = {"create_ping_task": "Service not found", "get_ping_result": "Task not found"}


def word_error(error: ApiError, situation: Situation) -> Document:
    """Return WispHub's error body."""
    creating = situation.operation_id == "create_ping_task"
    # The page names ping_failed for a task that was not made; other failures say error.
    action = "ping_failed" if creating and error.status in {400, 404} else "error"
    return envelope(action, message=_message(error, situation))


def _message(error: ApiError, situation: Situation) -> str:
    words = _WORDS.get(error.status, error.message)
    if error.status == 404:
        words = _NOT_FOUND.get(situation.operation_id, error.message)
    reasons = "; ".join(_reason(violation) for violation in error.violations)
    return f"{words}: {reasons}" if reasons else words


def _reason(violation: Violation) -> str:
    field = violation.name or violation.where
    if violation.rule == "required":
        return f"{field}: Field required, expected {violation.expected}"
    return f"{field}: expected {violation.expected}, received {shown(violation.received)}"
