"""What a client has sent so far, masked, as a test wants to look at it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, SupportsIndex, overload
from urllib.parse import parse_qs

from contract_tests.wire.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Sent:
    """One request and its answer, secrets masked; `operation` is the operationId or nothing.

    `caller` is the line that sent it (`app/sync.py:31 in fetch`), where that is known.
    """

    vendor: str
    operation: str
    exchange: Exchange

    @property
    def method(self) -> str:
        """The method, in capital letters."""
        return self.exchange.request.method

    @property
    def path(self) -> str:
        """The path below the vendor's base URL, percent-encoded."""
        return self.exchange.request.target.partition("?")[0]

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded parameters of the query, each with all of its values."""
        query = self.exchange.request.target.partition("?")[2]
        return parse_qs(query, keep_blank_values=True)

    @property
    def headers(self) -> dict[str, str]:
        """The headers, names in small letters; of repeated ones the last."""
        return {name.lower(): value for name, value in self.exchange.request.headers}

    @property
    def body(self) -> bytes:
        """The body, at most a mebibyte of it."""
        return self.exchange.request.body

    def json(self) -> Any:
        """Return the body as JSON; ValueError if it is none."""
        return json.loads(self.body)

    @property
    def status(self) -> int:
        """The status of the answer, or 0 where there was none."""
        return self.exchange.status

    @property
    def caller(self) -> str:
        """The line that sent it, or nothing."""
        return self.exchange.caller

    def __str__(self) -> str:
        """Word it on one line."""
        return f"{self.method} {self.exchange.request.target} -> {self.status or 'no answer'}"


class Requests(tuple[Sent, ...]):
    """Requests in the order in which they began."""

    __slots__ = ()

    def of(self, *operations: str, vendor: str = "") -> Requests:
        """Return those of these operations (all where none is named), and of one vendor."""
        return Requests(
            one
            for one in self
            if (not operations or one.operation in operations) and vendor in ("", one.vendor)
        )

    @overload
    def __getitem__(self, which: SupportsIndex) -> Sent: ...
    @overload
    def __getitem__(self, which: slice) -> Requests: ...
    def __getitem__(self, which: SupportsIndex | slice) -> Sent | Requests:
        """Return one of them, or a part of them."""
        found = super().__getitem__(which)
        return Requests(found) if isinstance(found, tuple) else found

    def __str__(self) -> str:
        """Word them, one a line."""
        return lines(map(str, self)) or "nothing"


def lines(texts: Iterable[str]) -> str:
    """Return texts below each other."""
    return "\n".join(texts)
