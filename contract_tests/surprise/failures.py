"""Kinds that are failures: documented errors, a server that is busy, a connection that breaks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from contract_tests.findings.finding import Grade
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.kind import Expect, Kind, Scene

_RETRY_AFTER_S = 1
_ANY = 500  # what any server may say: RFC 9110, 15.6.1


def _errors(scene: Scene) -> Iterable[str]:
    documented = {c for c in scene.book.statuses(scene.operation_id) if c >= 400}
    return map(str, sorted({*documented, _ANY}))


def _error(scene: Scene, answer: Answer, at: str) -> Answer | None:
    del answer
    code = int(at) if at.isdigit() else 0
    made = scene.book.plain(scene.operation_id, code) if code >= 400 else None
    return _told(made, code) if made else None


def _told(made: Answer, code: int) -> Answer:
    if code not in {429, 503}:
        # An example may hold it: a client that waits so long would never come to its end here.
        return made.without_header("retry-after")
    return made.with_header("retry-after", str(_RETRY_AFTER_S))


def _always(code: int, scene: Scene, answer: Answer, at: str) -> Answer | None:
    del at
    return _error(scene, answer, str(code))


def _has(code: int, scene: Scene) -> Iterable[str]:
    return [""] if scene.book.entry(scene.operation_id, code) else []


def _cut(how: dict[str, Any], _: Scene, answer: Answer, at: str) -> Answer:
    del at
    return answer.delivered(**how)


def _has_body(scene: Scene) -> Iterable[str]:
    return [""] if len(scene.plain.body) > 1 else []


_COPES: dict[str, Any] = {"expects": Expect.COPE}
_STATUS: dict[str, Any] = {**_COPES, "source": "RFC 9110, 15"}
_CUT: dict[str, Any] = {**_COPES, "source": "RFC 9112, 8"}

FAILURES: tuple[Kind, ...] = (
    Kind("error", "A documented error, or 500, each time.", _error, _errors, **_STATUS),
    Kind("busy_once", "429 with Retry-After: 1, then as ever.", partial(_always, 429),
         partial(_has, 429), first=1, **_STATUS),
    Kind("busy_twice", "429 with Retry-After: 1 twice, then as ever.", partial(_always, 429),
         partial(_has, 429), first=2, **_STATUS),
    Kind("failing_once", "500, then as ever.", partial(_always, 500), first=1,
         grade=Grade.DRIFT, **_COPES, source="RFC 9110, 15.6.1"),
    Kind("unavailable_once", "503 with Retry-After: 1, then as ever.", partial(_always, 503),
         partial(_has, 503), first=1, **_STATUS),
    Kind("cut_end", "The connection ends in the middle of the body.",
         partial(_cut, {"cut": "fin"}), _has_body, **_CUT),
    Kind("cut_chunk", "The connection ends before the last chunk.",
         partial(_cut, {"cut": "fin", "pieces": 3}), _has_body, **_CUT),
    Kind("cut_reset", "The connection is reset in the middle of the body.",
         partial(_cut, {"cut": "rst"}), _has_body, **_CUT),
    Kind("cut_headless", "The connection ends before the answer begins.",
         partial(_cut, {"cut": "fin", "cut_at": -1.0}), **_CUT),
)  # fmt: skip

BEFORE_THE_DEED = frozenset({"error", "busy_once", "busy_twice", "failing_once",
                             "unavailable_once"})  # fmt: skip
"""Kinds where the server does nothing of what it was asked."""
