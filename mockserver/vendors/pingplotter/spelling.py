"""Other spellings that the manual uses, turned into those of the contract."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from mockserver.core.clock import rfc3339
from mockserver.core.vendor import Call

_QUERY_NAMES = (
    "action",
    "agentUniqueId",
    "endTime",
    "includeDeleted",
    "includeTemplates",
    "startTime",
    "targetIp",
    "targetName",
)
_BY_LOWER_CASE = {name.lower(): name for name in _QUERY_NAMES}
_TIMES = frozenset({"startTime", "endTime"})
_QUOTED = frozenset({"agentUniqueId", "targetIp", "targetName"}) | _TIMES
_DIGITS = re.compile(r"[0-9]{10,14}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITHOUT_ZONE = re.compile(_DAY.pattern + r"[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?")
_WITHOUT_PLUS = re.compile(_WITHOUT_ZONE.pattern + r" [0-9]{2}:[0-9]{2}")


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
    value = unquoted(value) if name in _QUOTED else value
    return name, _time(value) if name in _TIMES else value


def _time(text: str) -> str:
    # The manual's samples say {timestamp} and no more: what can mean one time only is taken.
    if _DIGITS.fullmatch(text):
        return rfc3339(int(text))
    if _DAY.fullmatch(text):
        return f"{text}T00:00:00Z"
    if _WITHOUT_ZONE.fullmatch(text):
        return f"{text.replace(' ', 'T')}Z"
    # A plus sign in a query means a space, unless it was encoded.
    return "+".join(text.rsplit(" ", 1)) if _WITHOUT_PLUS.fullmatch(text) else text
