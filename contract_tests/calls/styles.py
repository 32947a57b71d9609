"""Parameters as text: the styles of OpenAPI (simple, form, deepObject, delimited …)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

Pairs = list[tuple[str, str]]
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_BEFORE = {"label": ".", "matrix": ";"}


def plain_text(value: Any) -> str:
    """Return a text as it is, anything else as JSON writes it: `true`, `1`, `null`."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def in_path(parameter: Mapping[str, Any], value: Any) -> str:
    """Return a value percent-encoded for a path, in the style of its parameter."""
    if "content" in parameter:
        return quote(json.dumps(value), safe="")
    style, explode = parameter.get("style", "simple"), bool(parameter.get("explode"))
    before, name = _BEFORE.get(style, ""), parameter["name"]
    parts = [quote(part, safe="=") for part in _parts(value, explode=explode)]
    if style == "matrix" and explode and isinstance(value, list):
        return "".join(f";{name}={part}" for part in parts)
    if style == "matrix" and not (explode and isinstance(value, Mapping)):
        return f";{name}={','.join(parts)}"
    return before + (before if before and explode else ",").join(parts)


def in_header(parameter: Mapping[str, Any], value: Any) -> str:
    """Return a value for a header: the parts of a list or an object between commas."""
    if "content" in parameter:
        return json.dumps(value)
    return ",".join(_parts(value, explode=bool(parameter.get("explode"))))


def in_query(parameter: Mapping[str, Any], value: Any) -> Pairs:
    """Return names and values for a query or a cookie, not yet encoded."""
    name, style = parameter["name"], parameter.get("style", "form")
    if "content" in parameter:
        return [(name, json.dumps(value))]
    if style == "deepObject" and isinstance(value, Mapping | list):
        return list(_deep(name, value))
    explode = parameter.get("explode", style == "form")
    if explode and isinstance(value, list):
        return [(name, plain_text(item)) for item in value]
    if explode and isinstance(value, Mapping):
        return [(key, plain_text(item)) for key, item in value.items()]
    delimiter = _DELIMITERS.get(style, ",")
    return [(name, delimiter.join(_parts(value, explode=False)))]


def _parts(value: Any, *, explode: bool) -> list[str]:
    if isinstance(value, list):
        return [plain_text(item) for item in value]
    if not isinstance(value, Mapping):
        return [plain_text(value)]
    if explode:
        return [f"{key}={plain_text(item)}" for key, item in value.items()]
    return [part for key, item in value.items() for part in (key, plain_text(item))]


def _deep(name: str, value: Any) -> Pairs:
    if isinstance(value, Mapping):
        return [p for key, item in value.items() for p in _deep(f"{name}[{key}]", item)]
    if isinstance(value, list):
        return [p for n, item in enumerate(value) for p in _deep(f"{name}[{n}]", item)]
    return [(name, plain_text(value))]
