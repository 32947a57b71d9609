"""Arguments → a request: what an operation of a contract is sent, by names and pointers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from contract_tests import pointer
from contract_tests.caller import BODY, Operation
from contract_tests.exchange import Request
from contract_tests.samples import holder_sample, minimal


def plain_values(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to send: samples of all that is required, and `arguments` over them.

    An argument named `#/…` is set at that pointer of the body; one that is None is left out.
    """
    values = {p["name"]: holder_sample(p) for p in operation.parameters if p.get("required")}
    body = _plain_body(operation)
    for name, value in arguments.items():
        if name.startswith("#"):
            body = pointer.replaced(body, name[1:], value)
        elif name == BODY:
            body = value
        elif value is None:
            values.pop(name, None)
        else:
            values[name] = value
    if body is not None:
        values[BODY] = body
    return values


def request_of(operation: Operation, values: Mapping[str, Any]) -> Request:
    """Write a request: path, query and headers as text, a body as JSON or as a form."""
    path, query, headers = operation.path, [], [("Accept", "application/json")]
    for parameter in operation.parameters:
        name, where = parameter["name"], parameter["in"]
        if name not in values:
            continue
        text = _texts(values[name])
        if where == "path":
            path = path.replace(f"{{{name}}}", quote(text[0], safe=""))
        elif where == "query":
            query += [(name, item) for item in text]
        elif where == "header":
            headers.append((name, text[0]))
        else:
            headers.append(("Cookie", f"{name}={text[0]}"))
    target = path + (f"?{urlencode(query)}" if query else "")
    body = b""
    if BODY in values:
        media = media_type(operation) or "application/json"
        headers.append(("Content-Type", media))
        body = _encoded(values[BODY], media)
    return Request(operation.method.upper(), target, tuple(headers), body)


def media_type(operation: Operation) -> str | None:
    """Return the media type of an operation's body, JSON where there is a choice."""
    content = operation.definition.get("requestBody", {}).get("content", {})
    return next((name for name in content if "json" in name), next(iter(content), None))


def _plain_body(operation: Operation) -> Any:
    definition = operation.definition.get("requestBody", {})
    media = media_type(operation)
    if media is None or not definition.get("required"):
        return None
    holder = definition["content"][media]
    return minimal(holder_sample(holder), holder.get("schema", {}))


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(item) for item in value]
    return [_text(value)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _encoded(body: Any, media: str) -> bytes:
    if media.endswith("urlencoded"):
        return urlencode(body).encode()
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
