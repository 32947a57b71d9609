"""The text of query, path and header → typed values, by a plan made once from the contract."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from mockserver.asgi.schema import Checker
from mockserver.core.errors import BadRequest, Violation

Pairs = Sequence[tuple[str, str]]
MAX_PAIRS = 200

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")


def _integer(text: str) -> object:
    return int(text) if _INTEGER.fullmatch(text) else text


def _number(text: str) -> object:
    number = float(text) if _NUMBER.fullmatch(text) else math.inf
    return number if math.isfinite(number) else text


def _boolean(text: str) -> object:
    # Any case: .NET and Python clients write True.
    return {"true": True, "false": False}.get(text.lower(), text)


def _text(text: str) -> object:
    return text


_READERS: Mapping[str, Callable[[str], object]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """How one parameter is read, and what it must be."""

    name: str
    where: str
    argument: str
    required: bool
    default: object
    repeats: bool
    splits: bool
    read: Callable[[str], object]
    checker: Checker
    expected: str

    @staticmethod
    def of(spec: Mapping[str, Any]) -> Parameter:
        """Read one parameter object of the contract."""
        schema = spec["schema"]
        is_list = schema.get("type") == "array"
        item = schema["items"] if is_list else schema
        explodes = spec.get("explode", spec["in"] == "query")
        return Parameter(
            name=spec["name"].lower() if spec["in"] == "header" else spec["name"],
            where=spec["in"],
            argument=argument_name(spec["name"]),
            required=bool(spec.get("required")),
            default=schema.get("default"),
            repeats=is_list and explodes,
            splits=is_list and not explodes,
            read=_READERS.get(item.get("type", ""), _text),
            checker=Checker(schema),
            expected=_describe(schema),
        )

    def value(self, texts: Sequence[str]) -> object:
        """Return the typed value; a text that is not of the type comes back as it is."""
        if self.repeats:
            return [self.read(text) for text in texts]
        if self.splits:
            # Nothing at all is an empty list (OpenAPI 3.0.3, 4.8.12.4: style form, empty).
            return [self.read(part) for part in texts[-1].split(",")] if texts[-1] else []
        return self.read(texts[-1])  # of a repeated parameter the last one counts

    def check(self, texts: Sequence[str] | None, arguments: dict[str, Any]) -> list[Violation]:
        """Put the value among `arguments`, or say what is wrong with it."""
        if not texts:
            if self.required:
                return [Violation(self.where, self.name, "required", self.expected)]
            arguments[self.argument] = self.default
            return []
        value = self.value(texts)
        if self.checker.accepts(value):
            arguments[self.argument] = value
            return []
        return list(self.checker.violations(self.where, self.name, value))


def argument_name(name: str) -> str:
    """Return how a handler calls the parameter: `agentUniqueId` → `agent_unique_id`, `id` → `id_`.

    A trailing underscore keeps clear of Python's own names.
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()
    return f"{snake}_" if snake in {"id", "from", "format", "filter", "type"} else snake


def _describe(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    kind = schema.get("type", "value")
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def query_pairs(query_string: bytes) -> Pairs:
    """Return the decoded pairs of a query string; BadRequest if it is not UTF-8 or too long."""
    if not query_string:
        return ()
    parts = [part for part in query_string.decode("latin-1").split("&") if part]
    if len(parts) > MAX_PAIRS:
        expected = f"at most {MAX_PAIRS} parameters"
        raise _bad_query(Violation("query", "", "maxItems", expected, len(parts)))
    try:
        return [_pair(part) for part in parts]
    except UnicodeDecodeError as error:
        expected = "percent-encoded UTF-8"
        violation = Violation("query", "", "encoding", expected, query_string.decode("latin-1"))
        raise _bad_query(violation) from error


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return _decoded(name), _decoded(value)


def _decoded(text: str) -> str:
    # Raw bytes beyond ASCII are read as UTF-8, as most servers do.
    plain = text if text.isascii() else text.encode("latin-1").decode()
    return unquote_plus(plain, errors="strict") if "%" in plain or "+" in plain else plain


def _bad_query(violation: Violation) -> BadRequest:
    return BadRequest("the query is malformed", violations=[violation])
