"""What a mutant is: a correct server with one fault, and the statement that the fault breaks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.mutation.serving import NOTHING, Answer, App, Call

Bend = Callable[[Call, Answer], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: `kind` is words, deeds or robustness; `breaks` the statement in words."""

    name: str
    kind: str
    breaks: str
    make: Callable[[], App]


class Bent(App):
    """A correct server whose answers are bent on their way out."""

    def __init__(self, app: App, bend: Bend) -> None:
        self._app = app
        self._bend = bend

    def answer(self, call: Call) -> Answer:
        answer = self._app.answer(call)
        if answer.body is not NOTHING:
            # The world of the server itself stays as it is.
            answer.body = copy.deepcopy(answer.body)
        self._bend(call, answer)
        return answer


def words(name: str, breaks: str, app: Callable[[], App], bend: Bend) -> Mutant:
    """Return a mutant that says something wrong."""
    return Mutant(name, "words", breaks, lambda: Bent(app(), bend))


def deed(app: type[Any]) -> Mutant:
    """Return a mutant made of a class: its docstring tells the statement that it breaks."""
    kind = getattr(app, "kind", "deeds")
    return Mutant(_kebab(app.__name__), kind, str(app.__doc__).strip(), app)


def _kebab(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).strip("-")
