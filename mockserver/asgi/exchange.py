"""One request and its answer, as the stages of an application hand it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from mockserver.core.errors import BadRequest

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

    from mockserver.asgi.operation import Operation
    from mockserver.core.accounts import Account
    from mockserver.core.faults import Effect
    from mockserver.core.vendor import Call

Headers = list[tuple[bytes, bytes]]


class Exchange:
    """Everything that is known of one request so far, and the answer once there is one."""

    __slots__ = (
        "account",
        "answer_headers",
        "answer_status",
        "answer_value",
        "arguments",
        "base_url",
        "call",
        "effect",
        "headers",
        "operation",
        "path_values",
        "receive",
        "request_id",
        "scope",
        "unreadable",
    )

    def __init__(self, scope: Scope, receive: Receive) -> None:
        """Open the exchange for a request that has just come in."""
        self.scope = scope
        self.receive = receive
        # White space around a value is no part of it (RFC 9110, section 5.5).
        self.headers: Mapping[str, str] = {
            name.decode("latin-1"): value.decode("latin-1").strip(" \t")
            for name, value in scope["headers"]
        }
        self.base_url: str = scope.get("mockserver.base_url", "")
        self.request_id = ""
        self.call: Call | None = None
        self.operation: Operation | None = None
        self.path_values: dict[str, str] = {}
        self.account: Account | None = None
        # What goes wrong on purpose, if anything.
        self.effect: Effect | None = None
        self.arguments: dict[str, Any] = {}
        self.answer_status = 200
        self.answer_headers: Headers = []
        self.answer_value: Any = None
        # What is wrong with a query: it counts where a query is read.
        self.unreadable: BadRequest | None = None

    @property
    def operation_id(self) -> str:
        """Return the operationId, or nothing if no operation was found yet."""
        return self.operation.id if self.operation else ""

    def add_header(self, name: str, value: str) -> None:
        """Add a header to the answer."""
        self.answer_headers.append((name.encode("latin-1"), value.encode("latin-1")))


def path_segments(scope: Scope) -> tuple[str, ...]:
    """Return the decoded parts of the path; an encoded slash stays inside its part.

    What is not UTF-8 becomes U+FFFD: nothing has such an id, and so nothing is found.
    """
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    raw = raw.partition(b"?")[0]
    if b"%" not in raw:
        return tuple(raw.decode(errors="replace").split("/")[1:])
    parts = raw.split(b"/")[1:]
    return tuple(unquote_to_bytes(part).decode(errors="replace") for part in parts)
