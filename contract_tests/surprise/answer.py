"""An answer as bytes, and how it is to be handed over."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.wire.exchange import Headers, Response

_LENGTH = "content-length"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer goes out: all at once, unless something else is said.

    `head_after_s` is how long it takes to begin. The body goes out in `pieces` (0: in one), spread
    over `over_s` seconds. `cut` is how the connection ends before the answer does: `fin`, `rst` or
    not at all; `cut_at` is the part of the body that was sent then, below 0 not even the head.
    """

    head_after_s: float = 0.0
    pieces: int = 0
    over_s: float = 0.0
    cut: str = ""
    cut_at: float = 0.5
    is_packed: bool = False


PLAINLY = Delivery()


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers as they are spelt, and the bytes of a body.

    `vendor` and `operation_id` say whose answer it is, where it was made for an operation.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    delivery: Delivery = PLAINLY
    vendor: str = ""
    operation_id: str = ""

    def json(self) -> Any:
        """Return the body as JSON; ValueError if it is none."""
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """Return a header's first value, whatever its spelling."""
        return self.response().header(name)

    def response(self) -> Response:
        """Return it as it is judged."""
        return Response(self.status, self.headers, self.body)

    def written(self, body: bytes) -> Answer:
        """Return it with another body, and the length of that."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != _LENGTH)
        return replace(self, body=body, headers=(*kept, (_LENGTH, str(len(body)))))

    def saying(self, value: Any) -> Answer:
        """Return it with another value as its body."""
        return self.written(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))

    def with_header(self, name: str, value: str) -> Answer:
        """Return it with a header in place of those of that name."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def without_header(self, name: str) -> Answer:
        """Return it without the headers of a name."""
        kept = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=kept)

    def delivered(self, **how: Any) -> Answer:
        """Return it with another delivery."""
        return replace(self, delivery=replace(self.delivery, **how))
