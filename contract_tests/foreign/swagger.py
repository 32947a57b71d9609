"""Swagger 2.0 in the words of OpenAPI 3.0: parameters, bodies, answers, servers, credentials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_OF_PARAMETERS = frozenset(
    {"name", "in", "required", "description", "example", "collectionFormat", "x-example"}
    | {"allowEmptyValue", "schema", "x-base"}
)
_STYLES: Mapping[str, Mapping[str, Any]] = {
    "csv": {"explode": False},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "tsv": {"explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
    "multi": {"style": "form", "explode": True},
}


def servers(root: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return `servers` for host, base path and the first of the schemes."""
    scheme = (root.get("schemes") or ["https"])[0]
    host, path = root.get("host"), root.get("basePath") or ""
    return [{"url": f"{scheme}://{host}{path}" if host else path}] if host or path else []


def schemes(definitions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return `securitySchemes` for security definitions."""
    return {name: _scheme(definition) for name, definition in definitions.items()}


def _scheme(definition: Mapping[str, Any]) -> dict[str, Any]:
    if definition.get("type") == "basic":
        return {"type": "http", "scheme": "basic"}
    if definition.get("type") == "oauth2":
        return {"type": "oauth2", "flows": {}}
    return dict(definition)


def is_parameter(given: Mapping[str, Any]) -> bool:
    """Say whether this is a parameter in 3.0 too: bodies and forms are none there."""
    return given["in"] not in {"body", "formData"}


def parameter(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parameter with its type in a schema."""
    result = {k: v for k, v in given.items() if k in _OF_PARAMETERS and k != "collectionFormat"}
    result.setdefault("schema", {k: v for k, v in given.items() if k not in _OF_PARAMETERS})
    if result["schema"].get("type") == "array":
        result.update(_STYLES.get(given.get("collectionFormat", "csv"), {}))
    return result


def operation(
    given: Mapping[str, Any], parameters: Sequence[Mapping[str, Any]], root: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an operation with its body and the contents of its answers as 3.0 writes them."""
    consumes = given.get("consumes") or root.get("consumes") or [_JSON]
    produces = given.get("produces") or root.get("produces") or [_JSON]
    result = {k: v for k, v in given.items() if k not in {"consumes", "produces", "schemes"}}
    body = _body([p for p in parameters if not is_parameter(p)], consumes)
    if body:
        result["requestBody"] = body
    answers = given.get("responses") or {}
    result["responses"] = {s: _answer(a, produces, root) for s, a in answers.items()}
    return result


def _body(given: Sequence[Mapping[str, Any]], consumes: Sequence[str]) -> dict[str, Any]:
    whole = next((p for p in given if p["in"] == "body"), None)
    if whole is not None:
        media = consumes if any("json" in name for name in consumes) else [*consumes, _JSON]
        content = {name: {"schema": whole.get("schema", {})} for name in media}
        return {"required": bool(whole.get("required")), "content": content}
    if not given:
        return {}
    has_file = any(p.get("type") == "file" for p in given)
    media = ["multipart/form-data"] if has_file else [n for n in consumes if "form" in n]
    required = [p["name"] for p in given if p.get("required")]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            p["name"]: {k: v for k, v in p.items() if k not in _OF_PARAMETERS} for p in given
        },
        "required": required,
    }
    content = {name: {"schema": schema} for name in media or [_FORM]}
    return {"required": bool(required), "content": content}


def _answer(given: Any, produces: Sequence[str], root: Mapping[str, Any]) -> Any:
    if not isinstance(given, Mapping):
        return {}
    if isinstance(given.get("$ref"), str):
        name = given["$ref"].rpartition("/")[2]
        shared = (root.get("responses") or {}).get(name)
        return _answer(shared, produces, {}) if shared else given
    result = {k: v for k, v in given.items() if k not in {"schema", "examples", "headers"}}
    if "schema" in given:
        shown = given.get("examples") or {}
        result["content"] = {name: {"schema": given["schema"]} for name in produces}
        for name in set(shown) & set(produces):
            result["content"][name]["example"] = shown[name]
    if isinstance(given.get("headers"), Mapping):
        result["headers"] = {name: parameter(h) for name, h in given["headers"].items()}
    return result
