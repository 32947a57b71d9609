"""Where Schemathesis' checks are not meant as they are, and what its data cannot know.

An exception is one argued line. A repair makes valid data possible: it changes requests that are
meant to succeed so that they keep the rules that a vendor states in words, because a schema has no
words for them. Requests that are meant to be refused are left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from schemathesis.schemas import BaseSchema

Body = dict[str, Any]

# An agent of every world, of a type that may be the target and the source of any test.
_AGENT = 113
_ACCOUNT_GROUP = 11
_TIMES = {"from": "2017-03-14T16:00:00", "to": "2017-03-14 17:00:00"}


def excuse(schema: BaseSchema) -> None:
    """Drop what Schemathesis calls a failure of `schema` and is none."""

    def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
        del context, response
        # An empty text is an empty list (OpenAPI 3.0.3, 4.8.12.4); it is taken for a list of one
        # empty text, which would break the enumeration of its items.
        is_about_refusal = failure.title == "Schema-violating request accepted"
        empty = {name for name, value in (case.query or {}).items() if value in ("", [""])}
        lists = {p.name for p in case.operation.query if p.definition["schema"].get("items")}
        return not (is_about_refusal and empty & lists)

    schema.hook(filter_failure)


def repair(vendor: str, schema: BaseSchema) -> None:
    """Let requests of `schema` that are meant to succeed keep the rules that stand in words."""
    rules = _REPAIRS.get(vendor)
    if rules is None:
        return

    def map_case(context: Any, case: Any) -> Any:
        del context
        if case.meta is None or case.meta.generation.mode.is_positive:
            rules(case)
        return case

    schema.hook(map_case)


def _thousandeyes(case: Any) -> None:
    if isinstance(case.query, dict) or case.query:
        _repair_query(case.query)
    if isinstance(case.body, dict):
        _repair_body(case.body)
        # Elsewhere these names are unknown keys, which may hold anything.
        if case.operation.path == "/instant/page-load":
            _repair_limits(case.body)
        if case.operation.path == "/instant/web-transactions":
            # A script must be JavaScript.
            case.body["transactionScript"] = "runScript();"


def _repair_query(query: dict[str, Any]) -> None:
    # "Specifying this parameter without the user being assigned … will result in an error".
    if "aid" in query:
        query["aid"] = _ACCOUNT_GROUP
    # A window excludes from and to; to needs from and comes after it; dates must exist.
    if "window" in query or "from" not in query:
        query.pop("from", None)
        query.pop("to", None)
    for name in {"from", "to"} & query.keys():
        query[name] = _TIMES[name]
    # A direction that a test does not measure is an error, and most measure this one.
    if "direction" in query:
        query["direction"] = "TO_TARGET"


def _repair_body(body: Body) -> None:
    # Agents must exist.
    for agent in body.get("agents", []):
        agent["agentId"] = _AGENT
    if "targetAgentId" in body:
        body["targetAgentId"] = _AGENT
    # "Protocol and port are mutually exclusive".
    if str(body.get("protocol", "")).upper() == "ICMP":
        body.pop("port", None)


def _repair_limits(body: Body) -> None:
    # pageLoadTargetTime ≤ pageLoadTimeLimit > httpTimeLimit, where 10 and 5 are the defaults.
    limit = body.get("pageLoadTimeLimit", 10)
    if body.get("httpTimeLimit", 5) >= limit or body.get("pageLoadTargetTime", 0) > limit:
        for name in ("pageLoadTargetTime", "pageLoadTimeLimit", "httpTimeLimit"):
            body.pop(name, None)


_REPAIRS: dict[str, Callable[[Any], None]] = {"thousandeyes": _thousandeyes}
