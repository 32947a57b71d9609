"""Kinds that give other documented words: how work may end, how long it takes, what is listed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote

from contract_tests.roles.model import Job
from contract_tests.surprise.answer import Answer
from contract_tests.surprise.fields import ABSENT, at, changed
from contract_tests.surprise.kind import Kind, Scene

_SIGN = "="
_WORDS = 8  # of one place that is no part of a list
_LONGER = 12  # looks at work that goes on


def _jobs(scene: Scene) -> list[Job]:
    return [job for job in scene.book.roles.jobs if job.read == scene.operation_id]


def _endings(scene: Scene) -> Iterable[str]:
    jobs = _jobs(scene)
    return [_place(job.state, word) for job in jobs[:1] for word in job.ended]


def _ended(scene: Scene, answer: Answer, at_place: str) -> Answer | None:
    """Give another end in place of the one that has come; what goes on is left alone."""
    pointer, word = _parted(at_place)
    now = next(at(answer.json(), pointer), None)
    jobs = [job for job in _jobs(scene) if job.state == pointer]
    if not jobs or now in jobs[0].waiting or now == word:
        return None
    return scene.book.telling(scene.operation_id, pointer, word)


def _waits(scene: Scene) -> Iterable[str]:
    return [""] if any(job.waiting for job in _jobs(scene)) else []


def _goes_on(scene: Scene, answer: Answer, _: str) -> Answer | None:
    """Say that the work goes on, in the way in which it is said."""
    job = _jobs(scene)[0]
    now = next(at(answer.json(), job.state), None)
    if now in job.waiting:
        return None
    if None in job.waiting:
        return answer.saying(changed(answer.json(), job.state, lambda _old, _n: ABSENT))
    return scene.book.telling(scene.operation_id, job.state, job.waiting[0])


def _listed(scene: Scene) -> Iterator[str]:
    for pointer, here in scene.fields.items():
        words = here.schema.get("enum") or ()
        if len(words) < 2 or not isinstance(here.value, str) or not scene.bendable(pointer):
            continue
        if "*" in pointer:
            yield pointer
        else:
            others = [word for word in words if isinstance(word, str) and word != here.value]
            yield from (_place(pointer, word) for word in others[:_WORDS])


def _other(scene: Scene, answer: Answer, at_place: str) -> Answer | None:
    """Give each item of a list another word in turn, or the one place the word that is named."""
    pointer, word = _parted(at_place)
    here = scene.fields.get(pointer)
    if here is None:
        return None
    words = [each for each in here.schema.get("enum", ()) if isinstance(each, str)]

    def change(old: Any, number: int) -> Any:
        if scene.is_own(old) or not isinstance(old, str):
            return old
        return words[(words.index(old) + 1 + number) % len(words)] if old in words else old

    def named(old: Any, _: int) -> Any:
        return old if scene.is_own(old) else word

    return answer.saying(changed(answer.json(), pointer, change if word is None else named))


def _place(pointer: str, word: Any) -> str:
    return f"{pointer}{_SIGN}{quote(json.dumps(word), safe='')}"


def _parted(place: str) -> tuple[str, Any]:
    pointer, sign, text = place.partition(_SIGN)
    try:
        return pointer, json.loads(unquote(text)) if sign else None
    except ValueError:
        return pointer, None


WORDS: tuple[Kind, ...] = (
    Kind("word_other", "A word is another one of those that are listed.", _other, _listed,
         may_refuse=True),
)  # fmt: skip

ENDINGS: tuple[Kind, ...] = (
    Kind("ending", "Work ends in another of the ways that are documented.", _ended, _endings,
         may_refuse=True),
    Kind("late", "Work goes on for a dozen looks.", _goes_on, _waits, may_refuse=True,
         first=_LONGER),
)  # fmt: skip
