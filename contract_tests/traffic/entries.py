"""The entries of a HAR one after the other, however long it is and whether or not it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ijson

from contract_tests.reports.counted import counted
from contract_tests.traffic.opening import NotRecording, Recoded, opened

_MOST_PARSED_BYTES = 64 * 2**20
_KNOWN_TOPS = (
    ("_postman_id", "a collection of Postman"),
    ("info.schema", "a collection of Postman"),
    ("collection.info", "a report of Newman (its own JSON): it holds no bodies as HAR does"),
    ("_type", "an export of Insomnia"),
    ("openapi", "an OpenAPI document"),
    ("swagger", "a Swagger document"),
    ("item", "a JSON array (a session of Charles as JSON?)"),
)
_HOW = {
    "a collection of Postman": "it holds requests, not what became of them; a browser's network "
    "tab or `contract-tests proxy --record FILE.har` records both",
}


@dataclass(slots=True)
class Pieces:
    """What a file holds: `creator` and its comment; `broken` says what is wrong, and where.

    `entries` is read once; `broken` is known after that.
    """

    path: Path
    creator: str
    comment: str
    file: Recoded
    broken: list[str] = field(default_factory=list)

    def entries(self) -> Iterator[Any]:
        """Yield what stands in `log.entries`."""
        self.file.rewind()
        count, why = 0, self.file.fault
        try:
            for entry in ijson.items(self.file, "log.entries.item", use_float=True):
                count += 1
                yield entry
        except (ijson.JSONError, UnicodeError, RecursionError) as error:
            why = why or self._where(error)
        finally:
            self.broken = [f"{self.path}: {fault}" for fault in self.file.faults]
            self.broken += [f"{self.path}: {why}"] if why and not self.file.is_ended else []
            if why:
                self.broken[-1] += f"; {counted(count, 'entries were')} whole"
            self.file.close()

    def _where(self, error: Exception) -> str:
        if self.file.is_ended:
            return "it was left off"
        self.file.rewind()
        text = _all(self.file)
        if text is not None:
            try:
                json.loads(text)
            except ValueError as fault:
                return f"line {_line(fault)}: {_reason(fault, text)}"
        return f"no proper JSON ({' '.join(str(error).split())[:120]})"


def pieces(path: Path) -> Pieces:
    """Open a HAR; NotRecording if it is none."""
    file = opened(path)
    creator, comment, tops = _look(file)
    if "log.entries" not in tops:
        why = _what(tops, file)
        file.close()
        raise NotRecording(f"{path} {why}")
    return Pieces(path, creator, comment, file)


def _look(file: Recoded) -> tuple[str, str, set[str]]:
    """Return who wrote a file, and the places that were met before the entries."""
    told = {"log.creator.name": "", "log.creator.comment": ""}
    tops: set[str] = set()
    try:
        for prefix, event, value in ijson.parse(file):
            tops.add(prefix)
            if prefix in told and event == "string":
                told[prefix] = value
            if prefix == "log.entries" and event == "start_array":
                break
    except ijson.JSONError:
        tops.add("!")
    return told["log.creator.name"], told["log.creator.comment"], tops


def _what(tops: set[str], file: Recoded) -> str:
    known = next((what for place, what in _KNOWN_TOPS if place in tops), "")
    if known:
        return f"is {known}, no HAR" + (f": {_HOW[known]}" if known in _HOW else "")
    if "!" not in tops:
        return "is JSON, but no HAR: it has no log.entries"
    file.rewind()
    text = _all(file)
    if file.fault or file.is_ended:
        return f"is no HAR: {file.fault or file.faults[-1]}"
    try:
        json.loads(text or b"")
    except (ValueError, RecursionError) as fault:
        return f"is no HAR: line {_line(fault)}: {_reason(fault, text or b'')}"
    return "is no HAR"


def _all(file: Recoded) -> bytes | None:
    """Return the whole text, or None where it is too long."""
    parts, size = [], 0
    while chunk := file.read(2**20):
        parts.append(chunk)
        size += len(chunk)
        if size > _MOST_PARSED_BYTES:
            return None
    return b"".join(parts)


def _line(fault: Exception) -> int:
    return getattr(fault, "lineno", 1)


def _reason(fault: Exception, text: bytes) -> str:
    position = getattr(fault, "pos", 0)
    is_end = position >= len(text.decode("utf-8", "replace").rstrip()) - 1
    words = str(getattr(fault, "msg", fault))
    is_open = words.startswith("Unterminated string")
    return "the file ends in the middle" if is_end or is_open else words
