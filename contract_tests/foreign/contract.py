"""Any OpenAPI document (2.0, 3.0, 3.1) as a contract in the form of ours: 3.0, no references."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import specs
from contract_tests.calls.samples import of_request
from contract_tests.foreign import swagger
from contract_tests.foreign.documents import BadContract, Documents
from contract_tests.foreign.schemas import Schemas

# What the specification says is no parameter, whatever a document lists.
_NO_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
_JSON = "application/json"
_CONVERT = "convert it to OpenAPI 3 first"


def load(source: str | Path) -> specs.Contract:
    """Return the contract at a path, or at an address on this machine.

    Every reference is followed, but not for ever: where schemas refer to one another in a circle
    or very deep, anything is allowed from some depth on. Equal references are one object. What is
    missing and has a plain substitute is filled in: operationIds, summaries, servers. Raises
    BadContract, which says what to do.
    """
    documents = Documents(source)
    root = documents.read(documents.root)
    _check(root)
    return _Reader(documents).contract(root)


def _check(root: Any) -> None:
    if not isinstance(root, Mapping):
        raise BadContract("this is no OpenAPI document: it is not an object")
    version = str(root.get("openapi") or root.get("swagger") or root.get("swaggerVersion") or "")
    if not version:
        raise BadContract(f"this names no version of OpenAPI (`openapi: 3.0.3`): {_CONVERT}")
    if not re.match(r"2\.0|3\.[012]", version):
        raise BadContract(f"version {version} of OpenAPI is not understood: {_CONVERT}")
    if not isinstance(root.get("paths"), Mapping):
        raise BadContract("the document has no `paths`, so there is nothing to call")


class _Reader:
    """Reads one contract."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._schemas = Schemas(documents)
        self._taken: set[str] = set()

    def contract(self, root: Mapping[str, Any]) -> specs.Contract:
        is_swagger = "swagger" in root
        base = self._documents.root
        info = root.get("info") or {}
        schemes = root.get("securityDefinitions") or (root.get("components") or {}).get(
            "securitySchemes", {}
        )
        resolved = {n: self._documents.resolved(s, base)[0] for n, s in schemes.items()}
        return {
            "openapi": "3.0.3",
            "info": {"title": "API", "version": "0", **info},
            "servers": swagger.servers(root) if is_swagger else root.get("servers") or [],
            "security": root.get("security") or [],
            "paths": dict(self._paths(root)),
            "components": {
                "securitySchemes": swagger.schemes(resolved) if is_swagger else resolved
            },
        }

    def _paths(self, root: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        for path, node in root["paths"].items():
            item, base = self._documents.resolved(node, self._documents.root)
            found = {
                method: self._operation(path, method, item, base, root)
                for method in specs.METHODS
                if isinstance(item.get(method), Mapping)
            }
            if path.startswith("/") and found:
                yield path, found

    def _operation(
        self, path: str, method: str, item: Mapping[str, Any], base: str, root: Mapping[str, Any]
    ) -> dict[str, Any]:
        given = item[method]
        listed = self._parameters(item, given, base)
        listed += _undeclared(path, listed)
        if "swagger" in root:
            definition = swagger.operation(given, listed, root)
            listed = [swagger.parameter(p) for p in listed if swagger.is_parameter(p)]
        else:
            definition = given
        kept = {k: v for k, v in definition.items() if k not in {"callbacks", "servers"}}
        kept["operationId"] = self._operation_id(path, method, given)
        kept.setdefault("summary", f"{method.upper()} {path}")
        kept["parameters"] = [self._parameter(p, base) for p in listed]
        if "requestBody" in definition:
            kept["requestBody"] = self._body(definition["requestBody"], base)
        kept["responses"] = {
            str(status): self._answer(answer, base)
            for status, answer in (definition.get("responses") or {}).items()
            if not str(status).startswith("x-")
        }
        return kept

    def _operation_id(self, path: str, method: str, given: Mapping[str, Any]) -> str:
        words = re.findall(r"[A-Za-z0-9]+", path)
        made = "_".join([method, *words])
        name = str(given.get("operationId") or made)
        while name in self._taken:
            name = made if made not in self._taken else f"{name}_"
        self._taken.add(name)
        return name

    def _parameters(
        self, item: Mapping[str, Any], given: Mapping[str, Any], base: str
    ) -> list[dict[str, Any]]:
        # An operation's own parameter goes before that of its path.
        found: dict[tuple[str, str], dict[str, Any]] = {}
        for node in [*(item.get("parameters") or ()), *(given.get("parameters") or ())]:
            parameter, where = self._documents.resolved(node, base)
            if "name" in parameter and "in" in parameter:
                found[parameter["in"], parameter["name"]] = {**parameter, "x-base": where}
        return [
            parameter
            for (place, name), parameter in found.items()
            if place != "header" or name.lower() not in _NO_PARAMETERS
        ]

    def _parameter(self, given: dict[str, Any], base: str) -> dict[str, Any]:
        where = given.pop("x-base", base)
        if given["in"] == "path":
            given["required"] = True
        return self._with_schema(given, where)

    def _with_schema(self, holder: Mapping[str, Any], base: str) -> dict[str, Any]:
        result = dict(holder)
        if "schema" in holder:
            result["schema"] = self._schemas.plain(holder["schema"], base)
        if isinstance(holder.get("content"), Mapping):
            result["content"] = self._content(holder["content"], base)
            inner: dict[str, Any] = next(iter(result["content"].values()), {})
            result.setdefault("schema", inner.get("schema", {}))
        if isinstance(holder.get("examples"), Mapping):
            result["examples"] = {
                name: self._documents.resolved(example, base)[0]
                for name, example in holder["examples"].items()
            }
        elif "examples" in result:
            del result["examples"]
        return result

    def _content(self, content: Mapping[str, Any], base: str) -> dict[str, Any]:
        return {
            media: self._with_schema(holder, base)
            for media, holder in content.items()
            if isinstance(holder, Mapping)
        }

    def _body(self, node: Any, base: str) -> dict[str, Any]:
        body, where = self._documents.resolved(node, base)
        content = self._content(body.get("content") or {}, where)
        # Where anything may be sent, JSON is.
        named = {_JSON if "*" in media else media: holder for media, holder in content.items()}
        for holder in named.values():
            holder["schema"] = of_request(holder.get("schema", {}))
        return {**body, "content": named}

    def _answer(self, node: Any, base: str) -> dict[str, Any]:
        answer, where = self._documents.resolved(node, base)
        result = {"description": "", **answer}
        if isinstance(answer.get("content"), Mapping):
            result["content"] = self._content(answer["content"], where)
        for key in ("headers", "links"):
            if isinstance(answer.get(key), Mapping):
                result[key] = {
                    name: self._with_schema(*self._documents.resolved(inner, where))
                    for name, inner in answer[key].items()
                }
        return result


def _undeclared(path: str, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return parameters for names in a path that no parameter declares: texts."""
    declared = {p["name"] for p in listed if p["in"] == "path"}
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{([^{}]+)\}", path)
        if name not in declared
    ]
