"""A HAR file that is whole after every entry: a crash loses none that was written."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

import harfile

from contract_tests.conduct.heard import Heard
from contract_tests.reports.har import add
from contract_tests.reports.product import NAME, product_version
from contract_tests.wire.exchange import Exchange

BASE = "base URL "  # in the creator's comment, so that a reader knows what belongs to the vendor
REQUEST_CUT, ANSWER_CUT = "the request's body is cut", "the answer's body is cut"
GIVEN_UP = "the client went away"
SEPARATOR = "; "
_MOST_BYTES = 2**20  # of a body
_END = b"\n        ]\n    }\n}\n"


class CannotRecord(Exception):
    """The file cannot be written; the message says why."""


class Recording:
    """Writes exchanges, which are masked already, as a context."""

    def __init__(self, path: Path, base_url: str) -> None:
        """Begin a file; CannotRecord if it cannot be written."""
        self._text = io.StringIO()
        creator = harfile.Creator(NAME, product_version(), f"{BASE}{base_url}")
        self._log = harfile.HarFile(self._text, creator=creator)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb")
        except OSError as error:
            raise CannotRecord(f"{path}: {error.strerror}") from None
        self._end = 0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the file; one without any entry is a proper HAR, too."""
        del kind, error, trace
        if not self._end:
            self._log.close()
            self._file.write(self._taken())
        self._file.close()

    def add(self, heard: Heard) -> None:
        """Write one entry; what came before it is on the file already."""
        exchange, comments = _bounded(heard)
        add(self._log, exchange, SEPARATOR.join(comments))
        entry = self._taken()
        # In one write, over the end that stood there: never is the file without an end for long.
        self._file.seek(self._end)
        self._file.write(entry + _END)
        self._file.flush()
        self._end += len(entry)

    def _taken(self) -> bytes:
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return text.encode("utf-8", "backslashreplace")


def _bounded(heard: Heard) -> tuple[Exchange, list[str]]:
    exchange = heard.exchange
    comments = [exchange.failure] if exchange.failure else []
    request, response = exchange.request, exchange.response
    if heard.given_up:
        comments.append(GIVEN_UP)
    if heard.request_cut or len(request.body) > _MOST_BYTES:
        request = replace(request, body=request.body[:_MOST_BYTES])
        comments.append(REQUEST_CUT)
    if response and (heard.answer_cut or len(response.body) > _MOST_BYTES):
        response = replace(response, body=response.body[:_MOST_BYTES])
        comments.append(ANSWER_CUT)
    return replace(exchange, request=request, response=response), comments
