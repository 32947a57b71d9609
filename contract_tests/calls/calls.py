"""Arguments → a request: what an operation of a contract is sent, by names and pointers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from contract_tests.calls import pointer
from contract_tests.calls.bodies import encoded
from contract_tests.calls.caller import BODY, Operation
from contract_tests.calls.samples import fits, holder_sample, minimal
from contract_tests.calls.styles import in_header, in_path, in_query
from contract_tests.wire.exchange import Request


def plain_values(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to send: samples of all that is required, and `arguments` over them.

    An argument named `#/…` is set at that pointer of the body; one that is None is left out.
    """
    values = {
        p["name"]: holder_sample(p)
        for p in operation.parameters
        if p.get("required") and p["name"] not in arguments
    }
    body = arguments[BODY] if BODY in arguments else _plain_body(operation)
    for name, value in arguments.items():
        if name.startswith("#"):
            body = pointer.replaced(body, name[1:], value)
        elif name != BODY and value is not None:
            values[name] = value
    if body is not None:
        values[BODY] = body
    return values


def request_of(operation: Operation, values: Mapping[str, Any]) -> Request:
    """Write a request: path, query and headers in their styles, a body in its media type."""
    path, headers = operation.path, [("Accept", "application/json")]
    query: list[tuple[str, str]] = []
    cookies: list[tuple[str, str]] = []
    for parameter in operation.parameters:
        name, where = parameter["name"], parameter["in"]
        if name not in values:
            continue
        if where == "path":
            path = path.replace(f"{{{name}}}", in_path(parameter, values[name]))
        elif where == "query":
            query += in_query(parameter, values[name])
        elif where == "header":
            headers.append((name, in_header(parameter, values[name])))
        else:
            cookies += in_query(parameter, values[name])
    if cookies:
        headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies)))
    target = path + (f"?{urlencode(query)}" if query else "")
    body = b""
    if BODY in values:
        media = media_type(operation) or "application/json"
        body, content_type = encoded(values[BODY], media, _content(operation).get(media, {}))
        headers.append(("Content-Type", content_type))
    return Request(operation.method.upper(), target, tuple(headers), body)


def media_type(operation: Operation) -> str | None:
    """Return the media type of an operation's body, JSON where there is a choice."""
    content = _content(operation)
    json_names = sorted((name for name in content if "json" in name), key=_oddness)
    return next(iter([*json_names, *content]), None)


def _oddness(media: str) -> tuple[bool, bool]:
    # A list of changes is not what the schema of a thing describes.
    return "json-patch" in media, media != "application/json"


def _content(operation: Operation) -> Mapping[str, Any]:
    content: Mapping[str, Any] = operation.definition.get("requestBody", {}).get("content", {})
    return content


def _plain_body(operation: Operation) -> Any:
    definition = operation.definition.get("requestBody", {})
    media = media_type(operation)
    if media is None or not definition.get("required"):
        return None
    holder = _content(operation)[media]
    schema = holder.get("schema", {})
    whole = holder_sample(holder)
    least = minimal(whole, schema)
    return least if fits(least, schema) else whole
