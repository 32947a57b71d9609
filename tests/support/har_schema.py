"""HTTP Archive 1.2 as a JSON Schema: what its specification requires of the parts we write."""

from __future__ import annotations

from typing import Any


def _record(**fields: Any) -> dict[str, Any]:
    """Return the schema of an object in which all fields are required whose name has no `_`."""
    names = {name.rstrip("_"): schema for name, schema in fields.items()}
    required = [name for name in fields if not name.endswith("_")]
    return {"type": "object", "required": required, "properties": names}


def _list(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": -1}
_SPAN = {"type": "number", "minimum": -1}
_PAIR = _record(name=_TEXT, value=_TEXT, comment_=_TEXT)
_PROGRAM = _record(name=_TEXT, version=_TEXT, comment_=_TEXT)
_POSTED = _record(mimeType=_TEXT, text_=_TEXT, params_=_list(_record(name=_TEXT)), comment_=_TEXT)
_REQUEST = _record(
    method=_TEXT,
    url={"type": "string", "pattern": "^https?://"},
    httpVersion=_TEXT,
    cookies=_list(_PAIR),
    headers=_list(_PAIR),
    queryString=_list(_PAIR),
    headersSize=_COUNT,
    bodySize=_COUNT,
    postData_=_POSTED,
)
_RESPONSE = _record(
    status={"type": "integer", "minimum": 0, "maximum": 999},
    statusText=_TEXT,
    httpVersion=_TEXT,
    cookies=_list(_PAIR),
    headers=_list(_PAIR),
    content=_record(size=_COUNT, mimeType=_TEXT, text_=_TEXT, encoding_=_TEXT),
    redirectURL=_TEXT,
    headersSize=_COUNT,
    bodySize=_COUNT,
)
_ENTRY = _record(
    startedDateTime={
        "type": "string",
        "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
    },
    time=_SPAN,
    request=_REQUEST,
    response=_RESPONSE,
    cache={"type": "object"},
    timings=_record(send=_SPAN, wait=_SPAN, receive=_SPAN),
    comment_=_TEXT,
)
HAR: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    **_record(
        log=_record(
            version={"const": "1.2"}, creator=_PROGRAM, browser_=_PROGRAM, entries=_list(_ENTRY)
        )
    ),
}
