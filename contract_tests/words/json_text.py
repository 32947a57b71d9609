"""The text of an answer read as JSON, strictly: RFC 8259 and what it warns of."""

from __future__ import annotations

import json
from typing import Any

from contract_tests.wire.depth import MOST_LEVELS, is_too_deep

_BOM = b"\xef\xbb\xbf"
_DEPTH = "RFC 8259, 9"


class NotJson(Exception):
    """A body that is no proper JSON: what was received, what is expected, and who says so."""

    def __init__(self, fault: str, received: str, expected: str, source: str) -> None:
        """Say what is wrong; `source` is the section of RFC 8259 that says so."""
        super().__init__(fault)
        self.fault, self.received = fault, received
        self.expected, self.source = expected, source


def parsed(body: bytes) -> Any:
    """Return the value of a body; NotJson says what is wrong with it."""
    if body.startswith(_BOM):
        raise NotJson("byte order mark", "EF BB BF", "no byte order mark", "RFC 8259, 8.1")
    if is_too_deep(body):
        raise NotJson("depth", f"more than {MOST_LEVELS} levels", "what can be read", _DEPTH)
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        seen = body[error.start : error.start + 4].hex(" ").upper()
        raise NotJson(
            "encoding", f"{seen} at byte {error.start}", "UTF-8", "RFC 8259, 8.1"
        ) from None
    except ValueError as error:
        seen = body[:80].decode("utf-8", "replace")
        raise NotJson("syntax", f"{error}: {seen}"[:200], "JSON", "RFC 8259, 2") from None


def whole(value: Any) -> Any:
    """Return a value without halves of surrogate pairs, which no validator takes."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {whole(key): whole(item) for key, item in value.items()}
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"repeated key {twice}", f"{twice} twice", "each key once", "RFC 8259, 4")
    return result


def _no_constant(name: str) -> Any:
    raise NotJson(f"{name} is no JSON", name, "a number", "RFC 8259, 6")
