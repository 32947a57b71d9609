"""The kind that puts one given value in a place: what Hypothesis drew."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, unquote

from contract_tests.surprise.answer import Answer
from contract_tests.surprise.fields import changed
from contract_tests.surprise.kind import Kind, Scene

_SIGN = "="


def place(pointer: str, value: Any) -> str:
    """Return the place that says where a value goes, and which."""
    return f"{pointer}{_SIGN}{quote(json.dumps(value), safe='')}"


def _bend(scene: Scene, answer: Answer, place: str) -> Answer | None:
    pointer, sign, text = place.rpartition(_SIGN)
    if not sign or pointer not in scene.fields:
        return None
    try:
        value = json.loads(unquote(text))
    except ValueError:
        return None
    now = changed(answer.json(), pointer, lambda old, _: old if scene.is_own(old) else value)
    return answer.saying(now)


def _nowhere(scene: Scene) -> Iterable[str]:
    del scene
    return ()


KINDS: tuple[Kind, ...] = (
    Kind(
        "value",
        "A value is one that its schema allows, drawn at random.",
        _bend,
        _nowhere,
        may_refuse=True,
    ),
)
