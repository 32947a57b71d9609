"""Requests of a recording to other hosts, to which a vendor's own answers have led."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin

from contract_tests.traffic.entry import Entry
from contract_tests.wire.exchange import Request

_MOST = 10_000  # other requests that are kept; their bodies are not
_MOST_BYTES = 2**20
_ADDRESS = re.compile(rb'"(https?:[^"\s]{4,2000})"')


@dataclass(slots=True)
class Elsewhere:
    """`others` are the requests to other hosts, `led` the addresses that own answers named."""

    others: list[Entry] = field(default_factory=list)
    led: set[str] = field(default_factory=set)

    def own(self, one: Entry) -> None:
        """Take one that is the vendor's own."""
        self.led.update(_named(one))

    def other(self, one: Entry) -> None:
        """Take one to another host."""
        if len(self.others) < _MOST:
            request = one.exchange.request
            bare = Request(request.method, request.target, request.headers, b"")
            self.others.append(replace(one, exchange=replace(one.exchange, request=bare)))

    def followed(self) -> list[Entry]:
        """Return those that an own answer, or a redirect on from there, has led to."""
        found, led = list[Entry](), set(self.led)
        for one in self.others:
            if one.exchange.url in led:
                found.append(one)
                led.update(_location(one))
        return found


def _named(one: Entry) -> Iterator[str]:
    yield from _location(one)
    response = one.exchange.response
    if response is not None and len(response.body) <= _MOST_BYTES:
        for match in _ADDRESS.finditer(response.body):
            yield match[1].replace(rb"\/", b"/").decode("utf-8", "replace").partition("#")[0]


def _location(one: Entry) -> Iterator[str]:
    response = one.exchange.response
    location = (response.header("Location") or "") if response else ""
    if location:
        try:
            yield urljoin(one.exchange.url, location).partition("#")[0]
        except ValueError:
            return
