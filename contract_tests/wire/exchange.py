"""One request and its answer as they were on the wire, with every secret masked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from contract_tests.wire.depth import is_too_deep

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent: `target` is path and query below the target's URL, percent-encoded."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def size(self) -> int:
        """How much a person has to read: the smallest request of a finding is shown."""
        return len(self.target) + len(self.body) + sum(len(n) + len(v) for n, v in self.headers)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; header names as the server spelt them."""

    status: int
    headers: Headers
    body: bytes
    elapsed_s: float = 0.0

    def header(self, name: str) -> str | None:
        """Return a header's first value, whatever its spelling."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def json(self) -> Any:
        """Return the body as JSON; ValueError if it is none, or nested too deeply."""
        if is_too_deep(self.body):
            raise ValueError("nested too deeply")
        return json.loads(self.body)

    @property
    def ok(self) -> bool:
        """Whether the request succeeded."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and the response or the reason why there is none.

    `url` is the complete address. `operation_id` names the operation that was meant, if one was;
    `values` are the arguments that were sent to it. `secrets` are the variables that stand in the
    request for what was masked. `caller` is the line of a client's code that sent it
    (`app/sync.py:31`), where that is known.
    """

    url: str
    request: Request
    response: Response | None
    failure: str = ""
    at: float = 0.0
    operation_id: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    secrets: tuple[str, ...] = ()
    caller: str = ""

    @property
    def status(self) -> int:
        """The status, or 0 where no answer came."""
        return self.response.status if self.response else 0

    @property
    def ok(self) -> bool:
        """Whether there is an answer, and a success."""
        return bool(self.response and self.response.ok)

    def body(self) -> Any:
        """Return the answer's JSON, or None where there is no JSON."""
        if self.response is None:
            return None
        try:
            return self.response.json()
        except ValueError:
            return None
