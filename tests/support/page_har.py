"""The HAR 1.2 format as a JSON schema, written after softwareishard.com/blog/har-12-spec."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
STAMP = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
SIZE = {"type": "integer", "minimum": -1}
TIME = {"anyOf": [{"const": -1}, {"type": "number", "minimum": 0}]}
SPENT = {"type": "number", "minimum": 0}


def _object(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


PAIRS = {"type": "array", "items": _object({"name": TEXT, "value": TEXT}, {"comment": TEXT})}
_MESSAGE = {
    "httpVersion": TEXT,
    "cookies": {"type": "array"},
    "headers": PAIRS,
    "headersSize": SIZE,
    "bodySize": SIZE,
}
_REQUEST = _object({"method": TEXT, "url": TEXT, "queryString": PAIRS, **_MESSAGE})
_CONTENT = _object({"size": {"type": "integer", "minimum": 0}, "mimeType": TEXT})
_RESPONSE = _object(
    {
        "status": {"type": "integer", "minimum": 0},
        "statusText": TEXT,
        "content": _CONTENT,
        "redirectURL": TEXT,
        **_MESSAGE,
    }
)
_TIMINGS = _object(
    {"send": SPENT, "wait": SPENT, "receive": SPENT},
    {"blocked": TIME, "dns": TIME, "connect": TIME, "ssl": TIME, "comment": TEXT},
)
_PAGE = _object(
    {
        "startedDateTime": STAMP,
        "id": TEXT,
        "title": TEXT,
        "pageTimings": _object({}, {"onContentLoad": TIME, "onLoad": TIME, "comment": TEXT}),
    },
    {"comment": TEXT},
)
_ENTRY = _object(
    {
        "startedDateTime": STAMP,
        "time": SPENT,
        "request": _REQUEST,
        "response": _RESPONSE,
        "cache": {"type": "object"},
        "timings": _TIMINGS,
    },
    {"pageref": TEXT, "serverIPAddress": TEXT, "connection": TEXT, "comment": TEXT},
)
_LOG = _object(
    {
        "version": {"const": "1.2"},
        "creator": _object({"name": TEXT, "version": TEXT}),
        "entries": {"type": "array", "items": _ENTRY},
    },
    {"pages": {"type": "array", "items": _PAGE}, "browser": {"type": "object"}},
)
HAR = _object({"log": _LOG})
