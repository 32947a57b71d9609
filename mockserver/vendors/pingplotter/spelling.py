"""Other spellings that the manual uses, turned into those of the contract."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.core.vendor import Call

_QUERY_NAMES = (
    "action",
    "agentUniqueId",
    "includeDeleted",
    "includeTemplates",
    "targetIp",
    "targetName",
)
_BY_LOWER_CASE = {name.lower(): name for name in _QUERY_NAMES}
_QUOTED = frozenset({"agentUniqueId", "targetIp", "targetName"})


def normalise(call: Call) -> Call:
    """Read query names in any case, and filters without the quotation marks of the samples."""
    return replace(call, query=tuple(_pair(name, value) for name, value in call.query))


def normalise_body(operation_id: str, value: Any) -> Any:
    """Read `SessionsIds`, as the manual's table has it, as the `SessionIds` of its sample."""
    if operation_id != "list_session_statuses" or not isinstance(value, dict):
        return value
    if "SessionsIds" not in value or "SessionIds" in value:
        return value
    return {("SessionIds" if k == "SessionsIds" else k): v for k, v in value.items()}


def unquoted(text: str) -> str:
    """Return `text` without a pair of double quotation marks around it."""
    quoted = len(text) > 1 and text[0] == text[-1] == '"'
    return text[1:-1] if quoted else text


def _pair(name: str, value: str) -> tuple[str, str]:
    name = _BY_LOWER_CASE.get(name.lower(), name)
    return name, unquoted(value) if name in _QUOTED else value
