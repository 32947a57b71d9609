"""Calls operations of a contract by operationId, with its examples for what is not given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

import specs

if TYPE_CHECKING:
    from contract_tests.target import Target

BODY = "(body)"  # the name under which a body stands among the values of a call
_TIMEOUT_S = 20

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as it is called; `template` is its path without that of the base URL."""

    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    definition: Mapping[str, Any]
    template: str = ""

    def example_values(self) -> dict[str, Any]:
        """Return the examples of everything that must be sent."""
        values = {p["name"]: example(p) for p in self.parameters if p.get("required")}
        for media in self.definition.get("requestBody", {}).get("content", {}).values():
            values[BODY] = example(media)
        return values


def may_begin_work(method: str, status: int) -> bool:
    """Whether an answer may leave work behind whose result is read later."""
    return method.lower() != "get" and 200 <= status < 300


def operations(contract: Mapping[str, Any]) -> dict[str, Operation]:
    """Return the operations of a resolved contract by operationId."""
    prefix = specs.base_path(contract)
    return {
        item[method]["operationId"]: Operation(
            method,
            prefix + path,
            (*item.get("parameters", ()), *item[method].get("parameters", ())),
            item[method],
            path,
        )
        for path, item in contract["paths"].items()
        for method in specs.METHODS
        if method in item
    }


def example(holder: Mapping[str, Any]) -> Any:
    """Return the example of a parameter or media type, or a value that its schema names."""
    if "example" in holder:
        return holder["example"]
    if holder.get("examples"):
        return next(iter(holder["examples"].values()))["value"]
    schema = holder.get("schema", {})
    return schema.get("example", schema.get("default", (schema.get("enum") or [None])[0]))


class Caller:
    """Sends the calls of one contract to one target, over real sockets."""

    def __init__(
        self, contract: Mapping[str, Any], target: Target, settle: Callable[[], None] | None = None
    ) -> None:
        """Call `target` as `contract` says; `settle` waits for the work that a call has begun."""
        self.operations = operations(contract)
        self._settle = settle
        self._url = target.url
        self._session = requests.Session()
        self._session.headers.update(target.headers(contract))

    def call(self, operation_id: str, values: Values) -> requests.Response:
        """Call an operation; parameters that it does not know are left out."""
        operation = self.operations[operation_id]
        path = operation.path
        places: dict[str, dict[str, str]] = {"query": {}, "header": {}, "cookie": {}}
        for parameter in operation.parameters:
            name, where = parameter["name"], parameter["in"]
            if name in values and where == "path":
                path = path.replace(f"{{{name}}}", quote(str(values[name]), safe=""))
            elif name in values:
                places[where][name] = str(values[name])
        response = self._session.request(
            operation.method,
            self._url + path,
            params=places["query"],
            headers=places["header"],
            timeout=_TIMEOUT_S,
            **_body(operation, values.get(BODY)),
        )
        if self._settle and may_begin_work(operation.method, response.status_code):
            self._settle()
        return response


def _body(operation: Operation, body: Any) -> dict[str, Any]:
    content = operation.definition.get("requestBody", {}).get("content", {})
    if not content or body is None:
        return {}
    is_form = next(iter(content)).endswith("urlencoded")
    return {"data": body} if is_form else {"json": body}
